/** Where things are in the bucket. One table of builders; inverses where something is found by listing. */

export const releasePrefix = (project: string, version: string): string => `releases/${project}/${version}/`;
export const releaseKey = (project: string, version: string): string =>
  `${releasePrefix(project, version)}release.json`;

/** Content-addressed texts (deployment files, effective configurations): workflows pass the sha256, never the text. */
export const textKey = (sha256: string): string => `texts/${sha256}`;

/** The claim of an operation, later its record: who runs it, and how it ended. */
export const claimKey = (job: string, operationId: string): string => `operations/${job}/${operationId}.json`;

/** The fence of a job: its newest epoch and its starts that are not confirmed dead. */
export const fenceKey = (job: string): string => `fences/${job}.json`;

const deploymentsPrefix = (job: string): string => `deployments/${job}/`;
/** Zero-padded, so that a listing is in the order of numbers. */
export const deploymentKey = (job: string, number: number): string =>
  `${deploymentsPrefix(job)}${String(number).padStart(8, '0')}.json`;
export { deploymentsPrefix };

const auditPrefix = (job: string): string => `audit/${job}/`;
/** `endedAt` is ISO 8601 in UTC, so a listing is in the order of time. */
export const auditKey = (job: string, endedAt: string, operationId: string): string =>
  `${auditPrefix(job)}${endedAt}-${operationId}.json`;
export { auditPrefix };

/** Evidence of an instance that is about to be ended. */
export const logsPrefix = (job: string, operationId: string): string => `logs/${job}/${operationId}/`;

/** Each start has its own staging folder: Flink's application master deletes it when it unregisters. */
export const stagingPrefix = (job: string, flinkJobId: string): string => `staging/${job}/${flinkJobId}/`;

export const checkpointsPrefix = (job: string): string => `checkpoints/${job}/`;
/** Flink writes `<checkpoint directory>/<job id>/chk-<checkpoint id>/` (AbstractFsCheckpointStorageAccess). */
export const checkpointsOf = (job: string, flinkJobId: string): string => `${checkpointsPrefix(job)}${flinkJobId}/`;

export const savepointsPrefix = (job: string): string => `savepoints/${job}/`;
/** One folder for each operation: a savepoint whose answer was lost is found by listing it. */
export const savepointsOf = (job: string, operationId: string): string => `${savepointsPrefix(job)}${operationId}/`;

export const METADATA_FILE = '_metadata';
