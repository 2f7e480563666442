/** Deployments: the numbered record of what was started, and how it ended. */
import { z } from 'zod';
import { ActiveHotfix, isSameHotfix } from '../hotfix/hotfix.ts';
import { jobTypes } from '../deployment-file/job-type.ts';
import { LauncherName } from '../identity/launcher-name.ts';
import { RestorePoint } from '../restore-points/restore-point.ts';

/** Milliseconds that each wait of an operation may take; from the deployment file. */
const Deadlines = z.strictObject({
  savepoint: z.number().int(),
  stop: z.number().int(),
  start: z.number().int(),
  verify: z.number().int(),
});

/** What is to be started: everything that is known before an application id and an epoch are taken. */
export const DeploymentPlan = z.strictObject({
  job: z.string(),
  release: z.string(),
  gitCommit: z.string().nullable(),
  environment: z.string(),
  owner: z.string(),
  flinkVersion: z.string(),
  cluster: z.string(),
  launcher: LauncherName,
  jar: z.strictObject({ key: z.string(), name: z.string(), sha256: z.string(), size: z.number().int() }),
  /** sha256 of the deployment file's text as released. */
  file: z.string(),
  parallelism: z.number().int(),
  /** What of it there is to keep. */
  jobType: z.enum(jobTypes).default('streaming'),
  checkpointing: z.boolean(),
  verify: z.strictObject({ checkpoints: z.number().int(), maxRestarts: z.number().int() }),
  onFailedStart: z.enum(['rollback', 'stop']),
  allowNonRestoredState: z.boolean(),
  /** Flink's `state.backend.type`, which decides what can read its checkpoints. */
  stateBackend: z.string().default('hashmap'),
  /** Milliseconds; for `stopWith: checkpoint`. */
  maxCheckpointAge: z.number().int().default(300_000),
  deadlines: Deadlines,
  /** What the file says of savepoints; null: started before that was heeded, so nothing is taken or deleted for it. */
  savepoints: z
    .strictObject({
      /** Milliseconds between periodic ones; null: none. */
      every: z.number().int().nullable(),
      keep: z.strictObject({ count: z.number().int(), maxAge: z.number().int() }),
    })
    .nullable()
    .default(null),
  /** What overrides the deployment file. */
  hotfix: ActiveHotfix.nullable().default(null),
});
export type DeploymentPlan = z.infer<typeof DeploymentPlan>;

/** How an instance ended; `replaced` was taken down by an operation that starts another one. */
export const endings = ['stopped', 'replaced', 'killed', 'failed', 'finished'] as const;
export type Ending = (typeof endings)[number];

/** What an application that somebody else had started brings along. */
const Adopted = z.strictObject({
  /** Its name on YARN, and its user. */
  name: z.string(),
  user: z.string(),
  /** Folder that holds its `chk-N`, `<directory>/<Flink job id>`; null where it is not in our bucket, or nobody can tell. */
  checkpoints: z.string().nullable(),
});

export const Deployment = DeploymentPlan.extend({
  number: z.number().int(),
  operationId: z.string(),
  startKey: z.string(),
  epoch: z.number().int(),
  /** Until Flink's client has submitted one, the launcher's. */
  applicationId: z.string(),
  /** The application that ran Flink's client; null when there is none. */
  runner: z.string().nullable().default(null),
  flinkJobId: z.string(),
  startedAt: z.string(),
  /** sha256 of the effective configuration's text; null until it was rendered. */
  configuration: z.string().nullable(),
  restorePoint: RestorePoint.nullable(),
  /** When every task was RUNNING for the first time; null if that never happened. */
  runningAt: z.string().nullable(),
  /** When it had proven healthy; null if it never did, or was started before that was noted. */
  verifiedAt: z.string().nullable().default(null),
  /** Flink's maximum parallelism, where every operator has the same; null: not known. */
  maxParallelism: z.number().int().nullable().default(null),
  /** Addresses (`host:port`) of NodeManagers that are known to have hosted its containers; asked when it must be dead. */
  nodes: z.array(z.string()).default([]),
  /** The highest checkpoint known to have completed; null if none is known. */
  completedCheckpoint: z.number().int().nullable(),
  ended: z
    .strictObject({
      at: z.string(),
      how: z.enum(endings),
      /** The savepoint that stopping took. */
      savepoint: RestorePoint.nullable(),
    })
    .nullable(),
  /** Null for what Sluice has started itself. */
  adopted: Adopted.nullable().default(null),
});
export type Deployment = z.infer<typeof Deployment>;

/** The application id by which the fence knows its start. */
export const reservedId = ({ applicationId, runner }: Deployment): string => runner ?? applicationId;

/** Whether it is a base to go on from: it was seen running, or left a checkpoint though it never was. */
export const hasRun = ({ runningAt, completedCheckpoint }: Deployment): boolean =>
  runningAt !== null || completedCheckpoint !== null;

/** Whether it came up and stayed: one that crashed later did, one that failed while it was verified did not. */
const cameUp = (deployment: Deployment): boolean =>
  deployment.verifiedAt !== null || (hasRun(deployment) && deployment.ended?.how !== 'failed');

const runsTheSame = (a: Deployment, b: Deployment): boolean =>
  a.release === b.release && a.file === b.file && a.jar.sha256 === b.jar.sha256 && isSameHotfix(a.hotfix, b.hotfix);

/** Where a rollback goes that names no number: the newest before `from` that came up and ran something else. */
export const rollbackTarget = (deployments: readonly Deployment[], from: Deployment): Deployment | null =>
  deployments
    .filter((one) => one.number < from.number && cameUp(one) && !runsTheSame(one, from))
    .reduce<Deployment | null>((newest, one) => (newest && newest.number > one.number ? newest : one), null);

const Stripped = z.object(DeploymentPlan.shape);

/** What of a deployment is to be started again: its plan, without what belonged to that one start. */
export const planOf = (deployment: Deployment): DeploymentPlan => Stripped.parse(deployment);
