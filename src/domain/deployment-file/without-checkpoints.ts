/** Warns of a job that has state and takes no checkpoints. Every place that shows such a job uses this one sentence. */
import type { DeploymentFile } from './deployment-file.ts';
import { checkpointingOf } from './fitting-numbers.ts';
import { rulesOf, type JobType } from './job-type.ts';

const NO_CHECKPOINTS =
  'no checkpoint interval is declared: unless the program sets one, a crash or a kill loses all state. Set execution.checkpointing.interval, or job.type: stateless if there is none';

interface MayCheckpoint {
  readonly jobType?: JobType;
  readonly checkpointing: boolean;
  /** The highest checkpoint that completed; absent before a start. */
  readonly completedCheckpoint?: number | null;
}

/** Null for a job that checkpoints or keeps no state. A checkpoint that completed proves that the program sets an interval. */
export const withoutCheckpoints = ({ jobType, checkpointing, completedCheckpoint }: MayCheckpoint): string | null =>
  checkpointing || completedCheckpoint != null || !rulesOf(jobType).keepsState ? null : NO_CHECKPOINTS;

/** Judges a file alone, before platform and cluster add their options. */
export function withoutCheckpointsIn({ job, flink }: DeploymentFile): readonly string[] {
  const warning = withoutCheckpoints({ jobType: job.type, checkpointing: checkpointingOf(flink.config) !== null });
  return warning === null ? [] : [warning];
}
