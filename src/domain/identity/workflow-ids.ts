/** Ids of workflows and schedules in Temporal, each builder beside its inverse. */
import { hex32 } from './fingerprint.ts';
import { CampaignId } from './ids.ts';
import { JobName } from './job-name.ts';

const WORKFLOW_PREFIX = 'flink-job:';

/** Names the workflow that holds the lock, the state and the recent operations of a job. */
export const workflowIdOf = (job: string): string => WORKFLOW_PREFIX + job;

/** The inverse of `workflowIdOf`; null for an id that Sluice does not use, or whose job name is not allowed. */
export function jobOfWorkflowId(workflowId: string): string | null {
  if (!workflowId.startsWith(WORKFLOW_PREFIX)) return null;
  const name = JobName.safeParse(workflowId.slice(WORKFLOW_PREFIX.length));
  return name.success ? name.data : null;
}

const WATCH_PREFIX = 'cluster:';

/** Names the workflow that watches all jobs of a cluster. */
export const watchIdOf = (cluster: string): string => WATCH_PREFIX + cluster;

/** The inverse of `watchIdOf`; null for any other id. */
export const clusterOfWatchId = (workflowId: string): string | null =>
  workflowId.startsWith(WATCH_PREFIX) && workflowId !== WATCH_PREFIX ? workflowId.slice(WATCH_PREFIX.length) : null;

const PLAN_PREFIX = 'plan:';

/** Names the workflow that plans one request; `unique` differs for each plan. */
export const planIdOf = (job: string, unique: string): string => `${PLAN_PREFIX}${job}:${unique}`;

const RELEASE_WATCH_PREFIX = 'releases:';

/** Names the workflow that watches the releases in a bucket. */
export const releaseWatchIdOf = (bucket: string): string => RELEASE_WATCH_PREFIX + bucket;

/** The inverse of `releaseWatchIdOf`; null for any other id. */
export const bucketOfReleaseWatchId = (workflowId: string): string | null =>
  workflowId.startsWith(RELEASE_WATCH_PREFIX) && workflowId !== RELEASE_WATCH_PREFIX
    ? workflowId.slice(RELEASE_WATCH_PREFIX.length)
    : null;

const NOTIFICATION_WATCH_PREFIX = 'notifications:';

/** Names the workflow that notifies people of an installation. */
export const notificationWatchIdOf = (installation: string): string => NOTIFICATION_WATCH_PREFIX + installation;

/** The inverse of `notificationWatchIdOf`; null for any other id. */
export const installationOfWatchId = (workflowId: string): string | null =>
  workflowId.startsWith(NOTIFICATION_WATCH_PREFIX) && workflowId !== NOTIFICATION_WATCH_PREFIX
    ? workflowId.slice(NOTIFICATION_WATCH_PREFIX.length)
    : null;

/** Names the workflow that sends one test message; `unique` differs for each. */
export const notificationTestIdOf = (channel: string, unique: string): string =>
  `notification-test:${channel}:${unique}`;

const TURNS_PREFIX = 'cluster-turns:';

/** Names the workflow that gives turns to the jobs that Sluice brings up on a cluster by itself. */
export const turnsIdOf = (cluster: string): string => TURNS_PREFIX + cluster;

/** The inverse of `turnsIdOf`; null for any other id. */
export const clusterOfTurnsId = (workflowId: string): string | null =>
  workflowId.startsWith(TURNS_PREFIX) && workflowId !== TURNS_PREFIX ? workflowId.slice(TURNS_PREFIX.length) : null;

const CAMPAIGN_PREFIX = 'campaign:';

/** Names the workflow that carries a campaign out. */
export const campaignWorkflowIdOf = (campaign: string): string => CAMPAIGN_PREFIX + campaign;

/** The inverse of `campaignWorkflowIdOf`; null for an id that Sluice does not use. */
export function campaignOfWorkflowId(workflowId: string): string | null {
  if (!workflowId.startsWith(CAMPAIGN_PREFIX)) return null;
  return CampaignId.safeParse(workflowId.slice(CAMPAIGN_PREFIX.length)).data ?? null;
}

const SCHEDULE_PREFIX = 'savepoints:';

/** Names the Temporal Schedule that takes the periodic savepoints of a job. */
export const scheduleIdOf = (job: string): string => SCHEDULE_PREFIX + job;

/** The inverse of `scheduleIdOf`; null for any other id. */
export function jobOfScheduleId(scheduleId: string): string | null {
  if (!scheduleId.startsWith(SCHEDULE_PREFIX)) return null;
  const name = JobName.safeParse(scheduleId.slice(SCHEDULE_PREFIX.length));
  return name.success ? name.data : null;
}

/** Milliseconds by which the schedule of a job is shifted: constant for one job, spread over `every` for many jobs. */
export const offsetOf = (job: string, every: number): number =>
  Number.parseInt(hex32('schedule-offset', job).slice(0, 8), 16) % every;

const PERIODIC_PREFIX = 'periodic-savepoint:';
const PERIODIC_OPERATION = 'periodic-';

/** Names the workflow that a schedule starts; Temporal appends `-` and the time of the firing. */
export const periodicIdOf = (job: string): string => PERIODIC_PREFIX + job;

/** The inverse of `periodicIdOf` with Temporal's suffix; null for any other id. Each firing is an operation of its own. */
export function periodicOfWorkflowId(workflowId: string): { job: string; operation: string } | null {
  if (!workflowId.startsWith(PERIODIC_PREFIX)) return null;
  const [, job, at] = /^(.*)-(\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(workflowId.slice(PERIODIC_PREFIX.length)) ?? [];
  const name = JobName.safeParse(job);
  if (!name.success || at === undefined) return null;
  return { job: name.data, operation: PERIODIC_OPERATION + at.replaceAll(/[:-]/g, '') };
}

/** Tells from its id whether a schedule asked for an operation. Callers choose ids, so this is a label and no proof. */
export const isPeriodicOperation = (operationId: string): boolean => /^periodic-\d{8}T[\d.]+Z$/.test(operationId);

const WARM_UP_PREFIX = 'warm-up:';

/** Names the workflow that makes class archives of a distribution on a cluster, of which there is one at a time. */
export const warmUpIdOf = (flinkVersion: string, cluster: string): string =>
  `${WARM_UP_PREFIX}${flinkVersion}:${cluster}`;
