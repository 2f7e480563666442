/** Rules of a workflow task: the order of its jobs, and the part of its commands that counts. */
import { encodeRetryState, type ProtoFailure } from '@temporalio/common';
import { decodeActivityCancellationType } from '@temporalio/common/lib/activity-options.js';
import { cancelledFailure } from './activity-task.ts';
import type { Run } from './run.ts';
import type { Activation, Command, Job } from './sandbox.ts';

/** The order in which Core hands over what one task brings: first the start, then messages, then results. */
export function order(job: Job): number {
  if (job.initializeWorkflow) return 0;
  if (job.notifyHasPatch) return 1;
  return job.signalWorkflow || job.doUpdate ? 2 : 3;
}

export const isClosing = (command: Command): boolean =>
  [
    command.completeWorkflowExecution,
    command.failWorkflowExecution,
    command.cancelWorkflowExecution,
    command.continueAsNewWorkflowExecution,
  ].some((closing) => closing != null);

/** The answers of activities that are cancelled without a wait: the workflow has them within the same task. */
export function cancelledAtOnce(
  run: Run,
  newest: readonly Command[],
  all: readonly Command[],
  { resolved, abandoned }: { readonly resolved: ReadonlySet<number | null | undefined>; readonly abandoned: number[] },
): Job[] {
  return newest.flatMap(({ requestCancelActivity }): Job[] => {
    if (!requestCancelActivity) return [];
    const seq = requestCancelActivity.seq ?? 0;
    if (resolved.has(seq)) return []; // its answer came with the same task
    const schedule = scheduleOf(run, seq, all);
    if (decodeActivityCancellationType(schedule?.cancellationType) === 'WAIT_CANCELLATION_COMPLETED') return [];
    abandoned.push(seq);
    const failure: ProtoFailure = {
      message: 'Activity cancelled',
      source: 'Server',
      cause: cancelledFailure,
      activityFailureInfo: {
        activityType: { name: schedule?.activityType ?? '' },
        activityId: schedule?.activityId ?? '',
        retryState: encodeRetryState('CANCEL_REQUESTED') ?? null,
      },
    };
    return [{ variant: 'resolveActivity', resolveActivity: { seq, result: { cancelled: { failure } } } }];
  });
}

export function scheduleOf(run: Run, seq: number, commands: readonly Command[]) {
  const all = [...run.tasks.flatMap((task) => task.commands), ...commands];
  return all.find(({ scheduleActivity }) => scheduleActivity?.seq === seq)?.scheduleActivity;
}

export function forget<T>(list: T[], unwanted: (item: T) => boolean): void {
  const index = list.findIndex(unwanted);
  if (index >= 0) list.splice(index, 1);
}

/**
 * The part of a task that the history keeps. A rejected update leaves nothing in the history; a task that only rejected
 * is missing from it altogether.
 */
export function lastingOf(
  activations: readonly Activation[],
  commands: readonly Command[],
): { readonly activations: readonly Activation[]; readonly commands: readonly Command[] } {
  const idsWith = (answer: 'accepted' | 'rejected') =>
    new Set(
      commands.flatMap(({ updateResponse }) => (updateResponse?.[answer] ? [updateResponse.protocolInstanceId] : [])),
    );
  const [rejected, accepted] = [idsWith('rejected'), idsWith('accepted')];
  const isForgotten = (job: Job): boolean => {
    const id = job.doUpdate?.protocolInstanceId;
    return id !== undefined && rejected.has(id) && !accepted.has(id);
  };
  return {
    activations: activations
      .map((activation) => ({ ...activation, jobs: activation.jobs.filter((job) => !isForgotten(job)) }))
      .filter(({ jobs }) => jobs.length > 0),
    commands: commands.filter(({ updateResponse }) => !updateResponse?.rejected),
  };
}
