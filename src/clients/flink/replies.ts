/** Shapes of the JobManager's REST replies (Flink 1.20.1 and 2.1.0, `…runtime.rest.messages`), parsed into our words. */
import { z } from 'zod';
import { failureCause, type FailureCause, rootCause, savepointOfFailedStop, isJobGone } from './failure.ts';

/** `org.apache.flink.api.common.JobStatus`, and `UNKNOWN` for a status of a later Flink: neither running nor over. */
export const jobStates = [
  'UNKNOWN',
  'INITIALIZING',
  'CREATED',
  'RUNNING',
  'FAILING',
  'FAILED',
  'CANCELLING',
  'CANCELED',
  'FINISHED',
  'RESTARTING',
  'SUSPENDED',
  'RECONCILING',
] as const;
export type JobState = (typeof jobStates)[number];

/** Whether Flink will never run this job again (globally terminal; SUSPENDED is not). */
export function isTerminalJob(state: JobState): state is 'FINISHED' | 'FAILED' | 'CANCELED' {
  return state === 'FINISHED' || state === 'FAILED' || state === 'CANCELED';
}

const JobStateReply = z.string().transform((word) => jobStates.find((known) => known === word) ?? 'UNKNOWN');

/** A list for people: an entry that cannot be read must not hide the others. */
const readable = <T extends z.ZodType>(item: T) =>
  z.array(z.unknown()).transform((entries) =>
    entries.flatMap((entry) => {
      const { data } = item.safeParse(entry);
      return data === undefined ? [] : [data];
    }),
  );

/** Milliseconds since 1970; Flink writes -1 for "not yet" and 0 for states never entered. */
const time = z
  .number()
  .nullish()
  .transform((value) => (value === undefined || value === null || value <= 0 ? null : value));

export const OverviewReply = z
  .object({
    'flink-version': z.string(),
    'flink-commit': z.string().default(''),
    taskmanagers: z.number(),
    'slots-total': z.number(),
    'slots-available': z.number(),
    'jobs-running': z.number(),
  })
  .transform((reply) => ({
    flinkVersion: reply['flink-version'],
    flinkCommit: reply['flink-commit'],
    taskManagers: reply.taskmanagers,
    slotsTotal: reply['slots-total'],
    slotsAvailable: reply['slots-available'],
    jobsRunning: reply['jobs-running'],
  }));
export type FlinkOverview = z.output<typeof OverviewReply>;

/** Number of subtasks by state, in lower case: `{running: 8, finished: 0, …}`; `total` only in the overview. */
const TaskCounts = z
  .record(z.string(), z.number())
  .transform((counts) =>
    Object.fromEntries(Object.entries(counts).map(([state, count]) => [state.toLowerCase(), count])),
  );

export const JobsReply = z.object({
  jobs: z.array(
    z
      .object({
        jid: z.string(),
        name: z.string(),
        state: JobStateReply,
        'start-time': time,
        'end-time': time,
        tasks: TaskCounts,
      })
      .transform((job) => ({
        id: job.jid,
        name: job.name,
        state: job.state,
        startedAt: job['start-time'],
        endedAt: job['end-time'],
        tasks: job.tasks,
      })),
  ),
});
export type JobSummary = z.output<typeof JobsReply>['jobs'][number];

const Vertex = z.object({
  id: z.string(),
  name: z.string(),
  parallelism: z.number(),
  maxParallelism: z.number().nullish(),
  status: z.string(),
  tasks: TaskCounts,
});

const sameOfAll = (numbers: readonly (number | null)[]): number | null => {
  const [first = null, ...others] = numbers;
  return first !== null && first > 0 && others.every((number) => number === first) ? first : null;
};

export const JobReply = z
  .object({
    jid: z.string(),
    name: z.string(),
    state: JobStateReply,
    'start-time': time,
    'end-time': time,
    now: time,
    timestamps: z.record(z.string(), time).transform((times): Partial<Record<JobState, number | null>> => times),
    vertices: z.array(Vertex),
  })
  .transform((job) => ({
    id: job.jid,
    name: job.name,
    state: job.state,
    /** The time at which Flink accepted the job (INITIALIZING), ms since 1970. */
    startedAt: job['start-time'],
    endedAt: job['end-time'],
    /** Flink's clock, ms since 1970; null where it does not tell. */
    now: job.now,
    /** The same for every operator; null where the operators differ, or Flink does not tell. */
    maxParallelism: sameOfAll(job.vertices.map(({ maxParallelism }) => maxParallelism ?? null)),
    /** The time of the last entry into each state; null for states never entered. A new RUNNING time means a restart. */
    enteredAt: job.timestamps,
    vertices: job.vertices,
    /** Whether the job and every subtask of every vertex is RUNNING (FINISHED ones count as done). */
    allTasksRunning:
      job.state === 'RUNNING' &&
      job.vertices.length > 0 &&
      job.vertices.every(
        (vertex) => (vertex.tasks['running'] ?? 0) + (vertex.tasks['finished'] ?? 0) === vertex.parallelism,
      ),
  }));
export type FlinkJob = z.output<typeof JobReply>;

export const JobStatusReply = z.object({ status: JobStateReply });
export const TriggerReply = z.object({ 'request-id': z.string() });

/** The state of a savepoint or stop-with-savepoint that was triggered. */
export type SavepointStatus =
  | { readonly status: 'inProgress' }
  | { readonly status: 'completed'; readonly location: string }
  | {
      readonly status: 'failed';
      readonly cause: FailureCause;
      /** A path where the savepoint is good but the job failed while it stopped; read the job's state before deciding. */
      readonly savepoint: string | null;
      /** Whether it failed because there was no such job (any more): "the same instance runs on" is not true then. */
      readonly jobGone: boolean;
    }
  /** The JobManager does not know this trigger: it restarted, forgot it after 5 minutes, or never got it. */
  | { readonly status: 'unknown' };

export const SavepointReply = z
  .object({
    status: z.object({ id: z.enum(['IN_PROGRESS', 'COMPLETED']) }),
    operation: z
      .object({
        location: z.string().nullish(),
        'failure-cause': z.object({ class: z.string().nullish(), 'stack-trace': z.string().nullish() }).nullish(),
      })
      .nullish(),
  })
  .transform((reply, context): SavepointStatus => {
    if (reply.status.id === 'IN_PROGRESS') return { status: 'inProgress' };
    const failure = reply.operation?.['failure-cause'];
    if (failure !== undefined && failure !== null) {
      const stack = failure['stack-trace'] ?? failure.class ?? 'no reason given';
      const cause = failureCause(stack);
      return { status: 'failed', cause, savepoint: savepointOfFailedStop(stack), jobGone: isJobGone(stack) };
    }
    const location = reply.operation?.location;
    if (typeof location === 'string' && location !== '') return { status: 'completed', location };
    context.addIssue({ code: 'custom', message: 'COMPLETED with neither a location nor a failure' });
    return z.NEVER;
  });

export const ExceptionsReply = z
  .object({
    exceptionHistory: z.object({
      entries: readable(
        z
          .object({
            exceptionName: z.string(),
            stacktrace: z.string(),
            timestamp: z.number(),
            taskName: z.string().nullish(),
            endpoint: z.string().nullish(),
          })
          .transform((entry) => ({
            at: entry.timestamp,
            name: entry.exceptionName,
            task: entry.taskName ?? null,
            host: entry.endpoint ?? null,
            rootCause: rootCause(entry.stacktrace),
            stack: entry.stacktrace,
          })),
      ),
    }),
  })
  .transform(({ exceptionHistory }) => exceptionHistory.entries);
export type JobException = z.output<typeof ExceptionsReply>[number];

/** `TaskManagersInfo`. */
export const TaskManagersReply = z
  .object({ taskmanagers: readable(z.object({ id: z.string() })) })
  .transform(({ taskmanagers }) => taskmanagers.map(({ id }) => id));

/** `LogListInfo`; also how old each file is, from some version on. */
export const LogFilesReply = z
  .object({ logs: readable(z.object({ name: z.string(), size: z.number() })) })
  .transform(({ logs }) => logs);
export type LogFile = z.output<typeof LogFilesReply>[number];

export const ConfigReply = z
  .array(z.object({ key: z.string(), value: z.string() }))
  .transform((entries) => Object.fromEntries(entries.map(({ key, value }) => [key, value])));

/** How every refusal of Flink's REST API is written (`ErrorResponseBody`). */
export const FlinkErrors = z.object({ errors: z.array(z.string()) });
