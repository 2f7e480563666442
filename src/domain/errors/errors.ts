/* eslint-disable max-lines -- one table, each row on the lines that the formatter gives it */
/**
 * The table of errors: everything that Sluice can report as an error. API, CLI, activities and documents read it; only the
 * code travels through Temporal.
 */

import { keysOf } from '../values/keys-of.ts';

/** The actor must act for the error to go away. */
export type ErrorActor = 'caller' | 'job owner' | 'platform' | 'nobody';

interface ErrorEntry {
  /** A sentence that says what went wrong. */
  readonly title: string;
  readonly actor: ErrorActor;
  /** Whether a repeated activity may succeed. */
  readonly retry: boolean;
  /** HTTP status of the problem document. */
  readonly status: number;
  /** Exit code of the CLI: 1 failed, 2 usage, 3 timed out, 4 busy or not allowed, 5 denied, 6 outcome unknown. */
  readonly exit: number;
  /** Advice for the reader; the problem document has it as `hint`. */
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
    'Correct the fields that the error names, and send the request again.',
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
    'Correct the lines that the error names; `sluice validate <file>` shows all errors at once.',
  ),
  PayloadTooLarge: entry(
    'The request body is too large',
    'caller',
    false,
    413,
    2,
    'Send at most 1 MiB, and publish files in a release.',
  ),
  UnsupportedMediaType: entry(
    'The request does not say that it is JSON',
    'caller',
    false,
    415,
    2,
    'Send the header `Content-Type: application/json` with every request that can change something, also without a body.',
  ),
  HostNotAllowed: entry(
    'The API does not answer under this host name',
    'caller',
    false,
    421,
    5,
    'Use the address on which the API listens, or have the platform team add the host that the error names to `api.hosts` of the configuration.',
  ),
  OriginNotAllowed: entry(
    'A page of another site may not use the API',
    'caller',
    false,
    403,
    5,
    'Call the API from a program, such as the CLI. For a page of this API behind a proxy, have the platform team add the host of the page to `api.hosts` of the configuration.',
  ),
  Unauthenticated: entry(
    'Nobody is known by what the request shows',
    'caller',
    false,
    401,
    5,
    'Log in with `sluice login` where the installation has logins. Otherwise send a token in the header `Authorization: Bearer slc_…`; the CLI takes it from `--token` or SLUICE_TOKEN. An admin makes one with `sluice token create`.',
  ),
  CsrfRequired: entry(
    'The request does not show the value of its session',
    'caller',
    false,
    403,
    5,
    'Send the `csrf` of `GET /session` in the header `X-Sluice-CSRF`. A program needs no cookie: it sends `Authorization`.',
  ),
  LoginDenied: entry(
    'The identity provider did not let the person in',
    'caller',
    false,
    403,
    5,
    'Log in again. If that does not help, ask the platform team about your account at the identity provider.',
  ),
  LoginUnavailable: entry(
    'The identity provider does not answer',
    'platform',
    true,
    503,
    1,
    'Try again. If it persists, look at `access.oidc` of the configuration and whether the API reaches the issuer.',
  ),
  Forbidden: entry(
    'The caller may not do this',
    'caller',
    false,
    403,
    5,
    'Ask an admin of this Sluice for the role that the error names; `sluice can-i` shows what you may do.',
  ),
  TooManyRequests: entry(
    'Too many bad tokens came from this address',
    'caller',
    false,
    429,
    5,
    'Send a valid token: it is taken at any time. With another one, wait as long as the header `Retry-After` says.',
  ),
  TooManyStreams: entry(
    'The caller has too many event streams open',
    'caller',
    false,
    429,
    4,
    'Close some of your streams, for example in other tabs, and ask again after the time in the header `Retry-After`.',
  ),
  Declined: entry('Nothing was done', 'caller', false, 409, 1, 'Ask again and answer `y`, or give `--yes`.'),
  NotFound: entry(
    'Nothing with this name exists',
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
    'Wait for it with `sluice wait <job>`, or end it with `sluice cancel <job>`. `sluice kill <job> --force` takes its place.',
  ),
  CommandNotAllowed: entry(
    'The state of the job does not allow this operation',
    'caller',
    false,
    409,
    4,
    'See with `sluice status <job>` what the state allows.',
  ),
  CampaignOver: entry(
    'The campaign does not take this any more',
    'caller',
    false,
    409,
    4,
    'See with `sluice campaign status <id>` what became of its jobs; a new campaign can go on with the others.',
  ),
  PlanOutdated: entry(
    'The plan is outdated, because something changed since',
    'caller',
    false,
    412,
    4,
    'Plan again with `sluice plan`, read what changed, and ask with the new revision.',
  ),
  OperationIdReused: entry(
    'This operation id was used for another request',
    'caller',
    false,
    422,
    2,
    'Choose a new id, because an id names the same operation for ever.',
  ),
  Undecodable: entry(
    'The message could not be decoded',
    'caller',
    false,
    422,
    2,
    'Send JSON in the form that the API documentation of the operation shows.',
  ),
  LockLost: entry(
    'Another holder took over this operation or started the job since',
    'platform',
    false,
    409,
    4,
    'See with `sluice history <job>` what the other holder does. This operation started nothing after that.',
  ),
  Cancelled: entry(
    'The operation was cancelled',
    'nobody',
    false,
    409,
    1,
    'See with `sluice status <job>` what runs now, and ask again when you want the operation.',
  ),
  Superseded: entry(
    'A more urgent operation replaced this one',
    'nobody',
    false,
    409,
    1,
    'Follow the operation that the error names with `sluice history <job>`.',
  ),
  StopPending: entry(
    'A stop of the job with a savepoint has no known outcome yet',
    'job owner',
    false,
    409,
    4,
    'Wait until Flink, or the folder of the savepoint, shows the outcome; until then the job accepts only `sluice kill` and `sluice failover`.',
  ),
  OperationTimedOut: entry(
    'The operation did not end in time',
    'job owner',
    false,
    504,
    3,
    'See with `sluice status <job>` whether the operation still runs or has ended since.',
  ),
  ReleaseNotFound: entry(
    'The release does not exist',
    'caller',
    false,
    404,
    1,
    'List the releases with `sluice releases`, or publish this one with `sluice publish`.',
  ),
  NotOwner: entry(
    'The job belongs to another project, owner team or environment',
    'caller',
    false,
    409,
    4,
    'Check the job name in the deployment file. Hand the job over with `sluice transfer` first if the new owner is meant.',
  ),
  SignatureRefused: entry(
    'The request is not signed as this Sluice requires',
    'platform',
    false,
    403,
    5,
    'Ask through the API, which signs requests. If the API itself is refused, compare `signing` in the configurations of API and worker.',
  ),
  ForeignState: entry(
    'The restore point belongs to another job',
    'caller',
    false,
    409,
    4,
    'Check the path. Accept it with `foreignState: true` (`--foreign-state`) if this job is to begin from a copy of that state.',
  ),
  ReleaseInvalid: entry(
    'The release.json of the release is invalid',
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
    'Publish under a new version, because a release never changes.',
  ),
  DeploymentFileNotFound: entry(
    'The release has no deployment file for this job',
    'caller',
    false,
    422,
    1,
    'Publish a release that has a deployment file with this job name.',
  ),
  JarMissing: entry(
    'A JAR or file of the release is not in S3',
    'job owner',
    false,
    422,
    1,
    'Publish the release again under a new version.',
  ),
  JarMismatch: entry(
    'A JAR or file in S3 is not the one that was published',
    'platform',
    false,
    422,
    1,
    'Find out who changed the object in S3, and publish the release again under a new version.',
  ),
  EntryClassMissing: entry(
    'The JAR does not contain the entry class',
    'job owner',
    false,
    422,
    1,
    'Correct job.entryClass in the deployment file, or the build that makes the JAR.',
  ),
  RestorePointNotFound: entry(
    'There is no restore point to start from',
    'caller',
    false,
    422,
    1,
    'List the restore points with `sluice restore-points <job>`, or start without state with `--from fresh`.',
  ),
  RestorePointBroken: entry(
    'The restore point cannot be used',
    'caller',
    false,
    422,
    1,
    'Choose another restore point from `sluice restore-points <job>`.',
  ),
  JobFinished: entry(
    'The Flink job has reached its end, so there is no state to go on from',
    'caller',
    false,
    422,
    1,
    'Run it anew with `--from fresh`; if somebody stopped it with tools of Flink, name their savepoint with `--from <path>`.',
  ),
  RestorePointNotKept: entry(
    'Stopping the job would delete this restore point',
    'caller',
    false,
    422,
    2,
    'Start from what the stop leaves: `--from latest`, or `--from latest-checkpoint --stop-with checkpoint`.',
  ),
  DiscardsNewerState: entry(
    'This would start the job from older state',
    'caller',
    false,
    422,
    2,
    'Choose the newest state, or accept the loss with `discardNewerState: true` (`--discard-newer-state`).',
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
    'Take a savepoint with the Flink version that wrote the state, or accept the risk with `acceptStateRisk: true` (`--accept-state-risk`).',
  ),
  HotfixRefused: entry(
    'The hotfix does not fit the deployment file',
    'caller',
    false,
    422,
    2,
    'Correct the paths that the error names with another hotfix, or revert the active one with `sluice hotfix <job> --revert`.',
  ),
  NotRunningNow: entry(
    'The Flink job is not RUNNING, so it can take no savepoint',
    'caller',
    false,
    409,
    1,
    'Use `stopWith: checkpoint` (`--stop-with checkpoint`); the job then goes on from its newest complete checkpoint.',
  ),
  DeploymentNotFound: entry(
    'The job has no such deployment',
    'caller',
    false,
    422,
    1,
    'List the deployments with `sluice deployments <job>`.',
  ),
  UnknownCluster: entry(
    'The cluster is not configured',
    'job owner',
    false,
    422,
    1,
    'List the clusters with `sluice clusters` and correct placement.cluster.',
  ),
  ClusterCordoned: entry(
    'The cluster takes no new starts',
    'caller',
    false,
    409,
    4,
    'Start the job on another cluster of its deployment file with `sluice failover`, or have an admin take the cordon away with `sluice cluster uncordon`.',
  ),
  HandoverRefused: entry(
    'The next application cannot come up beside the old one',
    'job owner',
    false,
    409,
    4,
    'Mend what the detail names, or set upgrade.handover to auto: the old instance is then stopped first.',
  ),
  MoveRefused: entry(
    'The job cannot move to this cluster',
    'caller',
    false,
    409,
    4,
    'Choose one of the clusters that the error names with `--to`, or add the cluster to placement.backups of the deployment file and deploy it.',
  ),
  NotFenced: entry(
    'The old instance may still run, and nobody can end it',
    'caller',
    false,
    409,
    4,
    'Wait until its cluster answers. To accept the risk, ask again with `--confirm-unfenced` and `--reason <text>` (`confirmUnfenced: true`), which needs the permission confirmUnfenced.',
  ),
  UnknownFlinkVersion: entry(
    'The platform does not provide this Flink version',
    'job owner',
    false,
    422,
    1,
    'Use a version that the error names, or ask the platform team to add yours.',
  ),
  LauncherUnavailable: entry(
    'The cluster does not offer this launcher',
    'job owner',
    false,
    422,
    1,
    'Use `launcher: auto`, or a launcher that `sluice clusters` lists.',
  ),
  QueueNotFound: entry(
    'The YARN queue does not exist or takes no applications',
    'job owner',
    false,
    422,
    1,
    'Correct yarn.queue; the error names the queues of the cluster.',
  ),
  NodeLabelNotFound: entry(
    'The cluster has no such node label, or the queue may not use it',
    'job owner',
    false,
    422,
    1,
    'Correct yarn.nodeLabel or yarn.taskmanager.node-label; the error names the labels of the cluster.',
  ),
  QueueFull: entry(
    'The YARN queue has no room',
    'platform',
    false,
    409,
    1,
    'Wait until the queue has room, end another application in it, or choose another queue.',
  ),
  ResourcesTooLarge: entry(
    'The job needs more resources than the cluster allows',
    'job owner',
    false,
    422,
    1,
    'Reduce memory, vcores or parallelism; the error names the maximum.',
  ),
  WarmUpFailed: entry(
    'The warm-up made no class archives',
    'platform',
    false,
    502,
    1,
    'Starts go on without class archives. Mend what the detail names, and run `sluice distribution warm` again.',
  ),
  LaunchContextTooLarge: entry(
    'The launch context exceeds what YARN accepts',
    'job owner',
    false,
    422,
    1,
    'Shorten arguments and options, and put big values into a file.',
  ),
  ForeignInstance: entry(
    'An application of this job runs that Sluice did not start',
    'job owner',
    false,
    409,
    4,
    'Take the application over with `sluice adopt`, or end it with `yarn application -kill`; the error names its id, user and cluster.',
  ),
  NothingToAdopt: entry(
    'There is no such application to adopt',
    'caller',
    false,
    404,
    1,
    'Find the application with `yarn application -list`, and name it with `--application` and `--cluster`.',
  ),
  AdoptionRefused: entry(
    'The application cannot be adopted',
    'caller',
    false,
    409,
    4,
    'Correct what the error names, and ask again. The application runs on untouched.',
  ),
  NothingToRecover: entry(
    'Sluice has no records of the job',
    'caller',
    false,
    404,
    1,
    'Check the name; `sluice doctor` lists the jobs that have records in S3 but no workflow.',
  ),
  HistoryLost: entry(
    'The workflow was lost before the outcome was recorded',
    'nobody',
    false,
    500,
    6,
    'See with `sluice status <job>` what runs now, and ask again for what is missing.',
  ),
  ClusterUnreachable: entry(
    'The cluster does not answer',
    'platform',
    true,
    503,
    1,
    'Check the ResourceManager. Sluice starts nothing while it cannot see what runs.',
  ),
  ClusterRejected: entry(
    'YARN rejected the request',
    'platform',
    false,
    502,
    1,
    'Read the answer of YARN in the detail, and correct what it names.',
  ),
  SubmissionLost: entry(
    'YARN did not accept the application as submitted',
    'platform',
    false,
    502,
    1,
    'Read the diagnostics of the application. The restore point that the error names is kept.',
  ),
  FlinkUnreachable: entry(
    'The JobManager does not answer',
    'platform',
    true,
    503,
    1,
    'Wait, because the JobManager may be starting or gone; Sluice asks YARN before it decides anything.',
  ),
  FlinkRejected: entry(
    'Flink rejected the request',
    'job owner',
    false,
    502,
    1,
    'Read the answer of Flink in the detail, and correct what it names.',
  ),
  SavepointFailed: entry(
    'The savepoint failed; the same instance runs on',
    'job owner',
    false,
    500,
    1,
    'Read Flink’s reason in the detail. If the job is too ill for a savepoint, use `stopWith: checkpoint` (`--stop-with checkpoint`).',
  ),
  SavepointUnknown: entry(
    'It is not known whether the savepoint completed',
    'platform',
    false,
    500,
    6,
    'Look for a complete savepoint in the folder that the error names before you start anything.',
  ),
  StartFailed: entry(
    'The new instance did not come up',
    'job owner',
    false,
    500,
    1,
    'Read `sluice exceptions <job>` and `sluice logs <job> --operation <id>`, and correct the cause. The restore point that the error names is kept.',
  ),
  StartTimedOut: entry(
    'The new instance did not come up in time',
    'job owner',
    false,
    500,
    1,
    'Find out why YARN grants no containers, or raise upgrade.timeouts.start if the start is only slow.',
  ),
  VerificationFailed: entry(
    'The new instance ran but did not prove healthy',
    'job owner',
    false,
    500,
    1,
    'Read in the detail whether it restarted or completed no checkpoints, and correct the cause.',
  ),
  SlotsMissing: entry(
    'The cluster did not give the slots for the parallelism that was asked for',
    'platform',
    false,
    503,
    1,
    'Ask for less parallelism, or make room on the cluster or in the queue: `sluice clusters` shows the free resources. The job runs on as before.',
  ),
  RescaleFailed: entry(
    'The running job did not come to another parallelism',
    'job owner',
    false,
    500,
    1,
    'Read in the detail what Flink did. The job runs on as before; `--stop-with savepoint` starts it anew with the value instead.',
  ),
  ConfigOverriddenByCode: entry(
    'The program overrides what the deployment file declares',
    'job owner',
    false,
    422,
    1,
    'Remove the setting from main(), because Sluice decides checkpoint storage and retention.',
  ),
  ApplicationNotEnding: entry(
    'The application did not end in time',
    'platform',
    false,
    503,
    1,
    'Ask again later, because Sluice starts nothing before the application is confirmed dead. If its node is lost for good, use `sluice kill --force`; if its cluster is, add `--give-up`.',
  ),
  StorageUnavailable: entry(
    'S3 does not answer',
    'platform',
    true,
    503,
    1,
    'Check the S3 endpoint. The operation waits until S3 answers.',
  ),
  StorageDenied: entry(
    'S3 refuses the credentials',
    'platform',
    false,
    502,
    5,
    'Check the S3 credentials of the worker and the API.',
  ),
  RecordInvalid: entry(
    'A record in the bucket cannot be read',
    'platform',
    false,
    500,
    1,
    'Look at the object that the error names: a newer Sluice, or another program, wrote it.',
  ),
  Conflict: entry(
    'Somebody else changed the record at the same time',
    'platform',
    true,
    409,
    4,
    'Read the record again, then repeat the request if you still want it.',
  ),
  TemporalUnavailable: entry(
    'Temporal does not answer',
    'platform',
    true,
    503,
    6,
    'Check that Temporal runs and that the API reaches it, then ask again.',
  ),
  WorkflowTasksFail: entry(
    "The tasks of the job's workflow fail, so it takes no message",
    'platform',
    false,
    409,
    4,
    'Look for the job in the log of the workers, and start newer workers if there are any. Else terminate `flink-job:<job>` in Temporal and run `sluice recover <job>`: what runs goes on meanwhile.',
  ),
  ApiUnreachable: entry(
    'The Sluice API does not answer',
    'platform',
    true,
    503,
    6,
    'Check SLUICE_API and that the API runs, then ask again.',
  ),
  Internal: entry(
    'Something unexpected happened inside Sluice',
    'platform',
    false,
    500,
    1,
    'Report this defect to the platform team; the log of the worker or API has the details under the request id.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes: readonly ErrorCode[] = keysOf(errorTable);

/** Tells whether a text is one of these codes; Temporal carries a code as the type of a failure. */
export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(errorTable, value);
}

/**
 * Failures after which nobody knows whether the attempt has acted: a system gave no answer or one that nobody can use, or
 * Sluice has a defect. With every other code an activity has decided, or a system has refused, before anything was changed.
 */
export const undecidedCodes: ReadonlySet<ErrorCode> = new Set([
  'StorageUnavailable',
  'StorageDenied',
  'RecordInvalid',
  'Conflict',
  'ClusterUnreachable',
  'FlinkUnreachable',
  'TemporalUnavailable',
  'OperationTimedOut',
  'Internal',
]);

/** An error at one place of an input: `path` is in dotted notation, `line` and `column` count from 1. */
export interface InputError {
  readonly path: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly message: string;
}

/** The reason of an error as far as it was seen; `Cause` in cause.ts has the classes. */
export interface Why {
  readonly class: string;
  readonly evidence: string;
}

interface SluiceErrorOptions {
  readonly cause?: unknown;
  /** The reason, where more was seen than the code says. */
  readonly why?: Why | undefined;
  readonly errors?: readonly InputError[];
  readonly neverRan?: boolean;
  readonly untouched?: boolean;
}

/** The error class of Sluice. `message` says what happened and why, with names; the table says what to do. */
export class SluiceError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly InputError[];
  readonly why: Why | null;
  /** Whether it tells of the end of an instance none of whose tasks had run. */
  readonly neverRan: boolean;
  /** Whether the fence is known to be as it was before the call. */
  readonly untouched: boolean;

  constructor(code: ErrorCode, message: string, options: SluiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SluiceError';
    this.code = code;
    this.errors = options.errors ?? [];
    this.why = options.why ?? null;
    this.neverRan = options.neverRan ?? false;
    this.untouched = options.untouched ?? false;
  }
}

/** The same error with further words about it, because an error cannot be changed. */
export const copyOf = (
  { code, message, cause, errors, why, neverRan, untouched }: SluiceError,
  more: Pick<SluiceErrorOptions, 'neverRan' | 'untouched'>,
): SluiceError =>
  new SluiceError(code, message, { cause, errors, why: why ?? undefined, neverRan, untouched, ...more });

/** Tells whether this is an error of Sluice with one of these codes. */
export const isCode = (error: unknown, ...codes: readonly ErrorCode[]): error is SluiceError =>
  error instanceof SluiceError && codes.includes(error.code);

/**
 * Turns an error of Sluice into null, for a `catch` after a question that may stay unanswered.
 * @throws any other error, which is a defect.
 */
export function withoutAnswer(error: unknown): null {
  if (error instanceof SluiceError) return null;
  throw error;
}
