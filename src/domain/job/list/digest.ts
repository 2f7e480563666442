/**
 * The digest of a job: what a list shows of it between operations. A run hands it to the next one as its memo, so that the
 * API lists thousands of jobs without asking any of their workflows.
 */
import { z } from 'zod';
import { openEnum } from '../../compatibility/open-enum.ts';
import { readTolerantly } from '../../compatibility/tolerant.ts';
import { Deployment, endings } from '../../deployment/deployment.ts';
import { HotfixView } from '../../hotfix/hotfix.ts';
import { healths, jobStates } from '../../lifecycle.ts';
import { LastOperation } from '../../operation/last-operation.ts';
import { clip } from '../../values/clip.ts';
import { keysOf } from '../../values/keys-of.ts';
import { OwnerView } from '../belonging.ts';
import type { JobView } from '../job-memory.ts';
import { wishes } from '../state/state.ts';

const deploymentFields = {
  number: true,
  release: true,
  gitCommit: true,
  cluster: true,
  launcher: true,
  flinkVersion: true,
  parallelism: true,
  file: true,
  configuration: true,
  operationId: true,
  epoch: true,
  applicationId: true,
  flinkJobId: true,
  startedAt: true,
  runningAt: true,
} as const;

/** A deployment as a list shows it. */
export const SlimDeployment = z.object({
  ...Deployment.pick(deploymentFields).shape,
  ended: z.object({ at: z.string(), how: openEnum(endings, 'failed') }).nullable(),
});
export type SlimDeployment = z.infer<typeof SlimDeployment>;

/** A hotfix as a list shows it: without its values. */
export const SlimHotfix = z.object(
  HotfixView.pick({ actor: true, reason: true, at: true, operationId: true, expiresAt: true, onExpiry: true }).shape,
);
export type SlimHotfix = z.infer<typeof SlimHotfix>;

export const JobDigest = z.object({
  ...OwnerView.shape,
  state: openEnum(keysOf(jobStates), 'unreachable'),
  stateSince: z.string(),
  stateReason: z.string().nullable(),
  desired: z.enum(wishes).nullable(),
  health: openEnum(healths, 'unknown'),
  healthSince: z.string().nullable(),
  /** Class of the cause of a failure or of bad health. */
  cause: z.string().nullable(),
  observedAt: z.string(),
  /** When the stop was asked for whose outcome is unknown. */
  pendingStopSince: z.string().nullable(),
  /** How many instances were given up and may still run. */
  givenUp: z.number().int(),
  /** When Sluice starts the failed job again by itself; absent in digests of before Sluice did. */
  restartAt: z.string().nullable().optional(),
  deployment: SlimDeployment.nullable(),
  hotfix: SlimHotfix.nullable(),
  lastOperation: LastOperation.nullable(),
  /** When a run left it as its memo; absent where a job was asked. */
  writtenAt: z.string().optional(),
});
export type JobDigest = z.infer<typeof JobDigest>;

/** Temporal warns of a memo of more than 2 KiB. */
const MOST_REASON = 200;

export function digestOf(view: JobView): JobDigest {
  const { deployment, hotfix, pendingStop } = view;
  const [project, owner, environment] = [view.project, view.owner, view.environment];
  return {
    ...{ project, owner, environment },
    state: view.state,
    stateSince: view.stateSince,
    stateReason: view.stateReason && clip(view.stateReason, MOST_REASON),
    // Workers of 0.1.0 and earlier answer without these two.
    desired: (view as Partial<JobView>).desired ?? null,
    lastOperation: (view as Partial<JobView>).lastOperation ?? null,
    health: view.health,
    healthSince: view.healthSince,
    cause: view.cause?.class ?? null,
    observedAt: view.observedAt,
    pendingStopSince: pendingStop?.since ?? null,
    // An application whose job is FINISHED waits for its cluster, and needs nobody's attention.
    givenUp: (view as Partial<JobView>).givenUp?.filter(({ isFinished }) => isFinished !== true).length ?? 0,
    restartAt: (view as Partial<JobView>).recovery?.nextAt ?? null,
    deployment: deployment && SlimDeployment.parse(deployment),
    hotfix: hotfix && SlimHotfix.parse({ ...hotfix, reason: hotfix.reason && clip(hotfix.reason, MOST_REASON) }),
  };
}

/** Reads the digest in a memo; null where there is none, or none that this Sluice understands. */
export function readDigest(memo: unknown): JobDigest | null {
  const read = readTolerantly(JobDigest, memo);
  return read.ok ? read.value : null;
}
