/** The jobs on a real Temporal. */
import { randomUUID } from 'node:crypto';
import {
  type Client,
  QueryRejectedError,
  ScheduleNotFoundError,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure, defaultPayloadConverter, type QueryDefinition } from '@temporalio/common';
import { jobOfWorkflowId, planIdOf, scheduleIdOf, watchIdOf, workflowIdOf } from '../domain/identity/workflow-ids.ts';
import type { JobView } from '../domain/job/job-memory.ts';
import { jobStates, type JobState } from '../domain/lifecycle.ts';
import type { CancelRequest, OperationRecord } from '../domain/operation/operation.ts';
import type { Plan, PlanBasis } from '../domain/plan/plan.ts';
import { readNotes } from '../domain/watch/notes.ts';
import {
  cancelUpdate,
  FLINK_JOB_WORKFLOW,
  historyQuery,
  jobQuery,
  operationUpdates,
  PLAN_WORKFLOW,
  planQuery,
  searchAttributes,
  type Accepted,
  type PlanInput,
  type PlanQuestion,
} from '../workflows/messages.ts';
import type { JobGateway, JobSummary, Submission } from './job-gateway.ts';
import { Problem } from '../api/http/problem.ts';
import { problemOfTemporal } from './failures.ts';

/** Reading is quick or not at all; a page that waits longer helps nobody. */
const QUERY_DEADLINE_MS = 4_000;
/** An update finishes on acceptance (tens of milliseconds); longer means that no worker takes it. */
const UPDATE_DEADLINE_MS = 10_000;
/** A cluster that is silent is waited for (8 s for each question); longer means that no worker takes it. */
const PLAN_DEADLINE_MS = 25_000;
const LIST_DEADLINE_MS = 8_000;
const PING_DEADLINE_MS = 2_000;
const QUERY_ATTEMPTS = 5;
const PAGE_SIZE = 1000;

interface GatewayOptions {
  /** Made with `queryRejectCondition: NOT_OPEN`, so that a closed run does not answer for the job. */
  readonly client: Client;
  readonly taskQueue: string;
  readonly updateDeadlineMs?: number;
}

/** Talks to Temporal for the API; every call has a deadline. */
export function createTemporalGateway({ client, taskQueue, updateDeadlineMs }: GatewayOptions): JobGateway {
  const within = <T>(milliseconds: number, call: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + milliseconds, call);

  async function query<T, Args extends unknown[] = []>(
    job: string,
    definition: QueryDefinition<T, Args>,
    ...args: Args
  ): Promise<T | null> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const handle = client.workflow.getHandle(workflowIdOf(job));
        return await within(QUERY_DEADLINE_MS, () => handle.query(definition, ...args));
      } catch (failure) {
        if (failure instanceof WorkflowNotFoundError) return null;
        if (!(failure instanceof QueryRejectedError)) throw problemOfTemporal(failure, `Asking ${job}`);
        // Continue-as-new closes one run and opens the next: the run that was asked may be the one before.
        const next = attempt < QUERY_ATTEMPTS && (await isOpen(job));
        if (!next) return null;
      }
    }
  }

  async function isOpen(job: string): Promise<boolean> {
    try {
      const described = await within(QUERY_DEADLINE_MS, () => client.workflow.getHandle(workflowIdOf(job)).describe());
      return described.status.name === 'RUNNING';
    } catch (failure) {
      if (failure instanceof WorkflowNotFoundError) return false;
      throw problemOfTemporal(failure, `Asking for ${job}`);
    }
  }

  async function submit({ job, kind, request, start }: Submission): Promise<OperationRecord> {
    const options = { args: [request] as [unknown], updateId: request.id };
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
    try {
      return (await within(updateDeadlineMs ?? UPDATE_DEADLINE_MS, () => processed(update))).operation;
    } catch (failure) {
      throw problemOfTemporal(
        failure,
        `Asking ${job} for ${kind} ${request.id} (it may yet be taken: ask again with the same id)`,
      );
    }
  }

  async function cancel(job: string, request: CancelRequest): Promise<OperationRecord> {
    const update = (): Promise<Accepted> =>
      client.workflow.getHandle(workflowIdOf(job)).executeUpdate(cancelUpdate, { args: [request] });
    try {
      return (await within(updateDeadlineMs ?? UPDATE_DEADLINE_MS, () => processed(update))).operation;
    } catch (failure) {
      if (failure instanceof WorkflowNotFoundError) {
        throw new Problem('NotFound', `No workflow of ${job} is open, so nothing of it runs that could be cancelled`);
      }
      throw problemOfTemporal(failure, `Cancelling ${request.operation} of ${job} (ask again: that does no harm)`);
    }
  }

  return {
    view: (job) => query<JobView>(job, jobQuery),
    history: (job) => query<OperationRecord[]>(job, historyQuery),
    planBasis: (job, question) => query<PlanBasis, [PlanQuestion]>(job, planQuery, question),
    async plan(input) {
      const doing = `Planning ${input.request.kind} of ${input.job}`;
      try {
        // Longer than the run may take, so that it is Temporal that says what was not in time.
        return await within(PLAN_DEADLINE_MS + 2_000, () =>
          client.workflow.execute<(input: PlanInput) => Promise<Plan>>(PLAN_WORKFLOW, {
            workflowId: planIdOf(input.job, randomUUID()),
            taskQueue,
            args: [input],
            workflowRunTimeout: PLAN_DEADLINE_MS,
            staticSummary: `what ${input.request.kind} of ${input.job} would do`,
          }),
        );
      } catch (failure) {
        throw problemOfTemporal(failure, doing);
      }
    },
    submit,
    cancel,
    async list() {
      const jobs: JobSummary[] = [];
      const running = `WorkflowType="${FLINK_JOB_WORKFLOW}" AND ExecutionStatus="Running"`;
      try {
        await within(LIST_DEADLINE_MS, async () => {
          for await (const found of client.workflow.list({ query: running, pageSize: PAGE_SIZE })) {
            const name = jobOfWorkflowId(found.workflowId);
            if (name === null) continue;
            const attribute = (key: keyof typeof searchAttributes): string | null =>
              found.typedSearchAttributes.get(searchAttributes[key]) ?? null;
            const operation = attribute('operation');
            jobs.push({
              name,
              state: stateOf(attribute('state')),
              environment: attribute('environment'),
              cluster: attribute('cluster'),
              owner: attribute('owner'),
              release: attribute('release'),
              operation: operation === 'none' ? null : operation,
            });
          }
        });
      } catch (failure) {
        throw problemOfTemporal(failure, 'Listing the jobs');
      }
      return jobs;
    },
    async watchNotes(cluster) {
      try {
        const handle = client.workflow.getHandle(watchIdOf(cluster));
        const { raw } = await within(QUERY_DEADLINE_MS, () => handle.describe());
        const [details] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
        return details ? readNotes(defaultPayloadConverter.fromPayload(details)) : null;
      } catch (failure) {
        if (failure instanceof WorkflowNotFoundError) return null;
        throw problemOfTemporal(failure, `Asking for the watcher of ${cluster}`);
      }
    },
    async schedule(job) {
      const id = scheduleIdOf(job);
      try {
        const { info, state: schedule } = await within(QUERY_DEADLINE_MS, () =>
          client.schedule.getHandle(id).describe(),
        );
        const next = schedule.paused ? undefined : info.nextActionTimes[0];
        return { id, nextAt: next?.toISOString() ?? null };
      } catch (failure) {
        if (failure instanceof ScheduleNotFoundError) return null;
        throw problemOfTemporal(failure, `Asking for the schedule of ${job}`);
      }
    },
    async ping() {
      try {
        await within(PING_DEADLINE_MS, () => client.workflowService.getSystemInfo({}));
      } catch (failure) {
        throw problemOfTemporal(failure, 'Asking Temporal');
      }
    },
  };
}

/** A run that is turned over refuses what it has not looked at; the next run will look, and the id makes it safe. */
async function processed(update: () => Promise<Accepted>): Promise<Accepted> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await update();
    } catch (failure) {
      if (tries >= 5 || !isUnprocessed(failure)) throw failure;
    }
  }
}

const isUnprocessed = (failure: unknown): boolean =>
  failure instanceof WorkflowUpdateFailedError &&
  failure.cause instanceof ApplicationFailure &&
  failure.cause.type === 'UnprocessedUpdate';

/** A run that has not shown its state yet is new. */
const stateOf = (shown: string | null): JobState =>
  shown !== null && Object.hasOwn(jobStates, shown) ? (shown as JobState) : 'new';
