/** Drives one job past API and CLI, by Temporal itself, on the task queue of a test's own worker. */
import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import type { OperationKind } from '../../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { FLINK_JOB_WORKFLOW, historyQuery, jobQuery, operationUpdates } from '../../../src/workflows/messages.ts';
import { until } from '../api.ts';

type Payload = Readonly<Record<string, unknown>>;

export interface JobDriver {
  readonly job: string;
  signal(kind: OperationKind, payload: Payload): Promise<void>;
  /** Asks for an operation; the answer is the operation as it was accepted. */
  ask(kind: OperationKind, payload: Payload): Promise<OperationRecord>;
  run(kind: OperationKind, payload: Payload): Promise<OperationRecord>;
  /** As `run`; any other outcome than success ends the test with its error. */
  succeed(kind: OperationKind, payload: Payload): Promise<OperationRecord>;
  /**
   * Waits for the end of an operation, however often the worker is away meanwhile.
   * @throws Error at once when the job has refused it.
   */
  ended(id: string, withinMs?: number): Promise<OperationRecord>;
  view(): Promise<JobView>;
  history(): Promise<OperationRecord[]>;
  /** The deployment that runs, as the job says. */
  deployment(): Promise<NonNullable<JobView['deployment']>>;
  /** Waits until the job says so; while the worker is away it says nothing. */
  until(what: string, holds: (view: JobView) => boolean, withinMs?: number): Promise<JobView>;
}

const QUERY_DEADLINE_MS = 4_000;
const ASK_DEADLINE_MS = 60_000;
const LONGEST_OPERATION_MS = 600_000;

export function jobDriver(client: Client, taskQueue: string, job: string): JobDriver {
  const workflowId = workflowIdOf(job);
  const handle = client.workflow.getHandle(workflowId);
  const within = <T>(milliseconds: number, call: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + milliseconds, call);

  const start = { workflowId, taskQueue, args: [{ job }] as [{ job: string }] };

  const driver: JobDriver = {
    job,
    async signal(kind, payload) {
      await client.workflow.signalWithStart(FLINK_JOB_WORKFLOW, {
        ...start,
        signal: kind,
        signalArgs: [{ actor: 'e2e', ...payload }],
      });
    },
    async ask(kind, payload) {
      const { operation } = await within(ASK_DEADLINE_MS, () =>
        client.workflow.executeUpdateWithStart(operationUpdates[kind], {
          args: [{ actor: 'e2e', ...payload }, null],
          startWorkflowOperation: new WithStartWorkflowOperation(FLINK_JOB_WORKFLOW, {
            ...start,
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
        }),
      );
      return operation;
    },
    async run(kind, payload) {
      return driver.ended((await driver.ask(kind, payload)).id);
    },
    async succeed(kind, payload) {
      const operation = await driver.run(kind, payload);
      return mustHaveSucceeded(kind, job, operation);
    },
    ended: (id, withinMs = LONGEST_OPERATION_MS) =>
      until(`the end of operation ${id} of ${job}`, withinMs, () => endOf(driver, id)),
    view: () => within(QUERY_DEADLINE_MS, () => handle.query<JobView>(jobQuery)),
    history: () => within(QUERY_DEADLINE_MS, () => handle.query<OperationRecord[]>(historyQuery)),
    async deployment() {
      const { deployment } = await driver.view();
      if (!deployment) throw new Error(`${job} has no deployment`);
      return deployment;
    },
    until: (what, holds, withinMs = LONGEST_OPERATION_MS) =>
      until(what, withinMs, async () => {
        const view = await driver.view().catch(() => null);
        return view !== null && holds(view) ? view : null;
      }),
  };
  return driver;
}

/**
 * The record of an operation that has ended; null before. An operation has ended when it has released the job: its record may
 * be shown a moment before.
 */
async function endOf(driver: JobDriver, id: string): Promise<OperationRecord | null> {
  const operations = await driver.history().catch(() => null);
  const view = await driver.view().catch(() => null);
  if (operations === null || view === null) return null;
  const operation = operations.find((one) => one.id === id);
  const refused = view.rejections.last.find((rejection) => rejection.id === id);
  // A signal that the job has refused never becomes an operation.
  if (!operation && refused) throw new Error(`${driver.job} has refused ${id}: ${refused.code}: ${refused.detail}`);
  return operation?.endedAt == null || view.operation?.id === id ? null : operation;
}

function mustHaveSucceeded(kind: OperationKind, job: string, operation: OperationRecord): OperationRecord {
  if (operation.outcome === 'succeeded') return operation;
  throw new Error(`${kind} of ${job} ended ${operation.outcome ?? ''}: ${JSON.stringify(operation.error)}`);
}
