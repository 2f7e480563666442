/** Warnings about a deployment file that is valid: no checkpoints, fields without effect. Every door shows the same sentences. */
import { readYaml } from '../input/yaml-source.ts';
import { isMap } from '../values/is-map.ts';
import type { DeploymentFile } from './deployment-file.ts';
import { checkpointingOf } from './fitting-numbers.ts';
import { withoutCheckpoints } from './job-type.ts';

/**
 * Makes a warning for each field that a file sets and that no part of Sluice acts on yet. The text must have passed the schema.
 */
export function warningsOfFile(text: string): readonly string[] {
  const yaml = readYaml(text);
  const value: unknown = yaml.ok ? yaml.source.value : null;
  if (!isMap(value)) return [];
  const failover = isMap(value['recovery']) ? value['recovery']['failover'] : undefined;
  return isMap(failover) && failover['mode'] === 'automatic'
    ? ['recovery.failover.mode: automatic gives the job a lease; Sluice does not move it by itself in this version']
    : [];
}

/** Judges a file alone, before platform and cluster add their options. */
export function withoutCheckpointsIn({ job, flink }: DeploymentFile): readonly string[] {
  const warning = withoutCheckpoints({ jobType: job.type, checkpointing: checkpointingOf(flink.config) !== null });
  return warning === null ? [] : [warning];
}
