/** The numbers in the head. They come by the stream of the frame, which listens while the page has no stream of its own. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useStream } from '../api/live.ts';
import { useRead } from '../api/use-read.ts';
import { totalQuery, useTotal } from '../api/news/use-total.ts';

const CLUSTERS_EVERY_MS = 60_000;
/** Many jobs may change at once. */
const GATHER_MS = 1_000;

const all = {};
const busy = { operation: 'any' };

export function useCounts() {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useStream('/events?operation=any', () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void client.invalidateQueries({ queryKey: totalQuery(busy).queryKey }), GATHER_MS);
  });
  const clusters = useRead('/clusters', {}, { everyMs: CLUSTERS_EVERY_MS });
  return {
    jobs: useTotal(all),
    inProgress: useTotal(busy) ?? 0,
    silentClusters: clusters.data?.items.filter(({ reachable }) => !reachable).length ?? 0,
  };
}
