/** The operations of all jobs, those in progress first: live, by filters in the address, and for other programs. */
import { useState } from 'react';
import type { OperationItem } from '../../../api/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Rows } from '../../parts/data/rows.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { PublishCommand } from '../../parts/publish-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { useUrlState } from '../../state/url.ts';
import { columns } from './columns.tsx';
import { ExportMenu } from './export-menu.tsx';
import { filterNames, queryOf } from './filter.ts';
import { Filters } from './filters.tsx';
import { LastDay } from './last-day.tsx';
import { useActivity } from './use-activity.ts';
import './activity.css';

const nameOf = ({ kind, job }: OperationItem): string => `${kind} · ${job}`;
const keyOf = ({ job, id }: OperationItem): string => `${job} ${id}`;
const hrefOf = ({ job, id }: OperationItem): string => `/jobs/${job}/operations/${id}`;

export default function ActivityPage() {
  const url = useUrlState();
  const [openedAt] = useState(() => Date.now());
  const query = queryOf(url.get, openedAt);
  const { list, more, hasNews, showNews } = useActivity(query);
  const isFiltered = filterNames.some((name) => url.get(name) !== '');
  const clear = (): void => url.set(Object.fromEntries(filterNames.map((name) => [name, null])));
  return (
    <Page title="Activity" actions={<ExportMenu query={query} />}>
      <LastDay />
      <Filters isFiltered={isFiltered} onClear={clear} />
      {hasNews && (
        <p className="news">
          Operations have begun or ended. <Button onClick={showNews}>Show them</Button>
        </p>
      )}
      <Loaded query={list} rows={12}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          const hasMore = pages.at(-1)?.nextCursor != null;
          return (
            <>
              <Unreadable count={pages.reduce((sum, { unreadable }) => sum + unreadable.length, 0)} />
              {items.length === 0 && !hasMore ? (
                <Nothing isFiltered={isFiltered} onClear={clear} />
              ) : (
                <Rows
                  label="Operations"
                  columns={columns}
                  items={items}
                  nameOf={nameOf}
                  keyOf={keyOf}
                  hrefOf={hrefOf}
                  total={items.length + Number(hasMore)}
                  onEnd={more}
                />
              )}
              {hasMore && (
                <p className="more">
                  <Button isBusy={list.isFetchingNextPage} onClick={more}>
                    Look further back
                  </Button>
                </p>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

const Unreadable = ({ count }: { readonly count: number }) =>
  count === 0 ? null : <p className="tone-warn">{`${count} records cannot be read, and are left out.`}</p>;

const Nothing = ({ isFiltered, onClear }: { readonly isFiltered: boolean; readonly onClear: () => void }) =>
  isFiltered ? (
    <Empty title="No operation matches.">
      <Button onClick={onClear}>Clear the filters</Button>
    </Empty>
  ) : (
    <Empty title="Nothing was asked of any job yet.">
      <p>
        Publish a release, then launch it: <PublishCommand />
      </p>
    </Empty>
  );
