/**
 * Keys of the objects in the bucket. Each builder stands beside its inverse where objects are found by listing; no other
 * file puts a key together.
 */

export const RELEASES_ROOT = 'releases/';
export const releasePrefix = (project: string, version: string): string => `${RELEASES_ROOT}${project}/${version}/`;
export const releaseKey = (project: string, version: string): string =>
  `${releasePrefix(project, version)}release.json`;
const RELEASE_KEY = /^releases\/([^/]+)\/([^/]+)\/release\.json$/;
/** The inverse of `releaseKey`; null for any other key. */
export const releaseOfKey = (key: string) => releaseMatchedBy(RELEASE_KEY, key);
function releaseMatchedBy(pattern: RegExp, key: string): { readonly project: string; readonly version: string } | null {
  const [, project, version] = pattern.exec(key) ?? [];
  return project === undefined || version === undefined ? null : { project, version };
}
/** The object that stays of a release after prune has taken it out of the catalogue. */
export const retiredKey = (project: string, version: string): string =>
  `${releasePrefix(project, version)}retired.json`;
const RETIRED_KEY = /^releases\/([^/]+)\/([^/]+)\/retired\.json$/;
/** The inverse of `retiredKey`; null for any other key. */
export const retiredOfKey = (key: string): ReturnType<typeof releaseOfKey> => releaseMatchedBy(RETIRED_KEY, key);
/** The key of one file of a release. */
export const releaseFileKey = (
  { project, version }: { readonly project: string; readonly version: string },
  { name, path = name }: { readonly name: string; readonly path?: string | undefined },
): string => releasePrefix(project, version) + path;
/** The key of a deployment file as it was written, before `extends` was resolved. */
export const releaseSourceKey = (project: string, version: string, sha256: string): string =>
  `${releasePrefix(project, version)}sources/${sha256}`;

/** The object that says where a JAR or file with this content was published, so that the same content is uploaded once. */
export const publishedFileKey = (sha256: string): string => `jars/${sha256}.json`;

/** Texts by content (deployment files, effective configurations): a workflow carries the sha256 instead of the text. */
export const textKey = (sha256: string): string => `texts/${sha256}`;

/** The claim of an operation says who runs it; later the same object records how the operation ended. */
export const claimsPrefix = (job: string): string => `operations/${job}/`;
export const claimKey = (job: string, operationId: string): string => `${claimsPrefix(job)}${operationId}.json`;
const CLAIM_KEY = /^operations\/[^/]+\/([^/]+)\.json$/;
/** The operation of a claim; null for any other key. */
export const idOfClaimKey = (key: string): string | null => CLAIM_KEY.exec(key)?.[1] ?? null;

/** Tokens of the API: one record for each, under its id. */
export const TOKENS_ROOT = 'tokens/';
export const tokenKey = (id: string): string => `${TOKENS_ROOT}${id}.json`;
const TOKEN_KEY = /^tokens\/([^/]+)\.json$/;
/** The inverse of `tokenKey`; null for any other key. */
export const idOfTokenKey = (key: string): string | null => TOKEN_KEY.exec(key)?.[1] ?? null;

/** Facts about the installation as a whole. */
const INSTALLATION_ROOT = 'installation/';
/** Says that the first token was made, so that none is made once more after it was revoked. */
export const FIRST_TOKEN_MARK = `${INSTALLATION_ROOT}first-token.json`;

/** The last use of each token, beside its record, because the record itself never changes. */
export const tokenUseKey = (id: string): string => `token-uses/${id}.json`;

/** The audit log of the installation, in folders by hour. The history of jobs is below `AUDIT_ROOT`. */
export const AUDIT_LOG_ROOT = 'audit-log/';
/** The folder of the hour that a time lies in; `at` is ISO 8601 in UTC. */
export const auditLogFolder = (at: string): string => `${AUDIT_LOG_ROOT}${at.slice(0, 13).replace(/[-T]/g, '/')}/`;

export interface AuditLogName {
  /** Start of the slot of time, ISO 8601 in UTC, so that a listing is in the order of time. */
  readonly slot: string;
  readonly process: string;
  /** Counts the objects of a process. */
  readonly number: number;
}

export const auditLogKey = ({ slot, process, number }: AuditLogName): string =>
  `${auditLogFolder(slot)}${slot}-${process}-${String(number).padStart(8, '0')}.json`;

const AUDIT_LOG_KEY = /^audit-log\/(?:\d+\/){4}(\d{4}-\d\d-\d\dT[\d:.]+Z)-([^/-]+)-(\d+)\.json$/;
/** The inverse of `auditLogKey`; null for any other key. */
export function nameOfAuditLogKey(key: string): AuditLogName | null {
  const [, slot, process, number] = AUDIT_LOG_KEY.exec(key) ?? [];
  return slot === undefined || process === undefined ? null : { slot, process, number: Number(number) };
}
/** Sessions of people. The id of a session begins with that of its person, so that all of one person are found. */
const SESSIONS_ROOT = 'sessions/';
export const sessionKey = (id: string): string => `${SESSIONS_ROOT}${id}.json`;
/** The beginning of the keys of the sessions whose ids begin so. */
export const sessionsPrefix = (beginning: string): string => `${SESSIONS_ROOT}${beginning}`;
const SESSION_KEY = /^sessions\/([^/]+)\.json$/;
/** The inverse of `sessionKey`; null for any other key. */
export const idOfSessionKey = (key: string): string | null => SESSION_KEY.exec(key)?.[1] ?? null;

/** Notifications of an installation: what is still to be told. Any text may name an installation. */
const notificationsPrefix = (installation: string): string => `notifications/${encodeURIComponent(installation)}/`;
export const notificationLedgerKey = (installation: string): string =>
  `${notificationsPrefix(installation)}ledger.json`;
export const refusalsPrefix = (installation: string): string => `${notificationsPrefix(installation)}refused/`;
export const refusalKey = (installation: string, id: string): string => `${refusalsPrefix(installation)}${id}.json`;

/** The fence of a job: its newest epoch, and its starts whose end is not confirmed. */
export const fenceKey = (job: string): string => `fences/${job}.json`;

/** The prefix of all fences: one object for each job that was ever started. */
export const FENCES_ROOT = 'fences/';
const FENCE_KEY = /^fences\/([^/]+)\.json$/;
/** The inverse of `fenceKey`; null for any other key. */
export const jobOfFenceKey = (key: string): string | null => FENCE_KEY.exec(key)?.[1] ?? null;

/** The gates of a job: which of its starts may run. The JVMs of its instances read them. */
export const gatesKey = (job: string): string => `gates/${job}.json`;

/** The record of a cluster: whether it takes starts. */
export const clusterKey = (cluster: string): string => `clusters/${cluster}.json`;

/** Signs of life on a cluster: an object for each job, which its JobManager overwrites. */
export const signsPrefix = (cluster: string): string => `signs/${cluster}/`;
export const signKey = (cluster: string, job: string): string => `${signsPrefix(cluster)}${job}.json`;
const SIGN_KEY = /^signs\/[^/]+\/([^/]+)\.json$/;
/** The job of a sign; null for any other key. */
export const jobOfSignKey = (key: string): string | null => SIGN_KEY.exec(key)?.[1] ?? null;

/** Adoptions of a cluster: applications that somebody else started and a job has taken over, while they may live. */
export const adoptionsPrefix = (cluster: string): string => `adoptions/${cluster}/`;
export const adoptionKey = (cluster: string, applicationId: string): string =>
  `${adoptionsPrefix(cluster)}${applicationId}.json`;

/** The traces of an application while it lives: its nodes and the address of its JobManager. */
export const tracesKey = (job: string, applicationId: string): string => `traces/${job}/${applicationId}.json`;
/** The containers that an application had, which stay, so that their logs are found after its end. */
export const containersKey = (job: string, applicationId: string): string =>
  `traces/${job}/containers/${applicationId}.json`;

/** The prefix of all deployments: one folder for each job. */
export const DEPLOYMENTS_ROOT = 'deployments/';
export const deploymentsPrefix = (job: string): string => `${DEPLOYMENTS_ROOT}${job}/`;
/** The number has leading zeros, so that a listing is in the order of numbers. */
export const deploymentKey = (job: string, number: number): string =>
  `${deploymentsPrefix(job)}${String(number).padStart(8, '0')}.json`;

/** The prefix of the audit log: one folder for each job. */
export const AUDIT_ROOT = 'audit/';
export const auditPrefix = (job: string): string => `${AUDIT_ROOT}${job}/`;
/** `endedAt` is ISO 8601 in UTC, so that a listing is in the order of time. */
export const auditKey = (job: string, endedAt: string, operationId: string): string =>
  `${auditPrefix(job)}${endedAt}-${operationId}.json`;

const AUDIT_KEY = /^audit\/([^/]+)\/(\d{4}-\d\d-\d\dT[\d:.]+Z)-([^/]+)\.json$/;
/** The inverse of `auditKey`; null for any other key. */
export function operationOfAuditKey(key: string): { job: string; endedAt: string; id: string } | null {
  const [, job, endedAt, id] = AUDIT_KEY.exec(key) ?? [];
  return job === undefined || endedAt === undefined || id === undefined ? null : { job, endedAt, id };
}

/** Evidence of an instance that is about to be ended: `<application id>/<file>`, beside the records of the audit log. */
export const logsPrefix = (job: string, operationId: string): string => `${auditPrefix(job)}${operationId}/logs/`;

/** The one file of evidence that is JSON; the others are texts as the JobManager or YARN wrote them. */
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
/** The inverse of `evidenceKey`; null for any other key. */
export function evidenceOfKey(key: string): EvidenceName | null {
  const [, job, operation, application, file] = EVIDENCE_KEY.exec(key) ?? [];
  if (job === undefined || operation === undefined || application === undefined || file === undefined) return null;
  return { job, operation, application, file };
}

/** The prefix of all staging folders: one for each start, `<job>/<Flink job id>/`. */
export const STAGING_ROOT = 'staging/';
/** Each start has a staging folder of its own, because Flink's application master deletes it when it unregisters. */
export const stagingPrefix = (job: string, flinkJobId: string): string => `${STAGING_ROOT}${job}/${flinkJobId}/`;
const STAGED_KEY = /^staging\/([^/]+)\/([^/]+)\/./;
/** The start that a staged file belongs to; null for any other key. */
export function startOfStagedKey(key: string): { readonly job: string; readonly flinkJobId: string } | null {
  const [, job, flinkJobId] = STAGED_KEY.exec(key) ?? [];
  return job === undefined || flinkJobId === undefined ? null : { job, flinkJobId };
}

/** Flink's configuration for one start. Without this object YARN cannot make the application master's container. */
export const stagedConfigKey = (job: string, flinkJobId: string): string =>
  `${stagingPrefix(job, flinkJobId)}config.yaml`;

/** The order of one start to its launcher. */
export const stagedOrderKey = (job: string, flinkJobId: string): string =>
  `${stagingPrefix(job, flinkJobId)}launch.json`;

/** The gate of a start by Flink's client. Without this object YARN cannot make the application master's container. */
export const stagedGateKey = (job: string, flinkJobId: string): string => `${stagingPrefix(job, flinkJobId)}gate`;

export const checkpointsPrefix = (job: string): string => `checkpoints/${job}/`;
/** Flink writes `<checkpoint directory>/<job id>/chk-<checkpoint id>/` (AbstractFsCheckpointStorageAccess). */
export const checkpointsOf = (job: string, flinkJobId: string): string => `${checkpointsPrefix(job)}${flinkJobId}/`;
export const checkpointOf = (job: string, flinkJobId: string, checkpointId: number): string =>
  `${checkpointsOf(job, flinkJobId)}chk-${checkpointId}`;
/** Tells whether a path names a checkpoint, `…/chk-<checkpoint id>` or the `_metadata` in it. */
export const isCheckpointPath = (path: string): boolean => /\/chk-\d+\/?(_metadata)?$/.test(path);

/** The checkpoint id in the name of a folder; null for any other folder. */
export function checkpointIdOf(folder: string): number | null {
  const id = /\/chk-(\d+)$/.exec(folder)?.[1];
  return id === undefined ? null : Number(id);
}

export const savepointsPrefix = (job: string): string => `savepoints/${job}/`;
/** Each operation has a folder of its own: listing it finds a savepoint whose answer was lost. */
export const savepointsOf = (job: string, operationId: string): string => `${savepointsPrefix(job)}${operationId}/`;

const STATE_KEY = /^(?:savepoints|checkpoints)\/([^/]+)\//;
/** The job to whose savepoints or checkpoints a key belongs; null for any other key. */
export const jobOfStateKey = (key: string): string | null => STATE_KEY.exec(key)?.[1] ?? null;

/** Finds the folder of a Flink job's checkpoints from the path of one checkpoint. */
export const folderOfCheckpoint = (path: string): string => path.replace(/\/+$/, '').replace(/\/chk-\d+$/, '');

/**
 * The six digits of the job id in the path of a savepoint's folder; null for any other path. Flink names the folder
 * `savepoint-<first 6 of the job id>-<random>`.
 */
export const savepointDigits = (path: string): string | null =>
  /\/savepoint-([0-9a-f]{6})-[^/]+$/.exec(path)?.[1] ?? null;

/** Keys below a job's savepoints or checkpoints that belong to a restore point. Sluice leaves all other keys alone. */
export const SAVEPOINT_BELOW = /^(?:[^/]+\/)?savepoint-([0-9a-f]{6})-[^/]+(?=\/)/;
export const CHECKPOINT_BELOW = /^([0-9a-f]{32})\/chk-(\d+)(?=\/)/;
export const SHARED_BELOW = /^([0-9a-f]{32})\/(?:shared|taskowned)\//;
/** The folder of shared files in which a key lies, with a slash at its end; null for any other key. */
export const sharedFolderOf = (key: string): string | null =>
  /^.*\/[0-9a-f]{32}\/(?:shared|taskowned)\//.exec(key)?.[0] ?? null;
/** The last key of those below a prefix that ends in a slash, for a list that goes on after them. */
export const endOf = (prefix: string): string => `${prefix.slice(0, -1)}0`;

/** The object that Flink writes last into a savepoint or checkpoint. */
export const METADATA_FILE = '_metadata';

/** The record of the published distribution of a Flink version, and of its class archives. */
export const DISTRIBUTIONS_ROOT = 'distributions/';
export const distributionKey = (flinkVersion: string): string => `${DISTRIBUTIONS_ROOT}${flinkVersion}.json`;
const DISTRIBUTION_KEY = /^distributions\/([^/]+)\.json$/;
/** The inverse of `distributionKey`; null for any other key. */
export const versionOfDistributionKey = (key: string): string | null => DISTRIBUTION_KEY.exec(key)?.[1] ?? null;

/** The folder that a distribution is published into; `content` is a digest of its files (hex). */
export const distributionFolder = (flinkVersion: string, content: string): string =>
  `dist/flink-${flinkVersion}-${content.slice(0, 12)}`;

/** The class archives that one warm-up made; containers read them, and only a worker writes them. */
export const classArchivesPrefix = (flinkVersion: string, id: string): string =>
  `${DISTRIBUTIONS_ROOT}${flinkVersion}/${id}/`;
/** The files that the containers of a warm-up write and read; all of them go when it ends. */
const WARM_UPS_ROOT = 'warm-ups/';
export const warmUpPrefix = (id: string): string => `${WARM_UPS_ROOT}${id}/`;

/** A key without an object, by which Sluice asks whether S3 answers. */
export const HEALTH_KEY = 'releases/.healthz';

/** The object by which the watcher of a cluster sees whether S3 takes conditional writes. */
export const probeKey = (cluster: string): string => `probes/${cluster}.json`;

/** Key that the doctor writes to try the bucket, and removes. */
export const doctorKey = (unique: string): string => `doctor/${unique}`;

/** The URI of a key as Flink writes and reads it. */
export const uriOf = (bucket: string, key: string): string => `s3://${bucket}/${key}`;
/** The inverse of `uriOf`, also for Hadoop's `s3a`; null when the URI is in another bucket. */
export function keyInBucket(bucket: string, uri: string): string | null {
  const match = /^s3a?:\/\/([^/]+)\/(.*)$/.exec(uri);
  return match?.[1] === bucket ? (match[2] ?? '') : null;
}
