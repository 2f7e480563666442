/** The numbers in the head. They come by the stream of the frame, which listens while the page has no stream of its own. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useStream } from '../api/live.ts';
import { useRead } from '../api/use-read.ts';

const EVERY_MS = 15_000;
const CLUSTERS_EVERY_MS = 60_000;
/** Many jobs may change at once. */
const GATHER_MS = 1_000;

const busy = { operation: 'any', limit: 1 } as const;

export function useCounts() {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useStream('/events?operation=any', () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void client.invalidateQueries({ queryKey: ['/jobs', {}, busy] }), GATHER_MS);
  });
  const all = useRead('/jobs', { query: { limit: 1 } }, { everyMs: EVERY_MS });
  const inProgress = useRead('/jobs', { query: busy }, { everyMs: EVERY_MS });
  const clusters = useRead('/clusters', {}, { everyMs: CLUSTERS_EVERY_MS });
  return {
    jobs: all.data?.total ?? null,
    inProgress: inProgress.data?.total ?? 0,
    silentClusters: clusters.data?.items.filter(({ reachable }) => !reachable).length ?? 0,
  };
}
