/** Deployments: the numbered records of each start of a job, and of how it ended. */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { ClassArchiveUse } from '../distribution/distribution.ts';
import { ActiveHotfix } from '../hotfix/hotfix.ts';
import { NO_PRIORITY } from './priority.ts';
import { jobTypes } from '../deployment-file/job-type.ts';
import { LauncherName } from '../identity/launcher-name.ts';
import { RestorePoint } from '../restore-points/restore-point.ts';
import { Placed } from './placed.ts';
import { Rescaling, Revision } from './revision.ts';
import { StoredFile } from './shipped-files.ts';

/** Milliseconds that each wait of an operation may take, from the deployment file. */
const Deadlines = z.strictObject({
  savepoint: z.number().int(),
  stop: z.number().int(),
  start: z.number().int(),
  verify: z.number().int(),
});

/** The section `recovery.restart` of a deployment file. Times are milliseconds. */
export const RestartPolicy = z.strictObject({
  /** Restarts within the window after which people must look. */
  maxAttempts: z.number().int(),
  window: z.number().int(),
  /** The wait before the second restart of a window, which doubles with each further one up to `max`. */
  backoff: z.strictObject({ initial: z.number().int(), max: z.number().int() }),
  /** How long an instance is degraded before Sluice restarts it; null: Flink alone restarts its tasks. */
  whenDegradedFor: z.number().int().nullable().default(null),
});
export type RestartPolicy = z.infer<typeof RestartPolicy>;

/** The plan of a deployment: everything that is decided before the start takes an application id and an epoch. */
export const DeploymentPlan = z.strictObject({
  job: z.string(),
  release: z.string(),
  gitCommit: z.string().nullable(),
  environment: z.string(),
  owner: z.string(),
  flinkVersion: z.string(),
  /** The folder of the published distribution; null for the one that the configuration names. */
  distribution: z.string().nullable().default(null),
  /** Whether it uses class archives; null in records of before Sluice made any. */
  classArchive: ClassArchiveUse.nullable().default(null),
  cluster: z.string(),
  launcher: LauncherName,
  jar: StoredFile,
  /** sha256 of the text that lists its `ShippedFiles`; null when it ships none. */
  shipped: z.string().nullable().default(null),
  /** sha256 of the deployment file's text as released. */
  file: z.string(),
  parallelism: z.number().int(),
  /** The type decides whether the job has state to keep. */
  jobType: openEnum(jobTypes, 'streaming').default('streaming'),
  checkpointing: z.boolean(),
  verify: z.strictObject({
    checkpoints: z.number().int(),
    maxRestarts: z.number().int(),
    /** Milliseconds without a restart. */
    stableFor: z.number().int().default(0),
  }),
  onFailedStart: openEnum(['rollback', 'stop'], 'stop'),
  allowNonRestoredState: z.boolean(),
  /** Flink's `state.backend.type`: only the same backend can read the checkpoints. */
  stateBackend: z.string().default('hashmap'),
  /** Milliseconds; a stop with `stopWith: checkpoint` refuses an older checkpoint. */
  maxCheckpointAge: z.number().int().default(300_000),
  deadlines: Deadlines,
  /** The section `savepoints` of the file. Null in records of before Sluice heeded it: it then takes and deletes none. */
  savepoints: z
    .strictObject({
      /** Milliseconds between periodic savepoints; null for none. */
      every: z.number().int().nullable(),
      keep: z.strictObject({ count: z.number().int(), maxAge: z.number().int() }),
    })
    .nullable()
    .default(null),
  /** When Sluice starts a failed instance again by itself. Null: never, as in records of before Sluice did. */
  restart: RestartPolicy.nullable().default(null),
  /** The least comes first where Sluice brings many jobs up. In records of before Sluice heeded it, the last of all. */
  priority: z.number().int().default(NO_PRIORITY),
  /** The clusters that the file names, and where a person moved the job. Null in records of before Sluice moved jobs. */
  placed: Placed.nullable().default(null),
  /** Values that override the deployment file. */
  hotfix: ActiveHotfix.nullable().default(null),
});
export type DeploymentPlan = z.infer<typeof DeploymentPlan>;

/** Ways in which an instance ends; an instance that is `replaced` was taken down by an operation that starts another one. */
export const endings = ['stopped', 'replaced', 'killed', 'failed', 'finished'] as const;
export type Ending = (typeof endings)[number];

/** The end of an instance that nobody asked Sluice to end. A job is only stopped where somebody wanted that. */
export const unmeant = <How extends Ending>(how: How): Exclude<How, 'killed'> | 'failed' =>
  how === 'killed' ? 'failed' : (how as Exclude<How, 'killed'>); // just compared

/**
 * Ends that Sluice did not bring about, by their author: the instance `itself` failed, a `hand` outside of Sluice killed or
 * cancelled it, or its `cluster` came back without it or left it without S3 for longer than its lease.
 */
export const endedBy = ['itself', 'hand', 'cluster'] as const;
export type EndedBy = (typeof endedBy)[number];

/** Tells who ended an instance that Sluice found ended. */
export const endedByOf = ({
  how,
  isLost = false,
}: {
  readonly how: Ending;
  readonly isLost?: boolean | undefined;
}): EndedBy => (isLost ? 'cluster' : how === 'killed' ? 'hand' : 'itself');

/** Facts about an adopted application that come from its earlier owner. */
const Adopted = z.strictObject({
  /** The application's name on YARN. */
  name: z.string(),
  user: z.string(),
  /** The folder of its `chk-N`, `<directory>/<Flink job id>`; null when it is unknown or outside of our bucket. */
  checkpoints: z.string().nullable(),
});

export const Deployment = DeploymentPlan.extend({
  number: z.number().int(),
  operationId: z.string(),
  startKey: z.string(),
  epoch: z.number().int(),
  /** The id of the instance; until Flink's client has submitted it, the id of the launcher. */
  applicationId: z.string(),
  /** The application that ran Flink's client; null for a start without one. */
  runner: z.string().nullable().default(null),
  flinkJobId: z.string(),
  startedAt: z.string(),
  /** sha256 of the effective configuration's text; null until it is rendered. */
  configuration: z.string().nullable(),
  restorePoint: RestorePoint.nullable(),
  /** When every task was RUNNING for the first time; null if that was never seen. */
  runningAt: z.string().nullable(),
  /** When the instance had proven healthy; null if it never did, or in records of before Sluice noted it. */
  verifiedAt: z.string().nullable().default(null),
  /** Flink's maximum parallelism; null where it is unknown, or differs between operators. */
  maxParallelism: z.number().int().nullable().default(null),
  /** Addresses of NodeManagers that hosted its containers, in records of before Sluice kept traces (`lock/traces.ts`). */
  nodes: z.array(z.string()).default([]),
  /** The highest checkpoint that is known to have completed, wherever it lies: it only rises. Null while none is known. */
  completedCheckpoint: z.number().int().nullable(),
  /** URI of that checkpoint; absent where Flink names none. */
  newestCheckpoint: z.string().optional(),
  ended: z
    .strictObject({
      at: z.string(),
      how: openEnum(endings, 'failed'),
      /** The savepoint with which the instance was stopped. */
      savepoint: RestorePoint.nullable(),
      /**
       * Whether it is known how far the job had come: its JobManager told at the end, or it is proven that it never ran. Then
       * no completed checkpoint means that there was none. Absent in records of before Sluice noted it.
       */
      counted: z.boolean().optional(),
      /** The author of an end that Sluice did not bring about; absent for others, and in records of before Sluice noted it. */
      by: openEnum(endedBy, 'hand').optional(),
      /** A person asked for the end of the job after this one, so Sluice starts nothing by itself; absent for others. */
      staysDown: z.boolean().optional(),
    })
    .nullable(),
  /** Whether its JVMs run only with the job's gate open; false in records of before Sluice had gates. */
  gated: z.boolean().default(false),
  /**
   * Milliseconds of the lease that its JVMs keep; null without one, and in records of before Sluice had leases. Set by the
   * worker that submitted the instance, because an older worker gives it none.
   */
  lease: z.number().int().nullable().default(null),
  /** Null for an instance that Sluice started itself. */
  adopted: Adopted.nullable().default(null),
  /**
   * Changes that reached the running instance in place, oldest first; the newest five. `parallelism`, `hotfix` and `configuration`
   * are those of the newest. Absent where there was none, and in records of before Sluice rescaled in place.
   */
  revisions: z.array(Revision).optional(),
  /** The change of parallelism that is not decided; absent or null where there is none. */
  rescaling: Rescaling.nullable().optional(),
});
export type Deployment = z.infer<typeof Deployment>;

/** The application id under which the fence has its start. */
export const reservedId = ({ applicationId, runner }: Deployment): string => runner ?? applicationId;

/** Tells whether a start can go on from the deployment: it was seen running, or at least left a checkpoint. */
export const hasRun = ({
  runningAt,
  completedCheckpoint,
}: Pick<Deployment, 'runningAt' | 'completedCheckpoint'>): boolean =>
  runningAt !== null || completedCheckpoint !== null;

const Stripped = z.object(DeploymentPlan.shape);

/** Reduces a deployment to its plan, so that it can be started again. */
export const planOf = (deployment: Deployment): DeploymentPlan => Stripped.parse(deployment);
