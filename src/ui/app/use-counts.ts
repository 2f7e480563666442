/** The numbers in the head. They come by the stream of the frame, which listens while the page has no stream of its own. */
import { useQueryClient } from '@tanstack/react-query';
import { useStream } from '../api/live.ts';
import { useRead } from '../api/use-read.ts';
import { totalQuery, useTotal } from '../api/news/use-total.ts';
import { useGathered } from '../state/use-gathered.ts';

const CLUSTERS_EVERY_MS = 60_000;

const all = {};
const busy = { operation: 'any' };

export function useCounts() {
  const client = useQueryClient();
  const count = useGathered(() => void client.invalidateQueries({ queryKey: totalQuery(busy).queryKey }));
  useStream('/events?operation=any', count);
  const clusters = useRead('/clusters', {}, { everyMs: CLUSTERS_EVERY_MS });
  return {
    jobs: useTotal(all),
    inProgress: useTotal(busy) ?? 0,
    silentClusters: clusters.data?.items.filter(({ reachable }) => !reachable).length ?? 0,
  };
}
