/** Ids, keys and tags: each builder beside its inverse. Nothing else in Sluice puts such a string together. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { JobName } from './job-name.ts';

/** Chosen by the asker; part of S3 keys and URLs, hence the narrow alphabet. */
export const OperationId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, hyphens or underscores')
  .refine((id) => !id.includes('..'), 'must not contain ".."');

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

const AUTO_DEPLOY = 'auto-';

/**
 * The operation by which a release deploys itself: the same however often it is asked for, so that it happens once. No
 * project has an underscore, so no two releases share one.
 */
export function autoDeployIdOf(release: string): string {
  const readable = OperationId.safeParse(AUTO_DEPLOY + release.replace('/', '_'));
  return readable.success ? readable.data : AUTO_DEPLOY + hex32('auto-deploy', release);
}

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

/** Job and operation of such a workflow's id, or null when it is not one of ours. One firing is one operation. */
export function periodicOfWorkflowId(workflowId: string): { job: string; operation: string } | null {
  if (!workflowId.startsWith(PERIODIC_PREFIX)) return null;
  const [, job, at] = /^(.*)-(\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(workflowId.slice(PERIODIC_PREFIX.length)) ?? [];
  const name = JobName.safeParse(job);
  if (!name.success || at === undefined) return null;
  return { job: name.data, operation: PERIODIC_OPERATION + at.replaceAll(/[:-]/g, '') };
}

/** Whether a schedule asked for it; by its id alone, so this is a label and nothing to be trusted. */
export const isPeriodicOperation = (operationId: string): boolean => /^periodic-\d{8}T[\d.]+Z$/.test(operationId);

/** A start is one attempt to bring an instance up; an operation that rolls back starts twice. */
export const startKeyOf = (operationId: string, ordinal: number): string => `${operationId}/${ordinal}`;

/** 32 hexadecimal digits, deterministic in all parts: the shape of Flink's JobID and TriggerId. */
const hex32 = (...parts: readonly string[]): string => bytesToHex(sha256(utf8ToBytes(parts.join('\n')))).slice(0, 32);

/** The Flink job id of a start. Never reused, since `<checkpoint directory>/<job id>/chk-N` derives from it. */
export const flinkJobIdOf = (job: string, startKey: string, epoch: number): string =>
  hex32('flink-job-id', job, startKey, String(epoch));

/**
 * The trigger id of an operation's savepoint. With one id Flink takes one savepoint however often it is asked
 * (DispatcherCachedOperationsHandler.registerOperationIdempotently, 1.20).
 */
export const triggerIdOf = (job: string, operationId: string): string => hex32('trigger-id', job, operationId);

/** Fingerprint of what was asked: the same id with another payload is refused. */
export const fingerprintOf = (value: unknown): string => hex32('payload', canonicalJson(value));

/** JSON with sorted keys and without undefined members, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return value === undefined ? 'null' : JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

const JOB_TAG = 'sluice-job-';
const START_TAG = 'sluice-start-';
const EPOCH_TAG = 'sluice-epoch-';
const LAUNCH_TAG = 'sluice-launch-';

/** YARN lower-cases tags and joins them with commas in any order; at most 10 tags of 100 ASCII characters. */
export const jobTagOf = (job: string): string => JOB_TAG + job;

/** The tag that only the application of this start carries. */
export const startTagOf = (flinkJobId: string): string => START_TAG + flinkJobId;

export const tagsOf = (start: {
  readonly job: string;
  readonly flinkJobId: string;
  readonly epoch: number;
}): string[] => ['sluice', jobTagOf(start.job), startTagOf(start.flinkJobId), EPOCH_TAG + String(start.epoch)];

/** What the tags of an application say about it; the inverse of `tagsOf`. Null where a tag is absent. */
export function identityOfTags(tags: readonly string[]): {
  job: string | null;
  flinkJobId: string | null;
  epoch: number | null;
} {
  const after = (prefix: string) => tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length) ?? null;
  const epoch = after(EPOCH_TAG);
  return {
    job: after(JOB_TAG),
    flinkJobId: after(START_TAG),
    epoch: epoch !== null && /^\d+$/.test(epoch) ? Number(epoch) : null,
  };
}

/** YARN's type of the applications that only launch: neither they nor their tags and names are an instance's. */
export const LAUNCHER_TYPE = 'Sluice Launcher';

/** No job can be called like this. */
export const launcherNameOf = (job: string): string => `launch of ${job}`;

/** The tags of a start's launcher. */
export const launchTagsOf = ({ flinkJobId }: { readonly flinkJobId: string }): string[] => [
  'sluice-launcher',
  LAUNCH_TAG + flinkJobId,
];

/** The Flink job id that a launcher's tags name; null where they name none. */
export const launchOfTags = (tags: readonly string[]): string | null =>
  tags.find((tag) => tag.startsWith(LAUNCH_TAG))?.slice(LAUNCH_TAG.length) ?? null;
