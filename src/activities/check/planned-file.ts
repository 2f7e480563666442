/** Reads out of a deployment file what the plan of a deployment keeps of it. */
import type { DeploymentFile } from '../../domain/deployment-file/deployment-file.ts';
import { priorityOf } from '../../domain/deployment/priority.ts';
import type { DeploymentPlan } from '../../domain/deployment/deployment.ts';
import { textOfShipped, type ShippedFiles } from '../../domain/deployment/shipped-files.ts';
import { durationMs } from '../../domain/input/durations.ts';
import { sha256Of } from '../../clients/s3/checksum.ts';

/** The part of a plan that follows from the release and the file, before the hotfix and the choice of a cluster. */
export type PlannedFile = Pick<
  DeploymentPlan,
  | 'job'
  | 'release'
  | 'gitCommit'
  | 'environment'
  | 'owner'
  | 'flinkVersion'
  | 'jar'
  | 'shipped'
  | 'parallelism'
  | 'jobType'
  | 'verify'
  | 'onFailedStart'
  | 'savepoints'
  | 'restart'
  | 'priority'
>;

interface Content extends Pick<DeploymentPlan, 'release' | 'gitCommit' | 'jar'> {
  readonly shipped: ShippedFiles;
}

export function planOf(file: DeploymentFile, { release, gitCommit, jar, shipped }: Content): PlannedFile {
  const { verify } = file.upgrade;
  const list = textOfShipped(shipped);
  return {
    job: file.name,
    release,
    gitCommit,
    environment: file.environment,
    owner: file.owner.team,
    flinkVersion: file.flink.version,
    jar,
    shipped: list === null ? null : sha256Of(list),
    parallelism: file.job.parallelism,
    jobType: file.job.type,
    verify: {
      checkpoints: verify.checkpoints,
      maxRestarts: verify.maxRestarts,
      stableFor: verify.stableFor === null ? 0 : durationMs(verify.stableFor),
    },
    onFailedStart: file.upgrade.onFailedStart,
    savepoints: {
      every: file.savepoints.every === null ? null : durationMs(file.savepoints.every),
      keep: { count: file.savepoints.keep.count, maxAge: durationMs(file.savepoints.keep.maxAge) },
    },
    restart: restartOf(file),
    priority: priorityOf(file.labels),
  };
}

function restartOf({ recovery }: DeploymentFile): DeploymentPlan['restart'] {
  const { enabled, maxAttempts, window, backoff, whenDegradedFor } = recovery.restart;
  if (!enabled) return null;
  const { initial, max } = backoff;
  return {
    maxAttempts,
    window: durationMs(window),
    backoff: { initial: durationMs(initial), max: durationMs(max) },
    whenDegradedFor: whenDegradedFor === null ? null : durationMs(whenDegradedFor),
  };
}
