/** All jobs: views, search, filters and order in the address, rows that change by themselves. */
import type { JobItem } from '../../../api/job-list-contract.ts';
import { countText } from '../../parts/data/format.ts';
import { Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { Skeleton } from '../../parts/states.tsx';
import { useUrlState } from '../../state/url.ts';
import { ColumnMenu } from './rows/column-menu.tsx';
import { columnNames } from './rows/columns.tsx';
import { FilterBar } from './filter-bar.tsx';
import { filterQuery } from './filters.ts';
import { JobRows } from './rows/job-rows.tsx';
import { NothingHere } from './nothing-here.tsx';
import { SavedViews } from './saved-views.tsx';
import { useJobs } from './use-jobs.ts';
import { useView } from './use-view.ts';
import { ViewTabs } from './view-tabs.tsx';
import type { View } from './views.ts';
import './jobs.css';

export default function JobsPage() {
  const url = useUrlState();
  const { views, view } = useView();
  const filter = filterQuery(url.get);
  const fits = view?.query ? { ...view.query, ...filter } : null;
  const jobs = useJobs(fits, url.get('sort') || 'name');
  const pages = jobs.list.data?.pages ?? [];
  const total = pages[0]?.total;
  return (
    <Page title="Jobs" about={total !== undefined && <span className="muted number">{countText(total)}</span>}>
      <ViewTabs views={views} current={view?.name ?? null} />
      <FilterBar fits={fits} labels={() => labelsOf(pages.flatMap(({ items }) => items))}>
        <ColumnMenu columns={columnNames} />
        <SavedViews />
      </FilterBar>
      {view === null ? <Skeleton rows={12} /> : <List jobs={jobs} view={view} total={total} />}
    </Page>
  );
}

interface ListProps {
  readonly jobs: ReturnType<typeof useJobs>;
  readonly view: View;
  readonly total: number | undefined;
}

function List({ jobs: { list, more }, view, total }: ListProps) {
  if (view.query === null) return <NothingHere view={view.name} />;
  return (
    <Loaded query={list} rows={12}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0) return <NothingHere view={view.name} />;
        return <JobRows items={items} total={Math.max(total ?? 0, items.length)} onEnd={more} />;
      }}
    </Loaded>
  );
}

const MOST_LABELS = 200;

function labelsOf(items: readonly JobItem[]): readonly string[] {
  const all = new Set<string>();
  for (const { labels } of items) for (const [key, value] of Object.entries(labels)) all.add(`${key}=${value}`);
  return [...all].sort().slice(0, MOST_LABELS);
}
