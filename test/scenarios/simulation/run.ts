/** A run of a workflow: its history, its waiting jobs, and its code, which may be dropped and replayed at any time. */
import type { Payload } from '@temporalio/common';
import type { ActivityTask } from './activity-task.ts';
import type { Activation, Command, Completion, Job, RunIdentity, SandboxedRun, WorkflowSandbox } from './sandbox.ts';

/** A workflow task that was completed: the activations that it got, and the commands that it gave. */
interface RecordedTask {
  readonly activations: readonly Activation[];
  readonly commands: readonly Command[];
}

export type RunStatus = 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'continuedAsNew';

export interface UpdateWaiter {
  readonly name: string;
  readonly job: Job;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  isAccepted: boolean;
}

/** A replay commanded something else than was recorded: promise 13, broken. */
export class NonDeterminism extends Error {}

export class Run {
  readonly identity: RunIdentity;
  readonly input: readonly Payload[];
  readonly searchAttributes: Record<string, Payload>;
  readonly tasks: RecordedTask[] = [];
  /** Signals and updates in the order in which they came; a reset delivers them again. */
  readonly messages: Job[] = [];
  readonly pending: Job[] = [];
  readonly activities = new Map<number, ActivityTask>();
  readonly timers = new Map<number, () => void>();
  readonly updates = new Map<string, UpdateWaiter>();
  readonly taskFailures: string[] = [];
  status: RunStatus = 'running';
  result: Payload | null = null;
  /** Whether a workflow task is scheduled or under way. */
  hasTask = false;
  historyLength = 0;
  replays = 0;
  #code: SandboxedRun | null = null;
  #flags: readonly number[] = [];
  readonly #sandbox: WorkflowSandbox;
  readonly #activityNames: ReadonlySet<string>;

  constructor(
    sandbox: WorkflowSandbox,
    activityNames: ReadonlySet<string>,
    identity: RunIdentity,
    input: readonly Payload[],
    searchAttributes: Record<string, Payload>,
  ) {
    this.#sandbox = sandbox;
    this.#activityNames = activityNames;
    this.identity = identity;
    this.input = input;
    this.searchAttributes = searchAttributes;
    this.pending.push({
      variant: 'initializeWorkflow',
      initializeWorkflow: {
        workflowType: identity.workflowType,
        workflowId: identity.workflowId,
        arguments: [...input],
        headers: {},
        firstExecutionRunId: identity.firstRunId,
        attempt: 1,
        searchAttributes: { indexedFields: { ...searchAttributes } },
      },
    });
  }

  get isOpen(): boolean {
    return this.status === 'running';
  }

  /** Drops the run's code, as when a worker's cache evicts it or the worker dies. */
  evict(): void {
    this.#code = null;
  }

  /** Drops the history too, once another run has taken the place of this one: a reset needs no more than its messages. */
  forget(): void {
    this.evict();
    this.tasks.length = 0;
  }

  activate(activation: Activation): Completion {
    this.#code ??= this.#replay();
    const completion = this.#code.activate(activation);
    if ('failed' in completion) this.#code = null;
    else this.#flags = completion.flags;
    return completion;
  }

  #replay(): SandboxedRun {
    const code = this.#sandbox.open(this.identity, this.#activityNames);
    code.know(this.#flags);
    if (this.tasks.length > 0) this.replays += 1;
    for (const { activations, commands } of this.tasks) {
      const again: Command[] = [];
      const patches = commands.flatMap(({ setPatchMarker }): Job[] =>
        setPatchMarker
          ? [{ variant: 'notifyHasPatch', notifyHasPatch: { patchId: setPatchMarker.patchId ?? '' } }]
          : [],
      );
      for (const [index, activation] of activations.entries()) {
        const jobs = index === 0 ? [...patches, ...activation.jobs] : activation.jobs;
        const completion = code.activate({ ...activation, isReplaying: true, jobs: jobs.map(asReplayed) });
        if ('failed' in completion) throw new NonDeterminism(`replay failed: ${completion.failed.message ?? ''}`);
        again.push(...completion.commands);
      }
      const [recorded, replayed] = [textOf(commands), textOf(again)];
      if (recorded !== replayed) throw new NonDeterminism(`recorded: ${recorded}\nreplayed: ${replayed}`);
    }
    return code;
  }
}

/** A replay runs no validators. */
const asReplayed = (job: Job): Job =>
  job.doUpdate ? { ...job, doUpdate: { ...job.doUpdate, runValidator: false } } : job;

/** Commands as one text; a patch that is known is not marked again. */
function textOf(commands: readonly Command[]): string {
  const lasting = commands.filter((command) => !command.setPatchMarker && !command.updateResponse?.rejected);
  return JSON.stringify(lasting, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  );
}
