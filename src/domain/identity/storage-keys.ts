/** Keys of the bucket: a builder for each kind of object, and its inverse where objects are found by listing. */

export const RELEASES_ROOT = 'releases/';
export const releasePrefix = (project: string, version: string): string => `${RELEASES_ROOT}${project}/${version}/`;
export const releaseKey = (project: string, version: string): string =>
  `${releasePrefix(project, version)}release.json`;
const RELEASE_KEY = /^releases\/([^/]+)\/([^/]+)\/release\.json$/;
/** The inverse of `releaseKey`; null for any other key. */
export const releaseOfKey = (key: string) => namedBy(RELEASE_KEY, key);
function namedBy(pattern: RegExp, key: string): { readonly project: string; readonly version: string } | null {
  const [, project, version] = pattern.exec(key) ?? [];
  return project === undefined || version === undefined ? null : { project, version };
}
/** The tombstone of a release that was taken out of the catalogue. */
export const retiredKey = (project: string, version: string): string =>
  `${releasePrefix(project, version)}retired.json`;
const RETIRED_KEY = /^releases\/([^/]+)\/([^/]+)\/retired\.json$/;
/** The inverse of `retiredKey`; null for any other key. */
export const retiredOfKey = (key: string): ReturnType<typeof releaseOfKey> => namedBy(RETIRED_KEY, key);
/** Where a file of a release is. */
export const releaseFileKey = (
  { project, version }: { readonly project: string; readonly version: string },
  { name, path = name }: { readonly name: string; readonly path?: string | undefined },
): string => releasePrefix(project, version) + path;
/** Where a deployment file is as it was written, before `extends` was resolved. */
export const releaseSourceKey = (project: string, version: string, sha256: string): string =>
  `${releasePrefix(project, version)}sources/${sha256}`;

/** Says where a JAR of this content was published, so that nobody uploads it twice. */
export const publishedJarKey = (sha256: string): string => `jars/${sha256}.json`;

/** Content-addressed texts (deployment files, effective configurations): workflows pass the sha256, never the text. */
export const textKey = (sha256: string): string => `texts/${sha256}`;

/** The claim of an operation, later its record: who runs it, and how it ended. */
export const claimsPrefix = (job: string): string => `operations/${job}/`;
export const claimKey = (job: string, operationId: string): string => `${claimsPrefix(job)}${operationId}.json`;
const CLAIM_KEY = /^operations\/[^/]+\/([^/]+)\.json$/;
/** The operation of a claim; null for any other key. */
export const idOfClaimKey = (key: string): string | null => CLAIM_KEY.exec(key)?.[1] ?? null;

/** The fence of a job: its newest epoch and its starts that are not confirmed dead. */
export const fenceKey = (job: string): string => `fences/${job}.json`;

/** Below it one object for each job that was ever started. */
export const FENCES_ROOT = 'fences/';
const FENCE_KEY = /^fences\/([^/]+)\.json$/;
/** The inverse of `fenceKey`; null for any other key. */
export const jobOfFenceKey = (key: string): string | null => FENCE_KEY.exec(key)?.[1] ?? null;

/** Applications of a cluster that somebody else had started and that a job has taken over, while they may live. */
export const adoptionsPrefix = (cluster: string): string => `adoptions/${cluster}/`;
export const adoptionKey = (cluster: string, applicationId: string): string =>
  `${adoptionsPrefix(cluster)}${applicationId}.json`;

export const DEPLOYMENTS_ROOT = 'deployments/';
const deploymentsPrefix = (job: string): string => `${DEPLOYMENTS_ROOT}${job}/`;
/** Zero-padded, so that a listing is in the order of numbers. */
export const deploymentKey = (job: string, number: number): string =>
  `${deploymentsPrefix(job)}${String(number).padStart(8, '0')}.json`;
export { deploymentsPrefix };

/** Below it one folder for each job. */
export const AUDIT_ROOT = 'audit/';
const auditPrefix = (job: string): string => `${AUDIT_ROOT}${job}/`;
/** `endedAt` is ISO 8601 in UTC, so a listing is in the order of time. */
export const auditKey = (job: string, endedAt: string, operationId: string): string =>
  `${auditPrefix(job)}${endedAt}-${operationId}.json`;
export { auditPrefix };

const AUDIT_KEY = /^audit\/([^/]+)\/(\d{4}-\d\d-\d\dT[\d:.]+Z)-([^/]+)\.json$/;
/** The inverse of `auditKey`; null for any other key. */
export function operationOfAuditKey(key: string): { job: string; endedAt: string; id: string } | null {
  const [, job, endedAt, id] = AUDIT_KEY.exec(key) ?? [];
  return job === undefined || endedAt === undefined || id === undefined ? null : { job, endedAt, id };
}

/** Evidence of an instance that is about to be ended: `<application id>/<file>`, beside the records of the audit log. */
export const logsPrefix = (job: string, operationId: string): string => `${auditPrefix(job)}${operationId}/logs/`;

/** The evidence that is JSON; all other files are texts as the JobManager or YARN wrote them. */
export const EXCEPTIONS_FILE = 'exceptions.json';

export interface EvidenceName {
  readonly job: string;
  readonly operation: string;
  readonly application: string;
  readonly file: string;
}

export const evidenceKey = ({ job, operation, application, file }: EvidenceName): string =>
  `${logsPrefix(job, operation)}${application}/${file}`;

const EVIDENCE_KEY = /^audit\/([^/]+)\/([^/]+)\/logs\/([^/]+)\/([^/]+)$/;
/** The inverse; null for any other key. */
export function evidenceOfKey(key: string): EvidenceName | null {
  const [, job, operation, application, file] = EVIDENCE_KEY.exec(key) ?? [];
  if (job === undefined || operation === undefined || application === undefined || file === undefined) return null;
  return { job, operation, application, file };
}

/** Below it one folder for each start, `<job>/<Flink job id>/`. */
export const STAGING_ROOT = 'staging/';
/** Each start has its own staging folder: Flink's application master deletes it when it unregisters. */
export const stagingPrefix = (job: string, flinkJobId: string): string => `${STAGING_ROOT}${job}/${flinkJobId}/`;
const STAGED_KEY = /^staging\/([^/]+)\/([^/]+)\/./;
/** The start that a staged file belongs to; null for any other key. */
export function startOfStagedKey(key: string): { readonly job: string; readonly flinkJobId: string } | null {
  const [, job, flinkJobId] = STAGED_KEY.exec(key) ?? [];
  return job === undefined || flinkJobId === undefined ? null : { job, flinkJobId };
}

/** Flink's configuration of one start: its application master's container cannot be made without it. */
export const stagedConfigKey = (job: string, flinkJobId: string): string =>
  `${stagingPrefix(job, flinkJobId)}config.yaml`;

/** The order to the launcher of one start. */
export const stagedOrderKey = (job: string, flinkJobId: string): string =>
  `${stagingPrefix(job, flinkJobId)}launch.json`;

/** A file that the container of a start by Flink's client cannot be made without. */
export const stagedGateKey = (job: string, flinkJobId: string): string => `${stagingPrefix(job, flinkJobId)}gate`;

export const checkpointsPrefix = (job: string): string => `checkpoints/${job}/`;
/** Flink writes `<checkpoint directory>/<job id>/chk-<checkpoint id>/` (AbstractFsCheckpointStorageAccess). */
export const checkpointsOf = (job: string, flinkJobId: string): string => `${checkpointsPrefix(job)}${flinkJobId}/`;
export const checkpointOf = (job: string, flinkJobId: string, checkpointId: number): string =>
  `${checkpointsOf(job, flinkJobId)}chk-${checkpointId}`;
/** Whether a path names a checkpoint, `…/chk-<checkpoint id>` or the `_metadata` in it. */
export const isCheckpointPath = (path: string): boolean => /\/chk-\d+\/?(_metadata)?$/.test(path);

export const savepointsPrefix = (job: string): string => `savepoints/${job}/`;
/** The folder of one operation: a savepoint whose answer was lost is found by listing it. */
export const savepointsOf = (job: string, operationId: string): string => `${savepointsPrefix(job)}${operationId}/`;

/** The folder in which a Flink job keeps its checkpoints, of the path of one of them. */
export const folderOfCheckpoint = (path: string): string => path.replace(/\/+$/, '').replace(/\/chk-\d+$/, '');

/** Part of every key of a savepoint: Flink names the folder `savepoint-<first 6 of the job id>-<random>`. */
export const savepointMark = (flinkJobId: string): string => `/savepoint-${flinkJobId.slice(0, 6)}-`;

/** Below a job's savepoints or checkpoints: only keys of these shapes are taken for a restore point, or touched. */
export const SAVEPOINT_BELOW = /^(?:[^/]+\/)?savepoint-([0-9a-f]{6})-[^/]+(?=\/)/;
export const CHECKPOINT_BELOW = /^([0-9a-f]{32})\/chk-(\d+)(?=\/)/;
export const SHARED_BELOW = /^([0-9a-f]{32})\/(?:shared|taskowned)\//;

export const METADATA_FILE = '_metadata';

/** Key that health checks ask for, to see whether S3 answers; no object has it. */
export const HEALTH_KEY = 'releases/.healthz';

/** Key that the doctor writes to try the bucket, and removes. */
export const doctorKey = (unique: string): string => `doctor/${unique}`;

/** The URI of a key as Flink writes and reads it. */
export const uriOf = (bucket: string, key: string): string => `s3://${bucket}/${key}`;
/** The inverse of `uriOf`, also for Hadoop's `s3a`; null when the URI is in another bucket. */
export function keyInBucket(bucket: string, uri: string): string | null {
  const match = /^s3a?:\/\/([^/]+)\/(.*)$/.exec(uri);
  return match?.[1] === bucket ? (match[2] ?? '') : null;
}
