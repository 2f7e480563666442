/**
 * The watcher of one cluster, for as long as Sluice is there. All the work is one long activity; this only starts it
 * again, whatever became of it, and turns itself over each time, so that its history stays a dozen events long.
 */
import {
  CancellationScope,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { clusterOfWatchId } from '../domain/identity.ts';
import { watch } from './activities.ts';
import { codeAndDetail } from './failures.ts';
import { turnOverSignal, type ClusterWatchInput } from './messages.ts';
import { nextRun } from './next-run.ts';

/** Between the end of an activity that failed for good and the next one. */
const START_AGAIN = '10s';

export async function clusterWatch(input: ClusterWatchInput): Promise<void> {
  const cluster = clusterOfWatchId(workflowInfo().workflowId);
  if (cluster === null || (input as ClusterWatchInput | undefined)?.cluster !== cluster) return;

  const turn = new CancellationScope();
  const told = { toTurnOver: false };
  setHandler(turnOverSignal, () => {
    told.toTurnOver = true;
    turn.cancel();
  });
  let carried = input.carried;
  setCurrentDetails(`Watches every job on cluster **${cluster}** and tells each of them what changes.`);
  try {
    // Told to end, the activity hands over its notes as it does at the end of its hour.
    carried = await turn.run(() =>
      watch.watchCluster.executeWithOptions({ summary: `Every job on cluster ${cluster}` }, [{ cluster, carried }]),
    );
  } catch (error) {
    // Notes of an hour ago would keep back what was told since: without any, everything is told again.
    carried = undefined;
    if (!told.toTurnOver) {
      const failure = isCancellation(error) ? null : codeAndDetail(error);
      if (failure === null) throw error;
      // Workers start the watch again every few minutes: one whose configuration is old only interrupts it.
      if (failure.code === 'UnknownCluster') return;
      setCurrentDetails(`Does **not** watch cluster **${cluster}** at the moment: ${failure.detail}`);
      await sleep(START_AGAIN);
    } else if (!isCancellation(error) && codeAndDetail(error) === null) throw error;
  }
  await nextRun<typeof clusterWatch>({ cluster, carried });
}
