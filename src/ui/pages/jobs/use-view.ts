/** The view of the list: the one of the address, else what needs attention, or all jobs where nothing does. */
import { useState } from 'react';
import { useRead } from '../../api/use-read.ts';
import { useUrlState } from '../../state/url.ts';
import { filterNames } from './filters.ts';
import { useViews, type View, type ViewName } from './views.ts';

interface Chosen {
  readonly views: readonly View[];
  /** Null while it is not known whether anything needs attention. */
  readonly view: View | null;
}

export function useView(): Chosen {
  const url = useUrlState();
  const views = useViews();
  const given = views.find(({ name }) => name === url.get('view'));
  // An address with filters asks for everything that they find.
  const [usual, setUsual] = useState<ViewName | null>(() =>
    filterNames.some((name) => url.get(name) !== '') ? 'all' : null,
  );
  const isOpen = usual === null && given === undefined;
  const { data, isError } = useRead('/jobs', { query: { attention: 'true', limit: 1 } }, { enabled: isOpen });
  // Decided once: the rows must not change under the eyes of somebody when the last job has become well.
  if (isOpen && (data !== undefined || isError)) setUsual(data !== undefined && data.total > 0 ? 'attention' : 'all');
  return { views, view: given ?? views.find(({ name }) => name === usual) ?? null };
}
