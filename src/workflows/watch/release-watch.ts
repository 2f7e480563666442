/**
 * The watcher of the releases in one bucket, for as long as Sluice is there: it tells jobs about releases that are to
 * deploy themselves. Like the watcher of a cluster, this workflow only starts one long activity again and again.
 */
import { setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { bucketOfReleaseWatchId } from '../../domain/identity/workflow-ids.ts';
import { watch } from '../activities.ts';
import type { ReleaseWatchInput } from '../messages.ts';
import { nextRun } from '../next-run.ts';
import { START_AGAIN, watchOnce } from './watching.ts';

export async function releaseWatch(input: ReleaseWatchInput): Promise<void> {
  const bucket = bucketOfReleaseWatchId(workflowInfo().workflowId);
  if (bucket === null || (input as ReleaseWatchInput | undefined)?.bucket !== bucket) return;

  setCurrentDetails(
    `Watches the releases in bucket **${bucket}** and asks jobs for those that are to deploy themselves.`,
  );
  const summary = `New releases in ${bucket}`;
  const { carried, failure } = await watchOnce(() =>
    watch.watchReleases.executeWithOptions({ summary }, [{ bucket, carried: input.carried }]),
  );
  if (failure !== null) {
    setCurrentDetails(`Does **not** watch the releases at the moment: ${failure.detail}`);
    await sleep(START_AGAIN);
  }
  await nextRun<typeof releaseWatch>([{ bucket, carried }]);
}
