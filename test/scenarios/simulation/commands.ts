/** Commands of a workflow's code, as the server carries them out. */
import { ApplicationFailure, DefaultFailureConverter, type ProtoFailure } from '@temporalio/common';
import { decodeActivityCancellationType } from '@temporalio/common/lib/activity-options.js';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { payloadConverter } from '../../../src/temporal/payload-converter.ts';
import { ActivityTask } from './activity-task.ts';
import { WorkflowNotFound } from './messages.ts';
import type { Run } from './run.ts';
import type { Runs } from './runs.ts';
import type { Command } from './sandbox.ts';
import { forget, scheduleOf } from './task-rules.ts';
import type { Attempt } from './worker.ts';

const failureConverter = new DefaultFailureConverter();

/** Carries out a command of a run's code. */
export function obey(runs: Runs, run: Run, command: Command): void {
  const { clock } = runs.options;
  if (command.scheduleActivity) startActivity(runs, run, command.scheduleActivity);
  else if (command.requestCancelActivity) {
    run.activities.get(command.requestCancelActivity.seq ?? 0)?.cancel();
  } else if (command.startTimer) {
    const { seq, startToFireTimeout } = command.startTimer;
    const fire = (): void => {
      run.timers.delete(seq ?? 0);
      runs.enqueue(run, { variant: 'fireTimer', fireTimer: { seq: seq ?? 0 } });
    };
    run.timers.set(seq ?? 0, clock.after(tsToMs(startToFireTimeout), fire));
  } else if (command.cancelTimer) {
    const seq = command.cancelTimer.seq ?? 0;
    run.timers.get(seq)?.();
    run.timers.delete(seq);
    forget(run.pending, (job) => job.fireTimer?.seq === seq);
  } else if (command.updateResponse) answerUpdate(run, command.updateResponse);
  else if (command.upsertWorkflowSearchAttributes) {
    Object.assign(run.searchAttributes, command.upsertWorkflowSearchAttributes.searchAttributes?.indexedFields);
  } else if (command.signalExternalWorkflowExecution) signalOther(runs, run, command.signalExternalWorkflowExecution);
  else if (command.completeWorkflowExecution) {
    run.result = command.completeWorkflowExecution.result ?? null;
    runs.close(run, 'completed');
  } else if (command.failWorkflowExecution) runs.close(run, 'failed');
  else if (command.cancelWorkflowExecution) runs.close(run, 'cancelled');
  else if (command.continueAsNewWorkflowExecution) {
    continueAsNew(runs, run, command.continueAsNewWorkflowExecution);
  } else if (!command.setPatchMarker && !command.modifyWorkflowProperties) {
    throw new Error(`the simulation does not know this command: ${JSON.stringify(command)}`);
  }
}

function continueAsNew(runs: Runs, run: Run, command: NonNullable<Command['continueAsNewWorkflowExecution']>): void {
  const { workflowId, workflowType, firstRunId } = run.identity;
  const input = command.arguments ?? [];
  runs.close(run, 'continuedAsNew');
  const next = runs.start(workflowId, workflowType, input, { ...run.searchAttributes }, { firstRunId });
  // No run has seen these updates yet, so the server gives them to the next run.
  for (const [id, waiter] of run.updates) {
    if (waiter.isAccepted) continue;
    next.updates.set(id, waiter);
    runs.enqueue(next, waiter.job);
  }
  run.updates.clear();
  run.forget();
}

function startActivity(runs: Runs, run: Run, schedule: NonNullable<Command['scheduleActivity']>): void {
  const { clock, activities } = runs.options;
  const attempts = {
    clock,
    activities,
    poll: (start: () => void) => runs.poll(start),
    begun: (attempt: Attempt) => void runs.attempts.add(attempt),
    over: (attempt: Attempt) => void runs.attempts.delete(attempt),
  };
  const seq = schedule.seq ?? 0;
  const { workflowId, runId } = run.identity;
  const activity = new ActivityTask(schedule, { workflowId, runId }, attempts, (result) => {
    if (run.activities.delete(seq)) runs.enqueue(run, { variant: 'resolveActivity', resolveActivity: result });
  });
  run.activities.set(seq, activity);
}

/** The workflow has its answer already; an attempt that may be cancelled is told so with its next heartbeat. */
export function giveUp(run: Run, seq: number): void {
  const activity = run.activities.get(seq);
  run.activities.delete(seq);
  // An answer that came meanwhile is dropped.
  forget(run.pending, (job) => job.resolveActivity?.seq === seq);
  if (decodeActivityCancellationType(scheduleOf(run, seq, [])?.cancellationType) !== 'ABANDON') activity?.cancel();
}

function answerUpdate(run: Run, response: NonNullable<Command['updateResponse']>): void {
  const id = (response.protocolInstanceId ?? '').replace(/\/protocol$/, '');
  const waiter = run.updates.get(id);
  if (!waiter) return;
  if (response.accepted) {
    waiter.isAccepted = true;
    run.messages.push(waiter.job);
  } else if (response.completed) {
    waiter.resolve(payloadConverter.fromPayload(response.completed));
  } else if (response.rejected) {
    run.updates.delete(id);
    waiter.reject(failureConverter.failureToError(response.rejected, payloadConverter));
  }
}

function signalOther(runs: Runs, run: Run, command: NonNullable<Command['signalExternalWorkflowExecution']>): void {
  const { seq, workflowExecution, signalName, args } = command;
  const answer = (failure?: ProtoFailure): void =>
    runs.enqueue(run, {
      variant: 'resolveSignalExternalWorkflow',
      resolveSignalExternalWorkflow: { seq: seq ?? 0, failure: failure ?? null },
    });
  try {
    runs.deliver(runs.openRun(workflowExecution?.workflowId ?? ''), {
      variant: 'signalWorkflow',
      signalWorkflow: { signalName: signalName ?? '', input: args ?? [], headers: {} },
    });
    answer();
  } catch (error) {
    if (!(error instanceof WorkflowNotFound)) throw error;
    answer(failureConverter.errorToFailure(ApplicationFailure.nonRetryable(error.message), payloadConverter));
  }
}
