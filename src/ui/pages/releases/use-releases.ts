/** The list of releases as it is, and again when the API tells of a new one. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useStream } from '../../api/live.ts';
import { useList } from '../../api/use-read.ts';

interface Filter {
  readonly project: string;
  readonly q: string;
}

/** Operations are few beside changes of jobs: the stream is of those, and of releases. */
const NEWS = '/events?operation=any';

export function useReleases({ project, q }: Filter) {
  const all = useList('/releases', { query: { q } }, { isStreamed: true, enabled: project === '' });
  const ofProject = useList(
    '/releases/{project}',
    { params: { project }, query: { q } },
    { isStreamed: true, enabled: project !== '' },
  );
  const list = project === '' ? all : ofProject;
  useReleaseNews();
  const { fetchNextPage } = list;
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  const projects = useSeen(list.data?.pages.flatMap(({ items }) => items.map((item) => item.project)) ?? [], project);
  return { list: { ...list, more }, projects };
}

/** Reads releases again when one appears. */
export function useReleaseNews(): void {
  const client = useQueryClient();
  useStream(NEWS, ({ type }) => {
    if (type !== 'release' && type !== 'reset') return;
    const isOfReleases = ({ queryKey: [path] }: { readonly queryKey: readonly unknown[] }): boolean =>
      typeof path === 'string' && path.startsWith('/releases');
    void client.invalidateQueries({ predicate: isOfReleases });
  });
}

/** Every project that a list has had, so that the choice of one leaves the others to choose. */
function useSeen(projects: readonly string[], chosen: string): readonly string[] {
  const [before, setBefore] = useState<readonly string[]>([]);
  const seen = [...new Set([...before, ...projects, ...(chosen === '' ? [] : [chosen])])].sort();
  if (seen.length !== before.length) setBefore(seen);
  return seen;
}
