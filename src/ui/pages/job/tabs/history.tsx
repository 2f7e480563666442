/** All operations of a job, by kind, outcome, person and release; the choice is in the address. */
import { useUrlState } from '../../../state/url.ts';
import { outcomes, recordedKinds } from '../../../../domain/lifecycle.ts';
import { useList } from '../../../api/use-read.ts';
import { Button } from '../../../parts/button.tsx';
import { ValueMenu } from '../../../parts/facet-menu.tsx';
import { Loaded, Panel } from '../../../parts/panel.tsx';
import { SearchField } from '../../../parts/search-field.tsx';
import { OperationTable } from '../panels/operation-table.tsx';
import { downtimesOf, useUpgrades } from '../panels/use-upgrades.ts';
import { More } from '../more.tsx';
import type { TabProps } from '../tab-props.ts';

const filters = ['kind', 'outcome', 'actor', 'release'] as const;

export default function HistoryTab({ job }: TabProps) {
  const url = useUrlState();
  const query = Object.fromEntries(filters.map((name) => [name, url.get(name)]));
  const operations = useList('/jobs/{job}/operations', { params: { job }, query }, { limit: 50, isStreamed: true });
  const { data: upgrades } = useUpgrades(job);
  const isFiltered = filters.some((name) => url.get(name) !== '');
  return (
    <Panel title="History">
      <div className="toolbar">
        <ValueMenu
          title="Kind"
          values={recordedKinds}
          chosen={url.list('kind')}
          onChange={(chosen) => url.set({ kind: chosen.join(',') })}
        />
        <ValueMenu
          title="Outcome"
          values={[...outcomes, 'inProgress']}
          chosen={url.list('outcome')}
          onChange={(chosen) => url.set({ outcome: chosen.join(',') })}
        />
        <SearchField
          label="By whom"
          placeholder="By whom, as the history names them"
          value={url.get('actor')}
          onChange={(actor) => url.set({ actor })}
        />
        <SearchField
          label="Release or project"
          placeholder="Release or project, such as clicks/1.4.2"
          value={url.get('release')}
          onChange={(release) => url.set({ release })}
        />
        {isFiltered && (
          <Button look="quiet" onClick={() => url.set(Object.fromEntries(filters.map((name) => [name, null])))}>
            Clear
          </Button>
        )}
      </div>
      <Loaded query={operations} rows={10}>
        {({ pages }) => (
          <>
            <OperationTable operations={pages.flatMap(({ items }) => items)} downtimes={downtimesOf(upgrades)} />
            <More list={operations} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}
