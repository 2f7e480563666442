/**
 * The workflow's code as production runs it: the real bundle and the real SDK in a V8 context of its own. The work of
 * the SDK's worker around it (`vm-shared.js`, 1.24) is done here without its thread, so that each call returns at once.
 * Modules are evaluated once and shared by all runs: workflow modules keep no state.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import vm from 'node:vm';
import { TypedSearchAttributes } from '@temporalio/common';
import type { coresdk } from '@temporalio/proto';

export type Job = coresdk.workflow_activation.IWorkflowActivationJob & { readonly variant: string };
export type Command = coresdk.workflow_commands.IWorkflowCommand;
type Failure = NonNullable<coresdk.workflow_completion.IFailure['failure']>;

export interface Activation {
  readonly at: number;
  readonly isReplaying: boolean;
  readonly historyLength: number;
  readonly continueAsNewSuggested: boolean;
  readonly jobs: readonly Job[];
}

/** The outcome of an activation: commands, or a workflow task that failed. */
export type Completion =
  { readonly commands: readonly Command[]; readonly flags: readonly number[] } | { readonly failed: Failure };

export interface RunIdentity {
  readonly workflowId: string;
  readonly runId: string;
  readonly firstRunId: string;
  readonly workflowType: string;
  readonly startedAt: number;
  readonly seed: readonly number[];
}

/** The part of the SDK's activator that is used from outside the context, as the SDK's own worker does. */
interface Activator {
  now: number;
  mutateWorkflowInfo(change: (info: { unsafe: object }) => object): void;
  addKnownFlags(flags: readonly number[]): void;
  notifyHasPatch(patch: { readonly patchId?: string | null }): void;
  errorToFailure(error: unknown): Failure;
}

interface Api {
  initRuntime(options: object): void;
  initialize(job: unknown): void;
  activate(activation: { readonly jobs: Job[] }): void;
  tryUnblockConditions(): number;
  concludeActivation(): { successful: { commands: Command[]; usedInternalFlags: number[] } };
}

const CALL = '__call';

export class WorkflowSandbox {
  readonly #context: vm.Context;
  readonly #call = new vm.Script('__call()');

  constructor(code: string) {
    // By the time a call into the context returns, all of its microtasks have run.
    this.#context = vm.createContext({}, { microtaskMode: 'afterEvaluate' });
    const silent = (): void => undefined;
    const globals = {
      URL,
      URLSearchParams,
      TextEncoder,
      TextDecoder,
      AbortController,
      AsyncLocalStorage,
      console: { log: silent, warn: silent, error: silent, info: silent, debug: silent },
      __webpack_module_cache__: {},
    };
    for (const [name, value] of Object.entries(globals)) this.#context[name] = value;
    new vm.Script(code, { filename: 'workflow-bundle.js' }).runInContext(this.#context);
  }

  /** A run's code, before its first activation. */
  open(identity: RunIdentity, activities: ReadonlySet<string>): SandboxedRun {
    this.#context['__TEMPORAL_ACTIVATOR__'] = undefined;
    this.call('initRuntime', {
      info: {
        workflowId: identity.workflowId,
        runId: identity.runId,
        workflowType: identity.workflowType,
        searchAttributes: {},
        typedSearchAttributes: new TypedSearchAttributes(),
        taskQueue: 'sluice',
        namespace: 'default',
        firstExecutionRunId: identity.firstRunId,
        originalExecutionRunId: identity.runId,
        startTime: new Date(identity.startedAt),
        runStartTime: new Date(identity.startedAt),
        taskTimeoutMs: 10_000,
        attempt: 1,
        historyLength: 0,
        historySize: 0,
        continueAsNewSuggested: false,
        unsafe: { isReplaying: false, isReplayingHistoryEvents: false },
      },
      randomnessSeed: [...identity.seed],
      now: identity.startedAt,
      showStackTraceSources: false,
      sourceMap: undefined,
      getTimeOfDay: () => 0n,
      registeredActivityNames: activities,
      stackTracesEnabled: false,
    });
    return new SandboxedRun(this, this.#context['__TEMPORAL_ACTIVATOR__'] as Activator); // set by initRuntime
  }

  enter(activator: Activator): void {
    this.#context['__TEMPORAL_ACTIVATOR__'] = activator;
  }

  call<Name extends keyof Api>(name: Name, ...args: Parameters<Api[Name]>): ReturnType<Api[Name]> {
    const { api } = this.#context['__TEMPORAL__'] as {
      api: Record<Name, (...args: unknown[]) => ReturnType<Api[Name]>>;
    }; // the bundle's exports
    this.#context[CALL] = () => api[name](...args);
    return this.#call.runInContext(this.#context) as ReturnType<Api[Name]>; // what the call returned
  }
}

export class SandboxedRun {
  readonly #sandbox: WorkflowSandbox;
  readonly #activator: Activator;

  constructor(sandbox: WorkflowSandbox, activator: Activator) {
    this.#sandbox = sandbox;
    this.#activator = activator;
  }

  /** Flags of the SDK that an earlier worker used in this run. */
  know(flags: readonly number[]): void {
    this.#activator.addKnownFlags(flags);
  }

  activate({ at, isReplaying, historyLength, continueAsNewSuggested, jobs }: Activation): Completion {
    const sandbox = this.#sandbox;
    const activator = this.#activator;
    sandbox.enter(activator);
    try {
      const isQuery = jobs[0]?.queryWorkflow != null;
      activator.now = at;
      activator.mutateWorkflowInfo((info) => ({
        ...info,
        ...(isQuery ? {} : { historyLength, continueAsNewSuggested }),
        unsafe: {
          ...info.unsafe,
          isReplaying: isReplaying || isQuery,
          isReplayingHistoryEvents: isReplaying && !isQuery,
        },
      }));
      for (const { initializeWorkflow } of jobs) {
        if (initializeWorkflow) sandbox.call('initialize', initializeWorkflow);
      }
      // Patches come before all else: a first job that is none of `initializeWorkflow` would keep the workflow from starting.
      for (const { notifyHasPatch } of jobs) if (notifyHasPatch) activator.notifyHasPatch(notifyHasPatch);
      sandbox.call('activate', { jobs: jobs.filter(({ notifyHasPatch }) => !notifyHasPatch) });
      while (!isQuery && sandbox.call('tryUnblockConditions') > 0);
      const { commands, usedInternalFlags } = sandbox.call('concludeActivation').successful;
      return { commands, flags: usedInternalFlags };
    } catch (error) {
      return { failed: activator.errorToFailure(error) };
    }
  }
}
