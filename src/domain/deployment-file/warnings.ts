/** Warnings about a deployment file that is valid. Every door shows the same sentences. */
import type { DeploymentFile } from './deployment-file.ts';
import { checkpointingOf } from './fitting-numbers.ts';
import { withoutCheckpoints } from './job-type.ts';

/** Judges a file alone, before platform and cluster add their options. */
export function withoutCheckpointsIn({ job, flink }: DeploymentFile): readonly string[] {
  const warning = withoutCheckpoints({ jobType: job.type, checkpointing: checkpointingOf(flink.config) !== null });
  return warning === null ? [] : [warning];
}
