/**
 * The watcher of one cluster, for as long as Sluice is there. A long activity does all the work; the workflow starts it
 * again whatever became of it, and continues as new each time, so that its history stays a dozen events long.
 */
import { setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { clusterOfWatchId } from '../../domain/identity/workflow-ids.ts';
import { watch } from '../activities.ts';
import type { ClusterWatchInput } from '../messages.ts';
import { nextRun } from '../next-run.ts';
import { START_AGAIN, watchOnce } from './watching.ts';

export async function clusterWatch(input: ClusterWatchInput): Promise<void> {
  const cluster = clusterOfWatchId(workflowInfo().workflowId);
  if (cluster === null || (input as ClusterWatchInput | undefined)?.cluster !== cluster) return;

  setCurrentDetails(`Watches every job on cluster **${cluster}** and tells each of them what changes.`);
  const summary = `Every job on cluster ${cluster}`;
  const { carried, failure } = await watchOnce(() =>
    watch.watchCluster.executeWithOptions({ summary }, [{ cluster, carried: input.carried }]),
  );
  // A worker with an old configuration does not know the cluster. The watch ends here, and other workers start it again
  // within a few minutes.
  if (failure?.code === 'UnknownCluster') return;
  if (failure !== null) {
    setCurrentDetails(`Does **not** watch cluster **${cluster}** at the moment: ${failure.detail}`);
    await sleep(START_AGAIN);
  }
  await nextRun<typeof clusterWatch>([{ cluster, carried }]);
}
