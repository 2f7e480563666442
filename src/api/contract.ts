/** Schemas of the answers of the API. The OpenAPI document, the CLI and the tests read these and nothing else. */
import { z } from 'zod';
import { AutoDeployView } from '../domain/auto-deploy/auto-deploy.ts';
import { Cause } from '../domain/errors/cause.ts';
import { keysOf } from '../domain/values/keys-of.ts';
import { CallerView, ProgressView, UsualView } from './caller-contract.ts';
import { checkups } from './checkups.ts';
import { InstanceExceptions, LiveBody, LogItem } from './instance-contract.ts';
import { Deployment } from '../domain/deployment/deployment.ts';
import { HotfixView } from '../domain/hotfix/hotfix.ts';
import { OwnerView } from '../domain/job/belonging.ts';
import { attentionNames } from '../domain/job/list/attention.ts';
import { EndKnownBy } from '../domain/job/state/ending.ts';
import { RecoveryView } from '../domain/job/recovery/view.ts';
import { PendingStop, Rejection, RetentionView, Skipped } from '../domain/job/job-memory.ts';
import { healths, jobStates, phases, recordedKinds, syncs } from '../domain/lifecycle.ts';
import { GivenUpInstance } from '../domain/lock/give-up.ts';
import { wishes } from '../domain/job/state/state.ts';
import { LastOperation } from '../domain/operation/last-operation.ts';
import { OperationRecord } from '../domain/operation/operation.ts';
import { Plan as PlanSchema } from '../domain/plan/plan.ts';
import { Release } from '../domain/release/release.ts';
import { pointStates } from '../domain/restore-points/point-words.ts';
import { RestorePoint } from '../domain/restore-points/restore-point.ts';

export const API_PREFIX = '/api/v1';

export const HolderBody = z
  .object({
    id: z.string(),
    kind: z.enum(recordedKinds),
    actor: z.string(),
    since: z.string(),
    phase: z.enum(keysOf(phases)).nullable(),
  })
  .describe('The operation that holds the job');

const MistakeBody = z.object({
  fileName: z.string().optional(),
  path: z.string(),
  line: z.int().optional(),
  column: z.int().optional(),
  message: z.string(),
});

/** A problem document of RFC 9457. */
export const ProblemBody = z
  .object({
    type: z.string().describe('URI of the kind of problem'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable name of the problem, for programs'),
    detail: z.string().describe('What is wrong and why'),
    hint: z.string().describe('What to do'),
    requestId: z.string().describe('Find it in the log of the API'),
    holder: HolderBody.optional(),
    operation: OperationRecord.optional(),
    errors: z.array(MistakeBody).optional(),
  })
  .describe('What went wrong, why, and what to do (RFC 9457)');
export type ProblemBody = z.infer<typeof ProblemBody>;

export const OperationBody = z.object({ operation: OperationRecord });
export type OperationBody = z.infer<typeof OperationBody>;

/** An operation in the history of its job, with the one that it took back, and the one that took it back. */
export const OperationItem = OperationRecord.extend({
  undoes: z
    .string()
    .nullable()
    .optional()
    .describe(
      'Of a rollback or revertHotfix: the operation that it took back. Null for others. Absent in lists of all jobs, and where nothing tells it',
    ),
  undoneBy: z.string().nullable().optional().describe('The rollback or revertHotfix that took it back'),
});
export type OperationItem = z.infer<typeof OperationItem>;

/** An operation, repeated under `operation` as in the answer to asking for it, so that one reader fits both answers. */
export const OperationResource = OperationItem.extend({ operation: OperationItem });

/** The plan of an operation, with what its job's upgrades took. */
export const Plan = PlanSchema.extend({
  ...UsualView.shape,
  expectedDowntimeMs: z
    .int()
    .nullable()
    .optional()
    .describe('The median of the last upgrades. Null where nothing is replaced, or no upgrade tells'),
});
export type Plan = z.infer<typeof Plan>;

/** Pages about a job; a page is null when it is not configured, or when nothing runs. */
export const Links = z.object({
  self: z.string(),
  temporal: z.string().nullable(),
  yarn: z.string().nullable(),
  flink: z.string().nullable(),
});
export type Links = z.infer<typeof Links>;

const state = z.enum(keysOf(jobStates));
const hotfix = HotfixView.nullable();

export const JobBody = z.object({
  name: z.string(),
  ...OwnerView.shape,
  state,
  stateMeaning: z.string(),
  stateSince: z.string(),
  stateReason: z.string().nullable(),
  desired: z
    .enum(wishes)
    .optional()
    .describe('What somebody wants of it. Absent while a worker of 0.1.0 serves the job'),
  endKnownBy: EndKnownBy.nullable().describe(
    'What says that nothing of it runs any more: the cluster, or a person who killed it by force or gave it up. Null while something may run',
  ),
  givenUp: z
    .array(GivenUpInstance.extend({ risk: z.string() }))
    .optional()
    .describe('Instances that a person gave up and that may still run, newest first, with the risk in words'),
  cause: Cause.extend({ meaning: z.string(), state: z.string(), whatToDo: z.string() })
    .nullable()
    .describe(
      'Why the job failed or is not healthy: the evidence, where its state is, what to do. Null when nothing is wrong',
    ),
  next: z.string().describe('What the state waits for'),
  allowed: z.array(z.string()).describe('Operations that the job takes now'),
  ...CallerView.shape,
  health: z.enum(healths),
  healthReasons: z.array(z.string()).describe('Why the job is not healthy'),
  healthSince: z.string().nullable(),
  sync: z.enum(syncs),
  observedAt: z.string(),
  checkpointAt: z
    .string()
    .nullable()
    .optional()
    .describe(
      'When its newest checkpoint completed, as its watcher saw it last. Null when nothing runs, or none is known',
    ),
  pendingStop: PendingStop.nullable().describe('A stop with savepoint whose outcome is not known yet'),
  retention: RetentionView.optional().describe('Deletion of old restore points: after which operation, why it waits'),
  recovery: RecoveryView.nullable()
    .optional()
    .describe('Restarts and failovers by Sluice itself, by `recovery` of the file; null where the file wants none'),
  operation: OperationRecord.nullable().describe('The operation in progress'),
  ...ProgressView.shape,
  ...UsualView.shape,
  lastOperation: LastOperation.nullable().optional().describe('The operation that ended last'),
  deployment: Deployment.nullable().describe('The deployment that runs, or the last that ran'),
  configuration: z.string().nullable().describe('sha256 of the effective configuration'),
  hotfix: hotfix.describe('Values that override the deployment file, of the deployment that runs or ran last'),
  savepoints: z.array(RestorePoint),
  skippedSavepoints: Skipped.describe('Periodic savepoints that were not taken: busy, unhealthy or not running'),
  periodicSavepoints: z
    .object({
      every: z.int().describe('Milliseconds'),
      schedule: z.string().describe('Id of the schedule in Temporal'),
      nextAt: z.string().nullable().describe('Null when the schedule is paused, or is not there (yet)'),
    })
    .nullable()
    .describe('Periodic savepoints by `savepoints.every`; null when none are to be taken'),
  newestRelease: z.string().nullable().describe('The newest release of its project that has a file for it'),
  attention: z.array(z.enum(attentionNames)).describe('Why a person must look at the job'),
  labels: z.record(z.string(), z.string()),
  description: z.string().nullable(),
  autoDeploy: AutoDeployView.nullable().describe(
    'Whether the newest release deploys itself, and why not. Null when that release does not ask for it, or runs already',
  ),
  rejections: z.object({ last: z.array(Rejection), beyond: z.int() }),
  links: Links,
});
export type JobBody = z.infer<typeof JobBody>;

/** A release without its files. */
export const ReleaseItem = z.object({
  name: z.string().describe('As `deploy` takes it, such as clicks/1.4.2'),
  project: z.string(),
  version: z.string(),
  gitCommit: z.string().nullable(),
  buildUrl: z.string().nullable(),
  createdAt: z.string(),
  publishedAt: z.string().describe('When release.json appeared in S3'),
  jobs: z.array(z.string()).describe('Jobs that have a deployment file in the release'),
  runsAs: z
    .array(z.object({ job: z.string(), deployment: z.int() }))
    .optional()
    .describe('Jobs that run it now, each with the number of its deployment'),
});
export type ReleaseItem = z.infer<typeof ReleaseItem>;

/** The answer for a deployment file without mistakes. */
export const ValidationBody = z.object({
  valid: z.literal(true),
  job: z.string(),
  environment: z.string(),
  file: z.record(z.string(), z.unknown()).describe('The file with every default filled in'),
  warnings: z.array(z.string()).describe('Fields that the file sets and that have no effect yet'),
});
export type ValidationBody = z.infer<typeof ValidationBody>;

/** A job whose workflow was lost with its database. */
export const LostJob = z.object({ name: z.string() });
export type LostJob = z.infer<typeof LostJob>;

export const DoctorBody = z.object({
  broken: z.int().describe('How many things are broken'),
  warnings: z.int(),
  items: z.array(
    z.object({
      check: z.enum(keysOf(checkups)),
      level: z.enum(['ok', 'warning', 'broken']),
      subject: z.string().nullable().describe('The cluster, job, application or file that the finding is about'),
      detail: z.string(),
      meaning: z.string().describe('The sentence that is true when all is well'),
      hint: z.string().describe('The action to take when it is not true'),
    }),
  ),
});
export type DoctorBody = z.infer<typeof DoctorBody>;

/** Each state with its meaning, as the documents of the API say it. */
const pointMeanings = Object.entries(pointStates).map(([state, { meaning }]) => `${state}: ${meaning}`);

/** A restore point with its size, its problem, and whether later deployments left it behind. */
export const RestorePointItem = RestorePoint.extend({
  state: z.enum(keysOf(pointStates)).describe(pointMeanings.join('. ')),
  problem: z.string().nullable().describe('Why the point is broken'),
  bytes: z.int().nullable().describe('Size of all files in its folder. Null when unknown'),
  sharedBytes: z
    .int()
    .nullable()
    .describe(
      'Size of the files that all checkpoints of its Flink job share (incremental checkpoints), which no `bytes` includes. Null for savepoints, and where these are more than 2,000 files',
    ),
  abandoned: z
    .boolean()
    .nullable()
    .describe(
      'Whether it completed on a branch that was left, so that no start chooses it by default. Null when unknown',
    ),
});
export type RestorePointItem = z.infer<typeof RestorePointItem>;

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export const unreadable = z
  .array(z.object({ key: z.string(), problem: z.string() }))
  .describe('Records of this page that cannot be read: the key in S3, and why');

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
  /** Absent where items are no records, and from an API of 0.1.0. */
  readonly unreadable?: readonly z.infer<typeof unreadable>[number][];
}

export const OperationList = listOf(OperationItem).extend({ unreadable });
const live = LiveBody.nullable().describe('Whether the running instance answered; null when nothing runs');
export const RestorePointList = listOf(RestorePointItem).extend({ live, unreadable });
export type RestorePointList = z.infer<typeof RestorePointList>;
export const LogList = listOf(LogItem).extend({
  live,
  gone: z.array(z.string()).describe('Containers of the ended instance whose logs are not listed, and why').default([]),
});
export type LogList = z.infer<typeof LogList>;
export const ExceptionsList = listOf(InstanceExceptions);
export const DeploymentList = listOf(Deployment).extend({ unreadable });
export const LostJobList = listOf(LostJob);
export const ReleaseList = listOf(ReleaseItem).extend({ unreadable });
export const ReleaseBody = Release.extend(ReleaseItem.pick({ name: true, publishedAt: true }).shape);
export type ReleaseBody = z.infer<typeof ReleaseBody>;
