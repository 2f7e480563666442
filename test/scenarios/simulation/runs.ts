/** Runs of workflows on the server: how they start, get messages and tasks, and end; and the worker that serves them. */
import type { Payload } from '@temporalio/common';
import { payloadConverter } from '../../../src/temporal/payload-converter.ts';
import type { VirtualClock } from './clock.ts';
import { WorkflowNotFound } from './messages.ts';
import type { SeededRandom } from './random.ts';
import { Run, type RunStatus, type UpdateWaiter } from './run.ts';
import type { Job, WorkflowSandbox } from './sandbox.ts';
import type { ActivityFunction, Attempt } from './worker.ts';

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

export class Runs {
  readonly options: Options;
  /** Workflow tasks that failed, and replays that went another way: defects of the workflow. */
  readonly defects: string[] = [];
  readonly attempts = new Set<Attempt>();
  isWorking = true;
  /** All runs of each workflow, oldest first. */
  readonly #workflows = new Map<string, Run[]>();
  readonly #activityNames: ReadonlySet<string>;
  readonly #work: (run: Run) => void;
  #waitingForWorker: (() => void)[] = [];

  constructor(options: Options, work: (run: Run) => void) {
    this.options = options;
    this.#work = work;
    this.#activityNames = new Set(Object.keys(options.activities));
  }

  of(workflowId: string): readonly Run[] {
    return this.#workflows.get(workflowId) ?? [];
  }

  /** The runs of all workflows. */
  all(): readonly (readonly Run[])[] {
    return [...this.#workflows.values()];
  }

  openRun(workflowId: string): Run {
    const run = this.of(workflowId).at(-1);
    if (run?.isOpen) return run;
    throw new WorkflowNotFound(`${workflowId} does not run`);
  }

  openOrStart(workflowId: string, type: string, input: unknown): Run {
    const run = this.of(workflowId).at(-1);
    return run?.isOpen ? run : this.start(workflowId, type, [payloadConverter.toPayload(input)], {});
  }

  start(
    workflowId: string,
    workflowType: string,
    input: readonly Payload[],
    searchAttributes: Record<string, Payload>,
    from: { readonly seed?: readonly number[]; readonly firstRunId?: string } = {},
  ): Run {
    const { sandbox, random, clock } = this.options;
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
    this.#workflows.set(workflowId, [...this.of(workflowId), run]);
    this.schedule(run);
    return run;
  }

  admit(run: Run, job: Job): Promise<unknown> {
    const id = job.doUpdate?.id ?? '';
    if (run.updates.has(id)) return Promise.reject(new Error(`update ${id} is known to this run already`));
    return new Promise((resolve, reject) => {
      run.updates.set(id, { name: job.doUpdate?.name ?? '', job, resolve, reject, isAccepted: false });
      this.enqueue(run, job);
    });
  }

  deliver(run: Run, job: Job): void {
    if (job.signalWorkflow) run.messages.push(job);
    this.enqueue(run, job);
  }

  enqueue(run: Run, job: Job): void {
    if (!run.isOpen) return;
    run.pending.push(job);
    this.schedule(run);
  }

  schedule(run: Run, afterMs = this.latency()): void {
    if (!run.isOpen || run.hasTask || run.pending.length === 0 || !this.isWorking) return;
    run.hasTask = true;
    this.options.clock.after(afterMs, () => {
      run.hasTask = false;
      if (run.isOpen && this.isWorking) this.#work(run);
    });
  }

  latency(): number {
    return this.options.random.below(this.options.latencyMs + 1);
  }

  close(run: Run, status: RunStatus): void {
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

  stopWorker(how: 'kill' | 'pause' | 'shutdown', pauseMs = 0): void {
    this.isWorking = false;
    for (const attempt of this.attempts) {
      if (how === 'kill') attempt.kill();
      if (how === 'pause') attempt.freeze(pauseMs);
      if (how === 'shutdown') attempt.cancel('WORKER_SHUTDOWN');
    }
    this.attempts.clear();
    for (const run of [...this.#workflows.values()].flat()) run.evict();
  }

  /** Whether the attempt is one of the worker that works now. */
  isMine(attempt: Attempt): boolean {
    return this.attempts.has(attempt);
  }

  startWorker(): void {
    this.isWorking = true;
    for (const start of this.#waitingForWorker.splice(0)) start();
    for (const run of [...this.#workflows.values()].flat()) this.schedule(run);
  }

  /** Begins an attempt when a worker polls for it: a little later, or once there is a worker again. */
  poll(start: () => void): void {
    this.options.clock.after(this.latency(), () => {
      if (this.isWorking) start();
      else this.#waitingForWorker.push(start);
    });
  }
}

const gone = (waiter: UpdateWaiter, { identity }: Run): void =>
  waiter.reject(new WorkflowNotFound(`${identity.workflowId} ended before ${waiter.name} was answered`));
