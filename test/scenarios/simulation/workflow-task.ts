/** Workflow tasks: the code of a run is told what waits for it, and its commands are carried out. */
import type { ProtoFailure } from '@temporalio/common';
import { giveUp, obey } from './commands.ts';
import { NonDeterminism, type Run } from './run.ts';
import type { Runs } from './runs.ts';
import type { Activation, Command, Job } from './sandbox.ts';
import { cancelledAtOnce, isClosing, lastingOf, order } from './task-rules.ts';

/** The signals to other workflows that a run may have under way (`limit.numPendingSignals.error`). */
const MOST_SIGNALS = 2_000;

/** Does a workflow task: the code hears at once what waits, and its commands count a little later, if nothing came. */
export function work(runs: Runs, run: Run): void {
  const { random, clock, evictions } = runs.options;
  if (random.chance(evictions)) run.evict();
  const jobs = run.pending.splice(0).sort((a, b) => order(a) - order(b));
  const activations: Activation[] = [];
  const commands: Command[] = [];
  const abandoned: number[] = [];
  try {
    for (let next: readonly Job[] = jobs; next.length > 0;) {
      const activation = activationOf(runs, run, next);
      const completion = run.activate(activation);
      if ('failed' in completion) {
        taskFailed(runs, run, jobs, completion.failed);
        return;
      }
      activations.push(activation);
      commands.push(...completion.commands);
      const resolved = new Set(activations.flatMap((one) => one.jobs.map((job) => job.resolveActivity?.seq)));
      next = cancelledAtOnce(run, completion.commands, commands, { resolved, abandoned });
    }
    // Each signal is answered once the task is done, so that those of one task are all that are under way.
    if (commands.filter(({ signalExternalWorkflowExecution: signal }) => signal).length > MOST_SIGNALS) {
      taskFailed(runs, run, jobs, { message: 'PendingSignalsLimitExceeded' });
      return;
    }
  } catch (error) {
    if (!(error instanceof NonDeterminism)) throw error;
    runs.defects.push(`${run.identity.workflowId} does not replay: ${error.message}`);
    runs.close(run, 'failed');
    return;
  }
  run.hasTask = true;
  clock.after(runs.latency(), () => {
    run.hasTask = false;
    if (!run.isOpen) return;
    const closes = commands.some(isClosing);
    if (!runs.isWorking || (closes && run.pending.length > 0)) {
      // The worker is gone, or something came meanwhile: the task is done again, from its history.
      run.evict();
      run.pending.unshift(...jobs);
      runs.schedule(run);
      return;
    }
    commit(runs, run, activations, commands, abandoned);
  });
}

export function activationOf(runs: Runs, run: Run, jobs: readonly Job[]): Activation {
  const { clock, suggestAfter } = runs.options;
  return {
    at: clock.now,
    isReplaying: false,
    historyLength: run.historyLength + 3,
    continueAsNewSuggested: run.historyLength + 3 >= suggestAfter,
    jobs,
  };
}

/** Tries a failed task again, for ever as the server does; a task that goes on failing is a job that hangs. */
function taskFailed(runs: Runs, run: Run, jobs: readonly Job[], failure: ProtoFailure | object): void {
  const text = JSON.stringify(failure);
  run.taskFailures.push(text);
  run.evict();
  run.pending.unshift(...jobs);
  if (run.taskFailures.length === 3) runs.defects.push(`${run.identity.workflowId} fails its tasks: ${text}`);
  runs.schedule(run, Math.min(10_000, 1_000 * 2 ** run.taskFailures.length));
}

function commit(
  runs: Runs,
  run: Run,
  activations: readonly Activation[],
  commands: readonly Command[],
  abandoned: readonly number[],
): void {
  const lasting = lastingOf(activations, commands);
  const { workflowId } = run.identity;
  if (lasting.activations.length > 0) run.tasks.push(lasting);
  else if (lasting.commands.length > 0)
    runs.defects.push(`${workflowId}: rejecting an update commanded ${JSON.stringify(lasting.commands)}`);
  if (lasting.activations.length > 0 || lasting.commands.length > 0)
    run.historyLength += 3 + lasting.activations.flatMap(({ jobs }) => jobs).length + lasting.commands.length;
  const isAbandoned = (command: Command): boolean =>
    command.requestCancelActivity != null && abandoned.includes(command.requestCancelActivity.seq ?? 0);
  for (const command of commands) if (!isAbandoned(command)) obey(runs, run, command);
  for (const seq of abandoned) giveUp(run, seq);
  runs.schedule(run);
}
