/** Deployments: the numbered record of what was started, and how it ended. */
import { z } from 'zod';
import { RestorePoint } from './restore-point.ts';

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
  launcher: z.enum(['direct']),
  jar: z.strictObject({ key: z.string(), name: z.string(), sha256: z.string(), size: z.number().int() }),
  /** sha256 of the deployment file's text as released. */
  file: z.string(),
  parallelism: z.number().int(),
  checkpointing: z.boolean(),
  verify: z.strictObject({ checkpoints: z.number().int(), maxRestarts: z.number().int() }),
  onFailedStart: z.enum(['rollback', 'stop']),
  allowNonRestoredState: z.boolean(),
  deadlines: Deadlines,
});
export type DeploymentPlan = z.infer<typeof DeploymentPlan>;

export const Deployment = DeploymentPlan.extend({
  number: z.number().int(),
  operationId: z.string(),
  startKey: z.string(),
  epoch: z.number().int(),
  applicationId: z.string(),
  flinkJobId: z.string(),
  startedAt: z.string(),
  /** sha256 of the effective configuration's text; null until it was rendered. */
  configuration: z.string().nullable(),
  restorePoint: RestorePoint.nullable(),
  /** When every task was RUNNING for the first time; null if that never happened. */
  runningAt: z.string().nullable(),
  /** The highest checkpoint known to have completed; null if none is known. */
  completedCheckpoint: z.number().int().nullable(),
  ended: z
    .strictObject({
      at: z.string(),
      how: z.enum(['stopped', 'killed', 'failed', 'finished']),
      /** The savepoint that stopping took. */
      savepoint: RestorePoint.nullable(),
    })
    .nullable(),
});
export type Deployment = z.infer<typeof Deployment>;

const Stripped = z.object(DeploymentPlan.shape);

/** What of a deployment is to be started again: its plan, without what belonged to that one start. */
export const planOf = (deployment: Deployment): DeploymentPlan => Stripped.parse(deployment);
