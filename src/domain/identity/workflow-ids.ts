/** Ids of workflows and schedules in Temporal: each builder beside its inverse. */
import { hex32 } from './fingerprint.ts';
import { JobName } from './job-name.ts';

const WORKFLOW_PREFIX = 'flink-job:';

/** The id of the workflow that is the lock, the state and the audit log of a job. */
export const workflowIdOf = (job: string): string => WORKFLOW_PREFIX + job;

/** The job of a workflow id, or null when the id is not one of ours or its job name is not allowed. */
export function jobOfWorkflowId(workflowId: string): string | null {
  if (!workflowId.startsWith(WORKFLOW_PREFIX)) return null;
  const name = JobName.safeParse(workflowId.slice(WORKFLOW_PREFIX.length));
  return name.success ? name.data : null;
}

const WATCH_PREFIX = 'cluster:';

/** The id of the workflow that watches all jobs of a cluster. */
export const watchIdOf = (cluster: string): string => WATCH_PREFIX + cluster;

/** The cluster of a watch's workflow id, or null when the id is not one of ours. */
export const clusterOfWatchId = (workflowId: string): string | null =>
  workflowId.startsWith(WATCH_PREFIX) && workflowId !== WATCH_PREFIX ? workflowId.slice(WATCH_PREFIX.length) : null;

const PLAN_PREFIX = 'plan:';

/** The id of a workflow that plans one request; each plan has one of its own. */
export const planIdOf = (job: string, unique: string): string => `${PLAN_PREFIX}${job}:${unique}`;

const RELEASE_WATCH_PREFIX = 'releases:';

/** The id of the workflow that watches the releases in a bucket. */
export const releaseWatchIdOf = (bucket: string): string => RELEASE_WATCH_PREFIX + bucket;

/** The bucket of a release watch's workflow id, or null when the id is not one of ours. */
export const bucketOfReleaseWatchId = (workflowId: string): string | null =>
  workflowId.startsWith(RELEASE_WATCH_PREFIX) && workflowId !== RELEASE_WATCH_PREFIX
    ? workflowId.slice(RELEASE_WATCH_PREFIX.length)
    : null;

const SCHEDULE_PREFIX = 'savepoints:';

/** The id of the Temporal Schedule that takes the periodic savepoints of a job. */
export const scheduleIdOf = (job: string): string => SCHEDULE_PREFIX + job;

/** The job of a schedule's id, or null when the id is not one of ours. */
export function jobOfScheduleId(scheduleId: string): string | null {
  if (!scheduleId.startsWith(SCHEDULE_PREFIX)) return null;
  const name = JobName.safeParse(scheduleId.slice(SCHEDULE_PREFIX.length));
  return name.success ? name.data : null;
}

/** Milliseconds by which the schedule of a job is late: always the same for one job, spread over `every` for many. */
export const offsetOf = (job: string, every: number): number =>
  Number.parseInt(hex32('schedule-offset', job).slice(0, 8), 16) % every;

const PERIODIC_PREFIX = 'periodic-savepoint:';
const PERIODIC_OPERATION = 'periodic-';

/** The id of the workflow that a schedule starts; Temporal adds `-` and the time to it. */
export const periodicIdOf = (job: string): string => PERIODIC_PREFIX + job;

/** Job and operation of such a workflow's id, or null when it is not one of ours. Each firing is an operation of its own. */
export function periodicOfWorkflowId(workflowId: string): { job: string; operation: string } | null {
  if (!workflowId.startsWith(PERIODIC_PREFIX)) return null;
  const [, job, at] = /^(.*)-(\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(workflowId.slice(PERIODIC_PREFIX.length)) ?? [];
  const name = JobName.safeParse(job);
  if (!name.success || at === undefined) return null;
  return { job: name.data, operation: PERIODIC_OPERATION + at.replaceAll(/[:-]/g, '') };
}

/** Whether a schedule asked for it; by its id alone, so this is a label and nothing to be trusted. */
export const isPeriodicOperation = (operationId: string): boolean => /^periodic-\d{8}T[\d.]+Z$/.test(operationId);
