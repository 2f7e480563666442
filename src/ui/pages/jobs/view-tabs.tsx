/** The views of the list, each with the number of its jobs. */
import { Link, useSearch } from 'wouter';
import { useRead } from '../../api/use-read.ts';
import { countText } from '../../parts/data/format.ts';
import type { View, ViewName } from './views.ts';

const EVERY_MS = 15_000;

/** How many jobs a view has; null while that is not known. */
function useViewCount({ query }: View): number | null {
  const { data } = useRead('/jobs', { query: { ...query, limit: 1 } }, { everyMs: EVERY_MS, enabled: query !== null });
  return query === null ? 0 : (data?.total ?? null);
}

interface ViewTabsProps {
  readonly views: readonly View[];
  readonly current: ViewName | null;
}

export function ViewTabs({ views, current }: ViewTabsProps) {
  return (
    <nav aria-label="Views" className="tab-bar">
      {views.map((view) => (
        <Tab key={view.name} view={view} isCurrent={view.name === current} />
      ))}
    </nav>
  );
}

function Tab({ view, isCurrent }: { readonly view: View; readonly isCurrent: boolean }) {
  const count = useViewCount(view);
  const params = new URLSearchParams(useSearch());
  params.set('view', view.name);
  return (
    <Link href={`/jobs?${params.toString()}`} className="place" aria-current={isCurrent ? 'page' : undefined}>
      {view.title} <span className="muted count number">{count === null ? '' : countText(count)}</span>
    </Link>
  );
}
