/**
 * A Temporal server and its workers, small and deterministic: the rules that matter for a workflow, in virtual time.
 * `simulated-temporal.test.ts` holds it against the real server.
 */
import { payloadConverter } from '../../../src/temporal/payload-converter.ts';
import { NoWorker, signalJob, updateJob, WorkflowNotFound } from './messages.ts';
import type { Run } from './run.ts';
import { Runs, type Options } from './runs.ts';
import type { Job } from './sandbox.ts';
import { activationOf, work } from './workflow-task.ts';
import type { Attempt } from './worker.ts';

export class SimulatedTemporal {
  readonly #runs: Runs;

  constructor(options: Options) {
    this.#runs = new Runs(options, (run) => work(this.#runs, run));
  }

  get defects(): readonly string[] {
    return this.#runs.defects;
  }

  signalWithStart(workflowId: string, type: string, input: unknown, name: string, payload: unknown): void {
    this.#runs.deliver(this.#runs.openOrStart(workflowId, type, input), signalJob(name, payload));
  }

  startIfAbsent(workflowId: string, type: string, input: unknown): void {
    this.#runs.openOrStart(workflowId, type, input);
  }

  signal(workflowId: string, name: string, payload: unknown): void {
    this.#runs.deliver(this.#runs.openRun(workflowId), signalJob(name, payload));
  }

  /** @throws ApplicationFailure when the update was rejected, as `WorkflowUpdateFailedError.cause`. */
  update(workflowId: string, name: string, payload: unknown, updateId: string): Promise<unknown> {
    return this.#runs.admit(this.#runs.openRun(workflowId), updateJob(name, payload, updateId));
  }

  updateWithStart(workflowId: string, type: string, input: unknown, name: string, payload: unknown, updateId: string) {
    return this.#runs.admit(this.#runs.openOrStart(workflowId, type, input), updateJob(name, payload, updateId));
  }

  query(workflowId: string, name: string, ...args: readonly unknown[]): unknown {
    const run = this.runs(workflowId).at(-1);
    if (!run) throw new WorkflowNotFound(`${workflowId} was never started`);
    if (!this.#runs.isWorking || run.tasks.length === 0) throw new NoWorker(`no worker answers ${name}`);
    const query = { queryId: 'query', queryType: name, arguments: args.map((arg) => payloadConverter.toPayload(arg)) };
    const job: Job = { variant: 'queryWorkflow', queryWorkflow: query };
    const completion = run.activate(activationOf(this.#runs, run, [job]));
    const answer = 'failed' in completion ? undefined : completion.commands[0]?.respondToQuery?.succeeded?.response;
    if (!answer) throw new NoWorker(`${name} could not be answered: ${JSON.stringify(completion)}`);
    return payloadConverter.fromPayload(answer);
  }

  cancel(workflowId: string): void {
    this.#runs.deliver(this.#runs.openRun(workflowId), {
      variant: 'cancelWorkflow',
      cancelWorkflow: { reason: 'asked' },
    });
  }

  terminate(workflowId: string): void {
    this.#runs.close(this.#runs.openRun(workflowId), 'terminated');
  }

  /** Resets to the first workflow task of a run, `back` runs before the newest; its signals and updates are delivered again. */
  reset(workflowId: string, back = 0): void {
    const runs = this.runs(workflowId);
    const base = runs.at(-1 - Math.min(back, runs.length - 1));
    if (!base) throw new WorkflowNotFound(`${workflowId} was never started`);
    const newest = runs.at(-1);
    if (newest?.isOpen) this.#runs.close(newest, 'terminated');
    const run = this.#runs.start(workflowId, base.identity.workflowType, base.input, base.searchAttributes, {
      seed: base.identity.seed,
      firstRunId: base.identity.firstRunId,
    });
    for (const message of base.messages) {
      if (message.doUpdate) void this.#runs.admit(run, message).catch(() => undefined);
      else this.#runs.deliver(run, message);
    }
  }

  /** The result of the newest run, once it has one. */
  result(workflowId: string): unknown {
    const run = this.runs(workflowId).at(-1);
    return run?.result ? payloadConverter.fromPayload(run.result) : undefined;
  }

  runs(workflowId: string): readonly Run[] {
    return this.#runs.of(workflowId);
  }

  /** The open runs of all workflows. */
  open(): readonly Run[] {
    return this.#runs
      .all()
      .flatMap((runs) => runs.at(-1) ?? [])
      .filter(({ isOpen }) => isOpen);
  }

  get replays(): number {
    return this.#runs
      .all()
      .flat()
      .reduce((sum, { replays }) => sum + replays, 0);
  }

  /**
   * Stops the worker. `kill`: nothing that the worker was doing goes on. `pause`: the worker goes on after `ms`, while
   * another worker has taken its place. `shutdown`: its activities are told and tried again elsewhere. The workflows wait
   * until `startWorker`.
   */
  stopWorker(how: 'kill' | 'pause' | 'shutdown', pauseMs = 0): void {
    this.#runs.stopWorker(how, pauseMs);
  }

  isMine(attempt: Attempt): boolean {
    return this.#runs.isMine(attempt);
  }

  startWorker(): void {
    this.#runs.startWorker();
  }
}
