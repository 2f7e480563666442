/** Sends requests to a job's workflow: operations and cancels as updates, a plan as a workflow of its own. */
import { randomUUID } from 'node:crypto';
import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { SluiceError } from '../../domain/errors/errors.ts';
import { planIdOf, workflowIdOf } from '../../domain/identity/workflow-ids.ts';
import type { Sender } from '../../domain/operation/asker.ts';
import { introduce, type Signer } from '../../domain/operation/signature.ts';
import type { CancelRequest, OperationRecord } from '../../domain/operation/operation.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import {
  cancelUpdate,
  FLINK_JOB_WORKFLOW,
  operationUpdates,
  PLAN_WORKFLOW,
  type Accepted,
  type PlanInput,
} from '../../workflows/messages.ts';
import type { Ask } from '../call.ts';
import type { JobGateway, Submission } from './job-gateway.ts';

/** An update finishes on acceptance (tens of milliseconds); longer means that no worker takes it. */
const UPDATE_DEADLINE_MS = 10_000;
/** A plan waits for a silent cluster (8 s for each question); longer means that no worker takes it. */
const PLAN_DEADLINE_MS = 25_000;
const UPDATE_ATTEMPTS = 5;

interface Parts {
  readonly client: Client;
  readonly ask: Ask;
  readonly taskQueue: string;
  readonly signer: Signer | null;
  readonly updateDeadlineMs: number | undefined;
}

export const createJobRequests = (parts: Parts): Pick<JobGateway, 'submit' | 'cancel' | 'plan'> => ({
  submit: (submission) => submit(parts, submission),
  cancel: (job, request, sender) => cancel(parts, job, { request, sender }),
  plan: (input) => plan(parts, input),
});

async function submit(parts: Parts, { job, kind, request, start, sender }: Submission): Promise<OperationRecord> {
  const { client, ask, taskQueue, signer, updateDeadlineMs = UPDATE_DEADLINE_MS } = parts;
  const introduced = introduce(signer, { job, kind, payload: request, sender });
  const options = { args: [request, introduced] as [unknown, Sender], updateId: request.id };
  const workflowId = workflowIdOf(job);
  const update = (): Promise<Accepted> =>
    start
      ? client.workflow.executeUpdateWithStart(operationUpdates[kind], {
          ...options,
          startWorkflowOperation: new WithStartWorkflowOperation(FLINK_JOB_WORKFLOW, {
            workflowId,
            taskQueue,
            args: [{ job }],
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
        })
      : client.workflow.getHandle(workflowId).executeUpdate(operationUpdates[kind], options);
  const doing = `Asking ${job} for ${kind} ${request.id} (it may still be accepted: ask again with the same id)`;
  return (await ask(doing, updateDeadlineMs, () => processed(update))).operation;
}

async function cancel(
  parts: Parts,
  job: string,
  { request, sender }: { readonly request: CancelRequest; readonly sender: Sender },
): Promise<OperationRecord> {
  const { client, ask, signer, updateDeadlineMs = UPDATE_DEADLINE_MS } = parts;
  const introduced = introduce(signer, { job, kind: 'cancel', payload: request, sender });
  const update = (): Promise<Accepted> =>
    client.workflow.getHandle(workflowIdOf(job)).executeUpdate(cancelUpdate, { args: [request, introduced] });
  const doing = `Cancelling ${request.operation} of ${job} (asking again does no harm)`;
  try {
    return (await ask(doing, updateDeadlineMs, () => processed(update))).operation;
  } catch (failure) {
    if (!(failure instanceof WorkflowNotFoundError)) throw failure;
    const detail = `No workflow of ${job} is open, so no operation of it can be cancelled`;
    throw new SluiceError('NotFound', detail, { cause: failure });
  }
}

async function plan({ client, ask, taskQueue }: Parts, input: PlanInput): Promise<Plan> {
  const { job, request } = input;
  // Longer than the run may take, so that Temporal itself says what was not done in time.
  return await ask(`Planning ${request.kind} of ${job}`, PLAN_DEADLINE_MS + 2_000, () =>
    client.workflow.execute<(input: PlanInput) => Promise<Plan>>(PLAN_WORKFLOW, {
      workflowId: planIdOf(job, randomUUID()),
      taskQueue,
      args: [input],
      workflowRunTimeout: PLAN_DEADLINE_MS,
      staticSummary: `what ${request.kind} of ${job} would do`,
    }),
  );
}

/** Sends an update again that a run left unprocessed when it continued as new; its id makes that safe. */
export async function processed<T>(update: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await update();
    } catch (failure) {
      if (attempt >= UPDATE_ATTEMPTS || !isUnprocessed(failure)) throw failure;
    }
  }
}

const isUnprocessed = (failure: unknown): boolean =>
  failure instanceof WorkflowUpdateFailedError &&
  failure.cause instanceof ApplicationFailure &&
  failure.cause.type === 'UnprocessedUpdate';
