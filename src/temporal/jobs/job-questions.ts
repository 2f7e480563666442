/** Reads from Temporal: what a job's workflow answers, and what visibility, watchers and schedules show. */
import { type Client, isGrpcDeadlineError, isGrpcServiceError, QueryRejectedError } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import { SluiceError } from '../../domain/errors/errors.ts';
import { scheduleIdOf, workflowIdOf } from '../../domain/identity/workflow-ids.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import type { PlanBasis } from '../../domain/plan/plan.ts';
import type { PlanQuestion } from '../../domain/plan/plan-question.ts';
import { readNotes, type WatchNotes } from '../../domain/watch/notes.ts';
import { historyQuery, jobQuery, planQuery } from '../../workflows/messages.ts';
import { nullIfNotFound, type Ask } from '../call.ts';
import { whyTasksFail } from '../failing-tasks.ts';
import { lastBeat, type WatchBeat } from '../watch-beats.ts';
import type { JobGateway } from './job-gateway.ts';
import { createJobRows } from './job-rows.ts';

/** Short, because a page must not wait longer for one job. */
const QUERY_DEADLINE_MS = 4_000;
const PING_DEADLINE_MS = 2_000;
const QUERY_ATTEMPTS = 5;

interface Parts {
  readonly client: Client;
  readonly ask: Ask;
}

type JobQuestions = Pick<
  JobGateway,
  | 'view'
  | 'history'
  | 'planBasis'
  | 'whyTasksFail'
  | 'list'
  | 'openJobs'
  | 'changedJobs'
  | 'isOpen'
  | 'watchNotes'
  | 'watchHeardAt'
  | 'schedule'
  | 'ping'
>;

export const createJobQuestions = (parts: Parts): JobQuestions => ({
  view: (job) => query<JobView>(parts, job, jobQuery),
  history: (job) => query<OperationRecord[]>(parts, job, historyQuery),
  planBasis: (job, question) => query<PlanBasis, [PlanQuestion]>(parts, job, planQuery, question),
  whyTasksFail: (job) => whyTasksFailOf(parts, job),
  isOpen: (job) => isOpen(parts, job),
  ...createJobRows(parts),
  watchNotes: (cluster) => readWatchNotes(parts, cluster),
  watchHeardAt: (cluster) => readHeardAt(parts, cluster),
  schedule: (job) => readSchedule(parts, job),
  async ping() {
    const { client, ask } = parts;
    await ask('Asking Temporal', PING_DEADLINE_MS, () => client.workflowService.getSystemInfo({}));
  },
});

/** Queries the open run of a job; null when there is none. */
async function query<T, Args extends unknown[] = []>(
  parts: Parts,
  job: string,
  definition: QueryDefinition<T, Args>,
  ...args: Args
): Promise<T | null> {
  const { client, ask } = parts;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const handle = client.workflow.getHandle(workflowIdOf(job));
      return await nullIfNotFound(ask(`Asking ${job}`, QUERY_DEADLINE_MS, () => handle.query(definition, ...args)));
    } catch (failure) {
      if (!(failure instanceof QueryRejectedError)) throw await explained(parts, job, failure);
      // Continue-as-new closes one run and opens the next: the query may have reached the closed one.
      const isNext = attempt < QUERY_ATTEMPTS && (await isOpen(parts, job));
      if (!isNext) return null;
    }
  }
}

async function whyTasksFailOf({ client, ask }: Parts, job: string): Promise<string | null> {
  const doing = `Asking for the tasks of ${job}`;
  return await nullIfNotFound(ask(doing, QUERY_DEADLINE_MS, () => whyTasksFail(client, workflowIdOf(job))));
}

/** Replaces the failure of a query by what is behind it: a run whose tasks fail answers no query, while Temporal is up. */
async function explained(parts: Parts, job: string, failure: unknown): Promise<unknown> {
  if (!isGrpcDeadlineError(failure) && !isRefusedForTasks(failure)) return failure;
  const why = await whyTasksFailOf(parts, job).catch(() => null);
  return why === null ? failure : new SluiceError('WorkflowTasksFail', why, { cause: failure });
}

/** Code of gRPC (google.rpc.Code). Temporal answers so when a run has failed some tasks in a row. */
const FAILED_PRECONDITION = 9;

function isRefusedForTasks(failure: unknown): boolean {
  for (let error = failure; error instanceof Error; error = error.cause)
    if (isGrpcServiceError(error) && (error.code as number) === FAILED_PRECONDITION) return true;
  return false;
}

async function isOpen({ client, ask }: Parts, job: string): Promise<boolean> {
  const handle = client.workflow.getHandle(workflowIdOf(job));
  const description = await nullIfNotFound(ask(`Asking for ${job}`, QUERY_DEADLINE_MS, () => handle.describe()));
  return description?.status.name === 'RUNNING';
}

const beatOf = async ({ client, ask }: Parts, cluster: string): Promise<WatchBeat | null> =>
  await nullIfNotFound(ask(`Asking for the watcher of ${cluster}`, QUERY_DEADLINE_MS, () => lastBeat(client, cluster)));

async function readWatchNotes(parts: Parts, cluster: string): Promise<WatchNotes | null> {
  const beat = await beatOf(parts, cluster);
  return beat?.told == null ? null : readNotes(beat.told);
}

async function readHeardAt(parts: Parts, cluster: string): Promise<string | null> {
  const beat = await beatOf(parts, cluster);
  return beat && new Date(beat.heardAt).toISOString();
}

async function readSchedule({ client, ask }: Parts, job: string): ReturnType<JobGateway['schedule']> {
  const id = scheduleIdOf(job);
  const doing = `Asking for the schedule of ${job}`;
  const handle = client.schedule.getHandle(id);
  const description = await nullIfNotFound(ask(doing, QUERY_DEADLINE_MS, () => handle.describe()));
  if (description === null) return null;
  const next = description.state.paused ? undefined : description.info.nextActionTimes[0];
  return { id, nextAt: next?.toISOString() ?? null };
}
