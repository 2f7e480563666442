/**
 * The notifier of an installation, for as long as Sluice is there. Like the watcher of the releases, this workflow only starts
 * one long activity again and again. Nothing is carried: what is still to be told is in S3, because it may be large.
 */
import { setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { installationOfWatchId } from '../../domain/identity/workflow-ids.ts';
import { watch } from '../activities.ts';
import type { NotificationWatchInput } from '../messages.ts';
import { nextRun } from '../next-run.ts';
import { START_AGAIN, watchOnce } from './watching.ts';

export async function notificationWatch(input: NotificationWatchInput): Promise<void> {
  const installation = installationOfWatchId(workflowInfo().workflowId);
  if (installation === null || (input as NotificationWatchInput | undefined)?.installation !== installation) return;

  setCurrentDetails(`Notifies people of what happens to the jobs of **${installation}**.`);
  const summary = `News of ${installation}`;
  const { carried, failure } = await watchOnce(() => watch.notify.executeWithOptions({ summary }, []));
  // A worker whose configuration has no channels any more ends the watch; one that has some starts it again.
  if (carried === 'off') return;
  if (failure !== null) {
    setCurrentDetails(`Notifies **nobody** at the moment: ${failure.detail}`);
    await sleep(START_AGAIN);
  }
  await nextRun<typeof notificationWatch>([{ installation }]);
}
