/** The views of the list, each with the number of its jobs. */
import { useSearch } from 'wouter';
import { useTotal } from '../../api/news/use-total.ts';
import { countText } from '../../parts/data/format.ts';
import { Tabs } from '../../parts/tabs.tsx';
import type { View, ViewName } from './views.ts';

interface ViewTabsProps {
  readonly views: readonly View[];
  readonly current: ViewName | null;
}

export function ViewTabs({ views, current }: ViewTabsProps) {
  const search = useSearch();
  const tabs = views.map((view) => {
    const params = new URLSearchParams(search);
    params.set('view', view.name);
    return { name: <Named view={view} />, href: `/jobs?${params.toString()}`, isHere: view.name === current };
  });
  return <Tabs label="Views" tabs={tabs} />;
}

function Named({ view: { title, query } }: { readonly view: View }) {
  const count = useTotal(query);
  return (
    <>
      {title} <span className="muted count number">{count === null ? '' : countText(count)}</span>
    </>
  );
}
