/**
 * A Temporal server and its workers, small and deterministic: the rules that matter for a workflow, in virtual time.
 * `simulation.test.ts` holds it against the real server.
 */
import {
  ApplicationFailure,
  DefaultFailureConverter,
  encodeRetryState,
  type Payload,
  type ProtoFailure,
} from '@temporalio/common';
import { decodeActivityCancellationType } from '@temporalio/common/lib/activity-options.js';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { payloadConverter } from '../../../src/temporal/payload-converter.ts';
import { ActivityTask, cancelledFailure } from './activity-task.ts';
import type { VirtualClock } from './clock.ts';
import type { SeededRandom } from './random.ts';
import { NonDeterminism, Run, type RunStatus, type UpdateWaiter } from './run.ts';
import type { Activation, Command, Job, WorkflowSandbox } from './sandbox.ts';
import type { ActivityFunction, Attempt } from './worker.ts';

/** A payload that no converter can read, as a signal sent by hand may carry. */
export const undecodable: Payload = {
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from('{"release": '),
};

const failureConverter = new DefaultFailureConverter();

/** What the server says when there is no open run. */
export class WorkflowNotFound extends Error {}
/** No worker answered. */
export class NoWorker extends Error {}

export interface Options {
  readonly clock: VirtualClock;
  readonly sandbox: WorkflowSandbox;
  readonly random: SeededRandom;
  readonly activities: Readonly<Record<string, ActivityFunction>>;
  /** ms from scheduling to starting a task, at most. */
  readonly latencyMs: number;
  /** Chance that a run's code is dropped before a task, so that the task replays all before it. */
  readonly evictions: number;
  /** Events in a history from which on continuing as new is suggested. */
  readonly suggestAfter: number;
}

export class SimulatedTemporal {
  readonly #options: Options;
  /** All runs of each workflow, oldest first. */
  readonly #workflows = new Map<string, Run[]>();
  readonly #attempts = new Set<Attempt>();
  readonly #activityNames: ReadonlySet<string>;
  #waitingForWorker: (() => void)[] = [];
  #isWorking = true;
  /** Workflow tasks that failed, and replays that went another way: defects of the workflow. */
  readonly defects: string[] = [];

  constructor(options: Options) {
    this.#options = options;
    this.#activityNames = new Set(Object.keys(options.activities));
  }

  // What clients do.

  signalWithStart(workflowId: string, type: string, input: unknown, name: string, payload: unknown): void {
    this.#deliver(this.#openOrStart(workflowId, type, input), signalJob(name, payload));
  }

  startIfAbsent(workflowId: string, type: string, input: unknown): void {
    this.#openOrStart(workflowId, type, input);
  }

  signal(workflowId: string, name: string, payload: unknown): void {
    this.#deliver(this.#open(workflowId), signalJob(name, payload));
  }

  /** @throws ApplicationFailure when it was rejected, as `WorkflowUpdateFailedError.cause`. */
  update(workflowId: string, name: string, payload: unknown, updateId: string): Promise<unknown> {
    return this.#update(this.#open(workflowId), name, payload, updateId);
  }

  updateWithStart(workflowId: string, type: string, input: unknown, name: string, payload: unknown, updateId: string) {
    return this.#update(this.#openOrStart(workflowId, type, input), name, payload, updateId);
  }

  query(workflowId: string, name: string): unknown {
    const run = this.runs(workflowId).at(-1);
    if (!run) throw new WorkflowNotFound(`${workflowId} was never started`);
    if (!this.#isWorking || run.tasks.length === 0) throw new NoWorker(`nobody answers ${name}`);
    const job: Job = { variant: 'queryWorkflow', queryWorkflow: { queryId: 'query', queryType: name, arguments: [] } };
    const completion = run.activate(this.#activation(run, [job]));
    const answer = 'failed' in completion ? undefined : completion.commands[0]?.respondToQuery?.succeeded?.response;
    if (!answer) throw new NoWorker(`${name} could not be answered: ${JSON.stringify(completion)}`);
    return payloadConverter.fromPayload(answer);
  }

  cancel(workflowId: string): void {
    this.#deliver(this.#open(workflowId), { variant: 'cancelWorkflow', cancelWorkflow: { reason: 'asked' } });
  }

  terminate(workflowId: string): void {
    this.#close(this.#open(workflowId), 'terminated');
  }

  /** To the first workflow task of a run, `back` runs before the newest; its signals and updates are delivered again. */
  reset(workflowId: string, back = 0): void {
    const runs = this.runs(workflowId);
    const base = runs.at(-1 - Math.min(back, runs.length - 1));
    if (!base) throw new WorkflowNotFound(`${workflowId} was never started`);
    const newest = runs.at(-1);
    if (newest?.isOpen) this.#close(newest, 'terminated');
    const run = this.#start(workflowId, base.identity.workflowType, base.input, base.searchAttributes, {
      seed: base.identity.seed,
      firstRunId: base.identity.firstRunId,
    });
    for (const message of base.messages) {
      if (message.doUpdate) void this.#admit(run, message).catch(() => undefined);
      else this.#deliver(run, message);
    }
  }

  /** What the newest run returned, once it has. */
  result(workflowId: string): unknown {
    const run = this.runs(workflowId).at(-1);
    return run?.result ? payloadConverter.fromPayload(run.result) : undefined;
  }

  runs(workflowId: string): readonly Run[] {
    return this.#workflows.get(workflowId) ?? [];
  }

  /** The open runs of all workflows. */
  open(): readonly Run[] {
    return [...this.#workflows.values()].flatMap((runs) => runs.at(-1) ?? []).filter(({ isOpen }) => isOpen);
  }

  get replays(): number {
    return [...this.#workflows.values()].flat().reduce((sum, { replays }) => sum + replays, 0);
  }

  // What befalls workers.

  /**
   * `kill`: nothing that the worker was doing goes on. `pause`: it goes on after `ms`, while another worker has taken its
   * place. `shutdown`: its activities are told and tried again elsewhere. Nobody works until `startWorker`.
   */
  stopWorker(how: 'kill' | 'pause' | 'shutdown', pauseMs = 0): void {
    this.#isWorking = false;
    for (const attempt of this.#attempts) {
      if (how === 'kill') attempt.kill();
      if (how === 'pause') attempt.freeze(pauseMs);
      if (how === 'shutdown') attempt.cancel('WORKER_SHUTDOWN');
    }
    this.#attempts.clear();
    for (const run of [...this.#workflows.values()].flat()) run.evict();
  }

  /** Whether the attempt is one of the worker that works now. */
  isMine(attempt: Attempt): boolean {
    return this.#attempts.has(attempt);
  }

  startWorker(): void {
    this.#isWorking = true;
    for (const start of this.#waitingForWorker.splice(0)) start();
    for (const run of [...this.#workflows.values()].flat()) this.#schedule(run);
  }

  // Inside.

  #open(workflowId: string): Run {
    const run = this.runs(workflowId).at(-1);
    if (run?.isOpen) return run;
    throw new WorkflowNotFound(`${workflowId} does not run`);
  }

  #openOrStart(workflowId: string, type: string, input: unknown): Run {
    const run = this.runs(workflowId).at(-1);
    return run?.isOpen ? run : this.#start(workflowId, type, [payloadConverter.toPayload(input)], {});
  }

  #start(
    workflowId: string,
    workflowType: string,
    input: readonly Payload[],
    searchAttributes: Record<string, Payload>,
    from: { readonly seed?: readonly number[]; readonly firstRunId?: string } = {},
  ): Run {
    const { sandbox, random, clock } = this.#options;
    const runId = random.uuid();
    const seed = from.seed ?? Array.from({ length: 8 }, () => random.below(256));
    const identity = {
      workflowId,
      runId,
      firstRunId: from.firstRunId ?? runId,
      workflowType,
      startedAt: clock.now,
      seed,
    };
    const run = new Run(sandbox, this.#activityNames, identity, input, searchAttributes);
    this.#workflows.set(workflowId, [...this.runs(workflowId), run]);
    this.#schedule(run);
    return run;
  }

  #update(run: Run, name: string, payload: unknown, updateId: string): Promise<unknown> {
    return this.#admit(run, {
      variant: 'doUpdate',
      doUpdate: {
        id: updateId,
        protocolInstanceId: `${updateId}/protocol`,
        name,
        input: [payloadOf(payload)],
        headers: {},
        meta: { updateId, identity: 'client' },
        runValidator: true,
      },
    });
  }

  #admit(run: Run, job: Job): Promise<unknown> {
    const id = job.doUpdate?.id ?? '';
    if (run.updates.has(id)) return Promise.reject(new Error(`update ${id} is known to this run already`));
    return new Promise((resolve, reject) => {
      run.updates.set(id, { name: job.doUpdate?.name ?? '', job, resolve, reject, isAccepted: false });
      this.#enqueue(run, job);
    });
  }

  #deliver(run: Run, job: Job): void {
    if (job.signalWorkflow) run.messages.push(job);
    this.#enqueue(run, job);
  }

  #enqueue(run: Run, job: Job): void {
    if (!run.isOpen) return;
    run.pending.push(job);
    this.#schedule(run);
  }

  #schedule(run: Run, afterMs = this.#latency()): void {
    if (!run.isOpen || run.hasTask || run.pending.length === 0 || !this.#isWorking) return;
    run.hasTask = true;
    this.#options.clock.after(afterMs, () => {
      run.hasTask = false;
      if (run.isOpen && this.#isWorking) this.#work(run);
    });
  }

  #latency(): number {
    return this.#options.random.below(this.#options.latencyMs + 1);
  }

  /** One workflow task: what waits is told to the code at once; its commands count a little later, if nothing came. */
  #work(run: Run): void {
    const { random, clock, evictions } = this.#options;
    if (random.chance(evictions)) run.evict();
    const jobs = run.pending.splice(0).sort((a, b) => order(a) - order(b));
    const activations: Activation[] = [];
    const commands: Command[] = [];
    const abandoned: number[] = [];
    try {
      for (let next: readonly Job[] = jobs; next.length > 0;) {
        const activation = this.#activation(run, next);
        const completion = run.activate(activation);
        if ('failed' in completion) {
          this.#taskFailed(run, jobs, completion.failed);
          return;
        }
        activations.push(activation);
        commands.push(...completion.commands);
        const resolved = new Set(activations.flatMap((one) => one.jobs.map((job) => job.resolveActivity?.seq)));
        next = cancelledAtOnce(run, completion.commands, commands, { resolved, abandoned });
      }
    } catch (error) {
      if (!(error instanceof NonDeterminism)) throw error;
      this.defects.push(`${run.identity.workflowId} does not replay: ${error.message}`);
      this.#close(run, 'failed');
      return;
    }
    run.hasTask = true;
    clock.after(this.#latency(), () => {
      run.hasTask = false;
      if (!run.isOpen) return;
      const closes = commands.some(isClosing);
      if (!this.#isWorking || (closes && run.pending.length > 0)) {
        // The worker is gone, or something came meanwhile: the task is done again, from its history.
        run.evict();
        run.pending.unshift(...jobs);
        this.#schedule(run);
        return;
      }
      this.#commit(run, activations, commands, abandoned);
    });
  }

  #activation(run: Run, jobs: readonly Job[]): Activation {
    const { clock, suggestAfter } = this.#options;
    return {
      at: clock.now,
      isReplaying: false,
      historyLength: run.historyLength + 3,
      continueAsNewSuggested: run.historyLength + 3 >= suggestAfter,
      jobs,
    };
  }

  /** The server tries again for ever; a task that goes on failing is a job that hangs. */
  #taskFailed(run: Run, jobs: readonly Job[], failure: ProtoFailure | object): void {
    const text = JSON.stringify(failure);
    run.taskFailures.push(text);
    run.evict();
    run.pending.unshift(...jobs);
    if (run.taskFailures.length === 3) this.defects.push(`${run.identity.workflowId} fails its tasks: ${text}`);
    this.#schedule(run, Math.min(10_000, 1_000 * 2 ** run.taskFailures.length));
  }

  #commit(
    run: Run,
    activations: readonly Activation[],
    commands: readonly Command[],
    abandoned: readonly number[],
  ): void {
    const rejected = new Set(
      commands.flatMap(({ updateResponse }) => (updateResponse?.rejected ? [updateResponse.protocolInstanceId] : [])),
    );
    const accepted = new Set(
      commands.flatMap(({ updateResponse }) => (updateResponse?.accepted ? [updateResponse.protocolInstanceId] : [])),
    );
    const isForgotten = (job: Job): boolean => {
      const id = job.doUpdate?.protocolInstanceId;
      return id !== undefined && rejected.has(id) && !accepted.has(id);
    };
    // A rejected update leaves nothing in the history; a task that only rejected is not in it at all.
    const lasting = activations
      .map((activation) => ({ ...activation, jobs: activation.jobs.filter((job) => !isForgotten(job)) }))
      .filter(({ jobs }) => jobs.length > 0);
    const lastingCommands = commands.filter(({ updateResponse }) => !updateResponse?.rejected);
    if (lasting.length > 0 || lastingCommands.length > 0) {
      if (lasting.length > 0) run.tasks.push({ activations: lasting, commands: lastingCommands });
      else
        this.defects.push(
          `${run.identity.workflowId}: rejecting an update commanded ${JSON.stringify(lastingCommands)}`,
        );
      run.historyLength += 3 + lasting.flatMap(({ jobs }) => jobs).length + lastingCommands.length;
    }
    const isAbandoned = (command: Command): boolean =>
      command.requestCancelActivity != null && abandoned.includes(command.requestCancelActivity.seq ?? 0);
    for (const command of commands) if (!isAbandoned(command)) this.#obey(run, command);
    for (const seq of abandoned) this.#giveUp(run, seq);
    this.#schedule(run);
  }

  #obey(run: Run, command: Command): void {
    const { clock } = this.#options;
    if (command.scheduleActivity) this.#startActivity(run, command.scheduleActivity);
    else if (command.requestCancelActivity) {
      run.activities.get(command.requestCancelActivity.seq ?? 0)?.cancel();
    } else if (command.startTimer) {
      const { seq, startToFireTimeout } = command.startTimer;
      const fire = (): void => {
        run.timers.delete(seq ?? 0);
        this.#enqueue(run, { variant: 'fireTimer', fireTimer: { seq: seq ?? 0 } });
      };
      run.timers.set(seq ?? 0, clock.after(tsToMs(startToFireTimeout), fire));
    } else if (command.cancelTimer) {
      const seq = command.cancelTimer.seq ?? 0;
      run.timers.get(seq)?.();
      run.timers.delete(seq);
      forget(run.pending, (job) => job.fireTimer?.seq === seq);
    } else if (command.updateResponse) this.#answerUpdate(run, command.updateResponse);
    else if (command.upsertWorkflowSearchAttributes) {
      Object.assign(run.searchAttributes, command.upsertWorkflowSearchAttributes.searchAttributes?.indexedFields);
    } else if (command.signalExternalWorkflowExecution) this.#signalOther(run, command.signalExternalWorkflowExecution);
    else if (command.completeWorkflowExecution) {
      run.result = command.completeWorkflowExecution.result ?? null;
      this.#close(run, 'completed');
    } else if (command.failWorkflowExecution) this.#close(run, 'failed');
    else if (command.cancelWorkflowExecution) this.#close(run, 'cancelled');
    else if (command.continueAsNewWorkflowExecution) {
      const { workflowId, workflowType, firstRunId } = run.identity;
      const input = command.continueAsNewWorkflowExecution.arguments ?? [];
      this.#close(run, 'continuedAsNew');
      const next = this.#start(workflowId, workflowType, input, { ...run.searchAttributes }, { firstRunId });
      // Nobody has seen these yet: the server gives them to the next run.
      for (const [id, waiter] of run.updates) {
        if (waiter.isAccepted) continue;
        next.updates.set(id, waiter);
        this.#enqueue(next, waiter.job);
      }
      run.updates.clear();
    } else if (!command.setPatchMarker && !command.modifyWorkflowProperties) {
      throw new Error(`the simulation does not know this command: ${JSON.stringify(command)}`);
    }
  }

  #startActivity(run: Run, schedule: NonNullable<Command['scheduleActivity']>): void {
    const { clock, activities } = this.#options;
    const attempts = {
      clock,
      activities,
      poll: (start: () => void) => {
        clock.after(this.#latency(), () => {
          if (this.#isWorking) start();
          else this.#waitingForWorker.push(start);
        });
      },
      begun: (attempt: Attempt) => void this.#attempts.add(attempt),
      over: (attempt: Attempt) => void this.#attempts.delete(attempt),
    };
    const seq = schedule.seq ?? 0;
    const { workflowId, runId } = run.identity;
    const activity = new ActivityTask(schedule, { workflowId, runId }, attempts, (result) => {
      if (run.activities.delete(seq)) this.#enqueue(run, { variant: 'resolveActivity', resolveActivity: result });
    });
    run.activities.set(seq, activity);
  }

  /** The workflow has its answer already; an attempt that may be cancelled is told so with its next heartbeat. */
  #giveUp(run: Run, seq: number): void {
    const activity = run.activities.get(seq);
    run.activities.delete(seq);
    // An answer that came meanwhile is heard no more.
    forget(run.pending, (job) => job.resolveActivity?.seq === seq);
    if (decodeActivityCancellationType(scheduleOf(run, seq, [])?.cancellationType) !== 'ABANDON') activity?.cancel();
  }

  #answerUpdate(run: Run, response: NonNullable<Command['updateResponse']>): void {
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

  #signalOther(run: Run, command: NonNullable<Command['signalExternalWorkflowExecution']>): void {
    const { seq, workflowExecution, signalName, args } = command;
    const answer = (failure?: ProtoFailure): void =>
      this.#enqueue(run, {
        variant: 'resolveSignalExternalWorkflow',
        resolveSignalExternalWorkflow: { seq: seq ?? 0, failure: failure ?? null },
      });
    try {
      this.#deliver(this.#open(workflowExecution?.workflowId ?? ''), {
        variant: 'signalWorkflow',
        signalWorkflow: { signalName: signalName ?? '', input: args ?? [], headers: {} },
      });
      answer();
    } catch (error) {
      if (!(error instanceof WorkflowNotFound)) throw error;
      answer(failureConverter.errorToFailure(ApplicationFailure.nonRetryable(error.message), payloadConverter));
    }
  }

  #close(run: Run, status: RunStatus): void {
    run.status = status;
    for (const activity of run.activities.values()) activity.abandon();
    for (const stop of run.timers.values()) stop();
    run.activities.clear();
    run.timers.clear();
    run.pending.length = 0;
    if (status === 'continuedAsNew') return;
    for (const waiter of run.updates.values()) gone(waiter, run);
    run.updates.clear();
  }
}

const gone = (waiter: UpdateWaiter, { identity }: Run): void =>
  waiter.reject(new WorkflowNotFound(`${identity.workflowId} ended before ${waiter.name} was answered`));

function signalJob(signalName: string, payload: unknown): Job {
  return { variant: 'signalWorkflow', signalWorkflow: { signalName, input: [payloadOf(payload)], headers: {} } };
}

const payloadOf = (payload: unknown): Payload =>
  payload === undecodable ? undecodable : payloadConverter.toPayload(payload ?? null);

/** The order in which Core hands over what one task brings: first the start, then messages, then results. */
function order(job: Job): number {
  if (job.initializeWorkflow) return 0;
  if (job.notifyHasPatch) return 1;
  return job.signalWorkflow || job.doUpdate ? 2 : 3;
}

const isClosing = (command: Command): boolean =>
  [
    command.completeWorkflowExecution,
    command.failWorkflowExecution,
    command.cancelWorkflowExecution,
    command.continueAsNewWorkflowExecution,
  ].some((closing) => closing != null);

/** Activities that are cancelled without waiting for them are told so within the same task. */
function cancelledAtOnce(
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

function scheduleOf(run: Run, seq: number, commands: readonly Command[]) {
  const all = [...run.tasks.flatMap((task) => task.commands), ...commands];
  return all.find(({ scheduleActivity }) => scheduleActivity?.seq === seq)?.scheduleActivity;
}

function forget<T>(list: T[], unwanted: (item: T) => boolean): void {
  const index = list.findIndex(unwanted);
  if (index >= 0) list.splice(index, 1);
}
