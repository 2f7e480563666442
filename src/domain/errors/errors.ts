/* eslint-disable max-lines -- one table, each row on the lines that the formatter gives it */
/**
 * Every error that Sluice can report, in one table. API, CLI, activities and documents read it; only the code travels
 * through Temporal.
 */

/** Who must act for the error to go away. */
export type ErrorActor = 'caller' | 'job owner' | 'platform' | 'nobody';

interface ErrorEntry {
  /** One sentence: what kind of thing went wrong. */
  readonly title: string;
  readonly actor: ErrorActor;
  /** Whether the same activity may be tried again with hope. */
  readonly retry: boolean;
  /** HTTP status of the problem document. */
  readonly status: number;
  /** Exit code of the CLI: 1 failed, 2 usage, 3 timed out, 4 busy or not allowed, 5 denied, 6 outcome unknown. */
  readonly exit: number;
  /** What to do; shown as the problem's `hint`. */
  readonly hint: string;
}

const entry = (
  title: string,
  actor: ErrorActor,
  retry: boolean,
  status: number,
  exit: number,
  hint: string,
): ErrorEntry => ({ title, actor, retry, status, exit, hint });

export const errorTable = {
  InvalidRequest: entry(
    'The request is malformed',
    'caller',
    false,
    422,
    2,
    'Correct the fields that are named and send it again.',
  ),
  InvalidJobName: entry(
    'The job name is not allowed',
    'caller',
    false,
    422,
    2,
    'Use 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit.',
  ),
  InvalidDeploymentFile: entry(
    'The deployment file has errors',
    'job owner',
    false,
    422,
    2,
    'Correct the lines that are named; `sluice validate <file>` shows them all at once.',
  ),
  PayloadTooLarge: entry(
    'The request body is too large',
    'caller',
    false,
    413,
    2,
    'Send at most 1 MiB; files belong into a release.',
  ),
  UnsupportedMediaType: entry('The body is not JSON', 'caller', false, 415, 2, 'Send the body as application/json.'),
  NotFound: entry(
    'There is no such thing',
    'caller',
    false,
    404,
    1,
    'Check the name; `sluice jobs` and `sluice releases` list what exists.',
  ),
  OperationInProgress: entry(
    'Another operation holds the job',
    'caller',
    false,
    409,
    4,
    'Wait for it (`sluice wait <job>`), then ask again.',
  ),
  CommandNotAllowed: entry(
    'The job is in a state that does not allow this',
    'caller',
    false,
    409,
    4,
    'See what is allowed with `sluice status <job>`.',
  ),
  PlanOutdated: entry(
    'Something changed since the plan was made',
    'caller',
    false,
    412,
    4,
    'Plan again with `sluice plan`, look at what changed, and ask with the new revision.',
  ),
  OperationIdReused: entry(
    'This operation id was used for another request',
    'caller',
    false,
    422,
    2,
    'Choose a new id; one id names one operation for ever.',
  ),
  Undecodable: entry(
    'The message could not be decoded',
    'caller',
    false,
    422,
    2,
    'Send JSON as the documentation of the operation shows.',
  ),
  LockLost: entry(
    'Another holder owns this operation or a newer start',
    'platform',
    false,
    409,
    4,
    'Look with `sluice history <job>` at what the other holder does; nothing was started by this one.',
  ),
  Cancelled: entry(
    'The operation was cancelled',
    'nobody',
    false,
    409,
    1,
    'What runs now is in `sluice status <job>`; ask again when it is wanted.',
  ),
  Superseded: entry(
    'Another operation took the place of this one',
    'nobody',
    false,
    409,
    1,
    'Follow the operation that is named with `sluice history <job>`.',
  ),
  StopPending: entry(
    'A stop with savepoint has no known outcome yet',
    'job owner',
    false,
    409,
    4,
    'Wait until Flink or the folder of the savepoint tells; only `sluice kill` is accepted until then.',
  ),
  OperationTimedOut: entry(
    'The operation did not end in time',
    'job owner',
    false,
    504,
    3,
    'It goes on or has ended by itself: ask with `sluice status <job>`.',
  ),
  ReleaseNotFound: entry(
    'The release does not exist',
    'caller',
    false,
    404,
    1,
    'List the releases with `sluice releases`; publish it with `sluice publish`.',
  ),
  ReleaseInvalid: entry(
    'release.json cannot be read',
    'job owner',
    false,
    422,
    1,
    'Publish the release again under a new version.',
  ),
  ReleaseConflict: entry(
    'This version was published with other content',
    'caller',
    false,
    409,
    1,
    'Publish under a new version: a release never changes.',
  ),
  DeploymentFileNotFound: entry(
    'The release has no deployment file for this job',
    'caller',
    false,
    422,
    1,
    'Add a deployment file with this job name to the release.',
  ),
  JarMissing: entry(
    'The JAR of the release is not in S3',
    'job owner',
    false,
    422,
    1,
    'Publish the release again under a new version.',
  ),
  JarMismatch: entry(
    'The JAR in S3 is not the one that was published',
    'platform',
    false,
    422,
    1,
    'Somebody changed the object: find out who, and publish again under a new version.',
  ),
  EntryClassMissing: entry(
    'The JAR does not contain the entry class',
    'job owner',
    false,
    422,
    1,
    'Correct job.entryClass or the build.',
  ),
  RestorePointNotFound: entry(
    'There is no restore point to start from',
    'caller',
    false,
    422,
    1,
    'List them with `sluice restore-points <job>`; `--from fresh` starts without state, and says so.',
  ),
  RestorePointBroken: entry(
    'The restore point cannot be used',
    'caller',
    false,
    422,
    1,
    'Choose another one from `sluice restore-points <job>`.',
  ),
  DiscardsNewerState: entry(
    'This would start a running job from older state',
    'caller',
    false,
    422,
    2,
    'Pass `discardNewerState: true` (`--discard-newer-state`) if that is what you want.',
  ),
  CheckpointTooOld: entry(
    'The newest checkpoint is older than allowed',
    'job owner',
    false,
    422,
    1,
    'Raise upgrade.maxCheckpointAge, or stop with a savepoint.',
  ),
  StateRisk: entry(
    'Flink may not be able to read this restore point',
    'job owner',
    false,
    422,
    1,
    'Take a savepoint with the version that wrote it, or say acceptStateRisk.',
  ),
  HotfixRefused: entry(
    'The hotfix does not fit the deployment file',
    'caller',
    false,
    422,
    2,
    'Correct the paths that are named with another hotfix, or revert the one that is active (`sluice hotfix <job> --revert`).',
  ),
  NotRunningNow: entry(
    'The Flink job is not RUNNING, so it can take no savepoint',
    'caller',
    false,
    409,
    1,
    'Say `stopWith: checkpoint` (`--stop-with checkpoint`): the job then goes on from its newest completed checkpoint.',
  ),
  DeploymentNotFound: entry(
    'There is no such deployment',
    'caller',
    false,
    422,
    1,
    'List them with `sluice history <job>`.',
  ),
  UnknownCluster: entry(
    'The cluster is not configured',
    'job owner',
    false,
    422,
    1,
    'List the clusters with `sluice clusters` and correct placement.cluster.',
  ),
  UnknownFlinkVersion: entry(
    'This Flink version is not provided',
    'job owner',
    false,
    422,
    1,
    'Use one of the versions that the error names, or ask the platform team to add it.',
  ),
  LauncherUnavailable: entry(
    'The cluster does not offer this launcher',
    'job owner',
    false,
    422,
    1,
    'Use `launcher: auto`, or one that `sluice clusters` lists.',
  ),
  QueueNotFound: entry(
    'The YARN queue does not exist or takes no applications',
    'job owner',
    false,
    422,
    1,
    'Correct yarn.queue; the error names the queues there are.',
  ),
  QueueFull: entry(
    'The YARN queue has no room',
    'platform',
    false,
    409,
    1,
    'Wait, free resources or choose another queue.',
  ),
  ResourcesTooLarge: entry(
    'More resources are asked for than the cluster allows',
    'job owner',
    false,
    422,
    1,
    'Ask for less memory or fewer vcores; the error names the maximum.',
  ),
  LaunchContextTooLarge: entry(
    'The launch context exceeds what YARN accepts',
    'job owner',
    false,
    422,
    1,
    'Shorten arguments and options; big values belong into a file.',
  ),
  ForeignInstance: entry(
    'An application of this job runs that Sluice did not start',
    'job owner',
    false,
    409,
    4,
    'Take it over with `sluice adopt`, or end it (`yarn application -kill`); the error names its id, user and cluster.',
  ),
  NothingToAdopt: entry(
    'There is no such application to adopt',
    'caller',
    false,
    404,
    1,
    'Look for it with `yarn application -list`; name it with `--application`, and where it runs with `--cluster`.',
  ),
  AdoptionRefused: entry(
    'The application cannot be adopted',
    'caller',
    false,
    409,
    4,
    'Mend what is named and ask again; the application runs on untouched.',
  ),
  NothingToRecover: entry(
    'Nothing is known of the job',
    'caller',
    false,
    404,
    1,
    'Check the name; `sluice doctor` lists the jobs that S3 knows and no workflow does.',
  ),
  HistoryLost: entry(
    'The workflow was lost before the outcome was recorded',
    'nobody',
    false,
    500,
    6,
    'See what `sluice status` says of the job now; what is missing can be asked for again.',
  ),
  ClusterUnreachable: entry(
    'The cluster does not answer',
    'platform',
    true,
    503,
    1,
    'Check the ResourceManager; nothing is started while it is unknown what runs.',
  ),
  ClusterRejected: entry('YARN rejected the request', 'platform', false, 502, 1, 'The detail has what YARN said.'),
  SubmissionLost: entry(
    'The application was not accepted as submitted',
    'platform',
    false,
    502,
    1,
    'Look at the diagnostics of the application; the restore point is named.',
  ),
  FlinkUnreachable: entry(
    'The JobManager does not answer',
    'platform',
    true,
    503,
    1,
    'It may be starting or gone; Sluice asks YARN before it decides anything.',
  ),
  FlinkRejected: entry('Flink rejected the request', 'job owner', false, 502, 1, 'The detail has what Flink said.'),
  SavepointFailed: entry(
    'The savepoint failed; the same instance runs on',
    'job owner',
    false,
    500,
    1,
    'The detail has Flink’s reason. The job was not touched; one that is too sick for a savepoint is replaced with `stopWith: checkpoint` (`--stop-with checkpoint`).',
  ),
  SavepointUnknown: entry(
    'It is not known whether the savepoint completed',
    'platform',
    false,
    500,
    6,
    'Look into the savepoint folder that the error names before you start anything.',
  ),
  StartFailed: entry(
    'The new instance did not come up',
    'job owner',
    false,
    500,
    1,
    'The detail has the cause; the restore point is named and kept.',
  ),
  StartTimedOut: entry(
    'The new instance did not come up in time',
    'job owner',
    false,
    500,
    1,
    'Raise upgrade.timeouts.start, or look why containers are not granted.',
  ),
  VerificationFailed: entry(
    'The new instance runs but did not prove healthy',
    'job owner',
    false,
    500,
    1,
    'See the detail: restarts or missing checkpoints.',
  ),
  ConfigOverriddenByCode: entry(
    'The program overrides what the deployment file declares',
    'job owner',
    false,
    422,
    1,
    'Remove the setting from main(): checkpoint storage and retention belong to the platform.',
  ),
  ApplicationNotEnding: entry(
    'The application did not end in time',
    'platform',
    false,
    503,
    1,
    'Ask again: nothing is started before it is confirmed dead.',
  ),
  StorageUnavailable: entry(
    'S3 does not answer',
    'platform',
    true,
    503,
    1,
    'Check the S3 endpoint; the operation waits for it.',
  ),
  StorageDenied: entry(
    'S3 refuses the credentials',
    'platform',
    false,
    502,
    5,
    'Check the credentials of worker and API.',
  ),
  RecordInvalid: entry(
    'A record in the bucket cannot be read',
    'platform',
    false,
    500,
    1,
    'Look at the object that is named: somebody other than Sluice has written it, or a newer Sluice has.',
  ),
  Conflict: entry('The record was changed by somebody else', 'platform', true, 409, 4, 'Read it again, then decide.'),
  TemporalUnavailable: entry(
    'Temporal does not answer',
    'platform',
    true,
    503,
    6,
    'Ask again with the same id: one id is one operation.',
  ),
  ApiUnreachable: entry(
    'The Sluice API does not answer',
    'platform',
    true,
    503,
    6,
    'Check SLUICE_API; ask again with the same --id.',
  ),
  Internal: entry(
    'Something unexpected happened inside Sluice',
    'platform',
    false,
    500,
    1,
    'This is a defect: the log of the worker or API has the details under the request id.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes = Object.keys(errorTable) as readonly ErrorCode[]; // keys of the same literal

/** Whether a string is one of our codes; the inverse of sending only the code through Temporal. */
export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(errorTable, value);
}

/** One wrong place in an input: `path` in dotted notation, `line` and `column` counted from 1 where known. */
export interface InputError {
  readonly path: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly message: string;
}

/** What was seen of the reason; `Cause` of cause.ts has its classes. */
export interface Why {
  readonly class: string;
  readonly evidence: string;
}

interface SluiceErrorOptions {
  readonly cause?: unknown;
  /** Why, in words, where more was seen than the code says. */
  readonly why?: Why | undefined;
  readonly errors?: readonly InputError[];
}

/**
 * The one error class. `message` says what and why with the names of things; what to do comes from the table.
 */
export class SluiceError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly InputError[];
  readonly why: Why | null;

  constructor(code: ErrorCode, message: string, options: SluiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SluiceError';
    this.code = code;
    this.errors = options.errors ?? [];
    this.why = options.why ?? null;
  }
}

/** Whether this is one of our errors, with one of these codes. */
export const isCode = (error: unknown, ...codes: readonly ErrorCode[]): error is SluiceError =>
  error instanceof SluiceError && codes.includes(error.code);

/**
 * For `catch`, where an answer is worth a question and nothing more: null when a part does not answer.
 * @throws whatever is no error of Sluice's.
 */
export function withoutAnswer(error: unknown): null {
  if (error instanceof SluiceError) return null;
  throw error;
}
