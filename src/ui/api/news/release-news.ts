/** News of releases, by the stream of events: lists of releases are read again, and a page can mark those that have come. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { ReleaseItem } from '../../../api/contract.ts';
import type { StreamEvent } from '../events.ts';
import { useStream } from '../live.ts';
import { pathOf, type Query } from '../reads.ts';

/** Operations are few beside changes of jobs. */
const FEW: Query = { operation: 'any' };

const isOfReleases = ({ queryKey: [path] }: { readonly queryKey: readonly unknown[] }): boolean =>
  typeof path === 'string' && path.startsWith('/releases');

/**
 * @param query the jobs that the stream tells of beside releases. @param onOther hears the events that are of no release.
 * @returns whether a release has come since the page was opened.
 */
export function useReleaseNews(query = FEW, onOther?: (event: StreamEvent) => void): (release: string) => boolean {
  const client = useQueryClient();
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useStream(pathOf('/events', {}, query), (event) => {
    const { type, data } = event;
    if (type !== 'release') onOther?.(event);
    if (type !== 'release' && type !== 'reset') return;
    if (type === 'release') {
      const { name } = data as ReleaseItem; // as the API streams it
      const lists = client.getQueriesData({ predicate: isOfReleases });
      // A stream begins with the releases of the last minute, which the lists have.
      if (!lists.some(([, list]) => JSON.stringify(list ?? '').includes(`"${name}"`)))
        setFresh((now) => new Set([...now, name]));
    }
    void client.invalidateQueries({ predicate: isOfReleases });
  });
  return useCallback((release: string) => fresh.has(release), [fresh]);
}
