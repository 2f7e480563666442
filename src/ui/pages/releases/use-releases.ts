/** The list of releases as it is, and again when the API tells of a new one. */
import { useCallback, useState } from 'react';
import { useReleaseNews } from '../../api/news/release-news.ts';
import { useList } from '../../api/use-read.ts';

interface Filter {
  readonly project: string;
  readonly q: string;
}

export function useReleases({ project, q }: Filter) {
  const all = useList('/releases', { query: { q } }, { isStreamed: true, enabled: project === '' });
  const ofProject = useList(
    '/releases/{project}',
    { params: { project }, query: { q } },
    { isStreamed: true, enabled: project !== '' },
  );
  const list = project === '' ? all : ofProject;
  const isNew = useReleaseNews();
  const { fetchNextPage } = list;
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  const projects = useSeen(list.data?.pages.flatMap(({ items }) => items.map((item) => item.project)) ?? [], project);
  return { list, more, projects, isNew };
}

/** Every project that a list has had, so that the choice of one leaves the others to choose. */
function useSeen(projects: readonly string[], chosen: string): readonly string[] {
  const [before, setBefore] = useState<readonly string[]>([]);
  const seen = [...new Set([...before, ...projects, ...(chosen === '' ? [] : [chosen])])].sort();
  if (seen.length !== before.length) setBefore(seen);
  return seen;
}
