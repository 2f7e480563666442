/** Checks the effective configuration of a start: can Flink read it, do its parts fit, and what follows from it? */
import type { DeploymentPlan } from '../../domain/deployment/deployment.ts';
import type { DeploymentFile } from '../../domain/deployment-file/deployment-file.ts';
import { effectiveConfig, type ConfigEntry } from '../../domain/deployment/effective-config.ts';
import { checkpointingOf, fittingTimes, misfitsOf } from '../../domain/deployment-file/fitting-numbers.ts';
import { withoutCheckpoints } from '../../domain/deployment-file/job-type.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { jobManagerMemory } from '../../domain/flink-options/job-manager-memory.ts';
import { problemOfValue } from '../../domain/flink-options/option-values.ts';
import { problemOfTaskManagerMemory } from '../../domain/flink-options/task-manager-memory.ts';
import { durationMs } from '../../domain/input/durations.ts';
import { memoryMegabytes } from '../../domain/input/memory-size.ts';
import { platformDefaults } from '../../launchers/platform-defaults.ts';
import type { Cluster, Dependencies } from '../dependencies/dependencies.ts';
import type { Source } from './check-release.ts';

export interface Configuration {
  /** Facts of the plan that follow from the effective configuration. */
  readonly facts: Pick<DeploymentPlan, 'stateBackend' | 'checkpointing' | 'deadlines' | 'maxCheckpointAge'>;
  readonly options: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  /** Null where the program or Flink decides it. */
  readonly maxParallelism: number | null;
}

/**
 * Merges the platform's and the cluster's settings with those of the file, before the old instance is touched.
 * @throws SluiceError `InvalidDeploymentFile` that names every option that Flink would refuse, and every number that does
 * not fit another. A start of what ran before is only warned of them.
 */
export function checkConfiguration(
  deps: Dependencies,
  { flinkConfig }: Cluster,
  { declared, file, plan: { hotfix }, ranBefore }: Source,
): Configuration {
  const platform = { ...platformDefaults, ...deps.flinkConfig };
  const { entries } = effectiveConfig({ platform, cluster: flinkConfig, file: declared, hotfix, framework: {} });
  const options = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  const problems = [
    ...entries.flatMap(problemOfEntry),
    ...misfitsOf(file, options).map(({ message }) => message),
    ...problemsOfTaskManager(file.taskManager.memory, options),
  ];
  if (problems.length > 0 && !ranBefore) throw new SluiceError('InvalidDeploymentFile', problems.join('; '));
  jobManagerMemory(memoryMegabytes(file.jobManager.memory), options);
  const checkpointing = checkpointingOf(options) !== null;
  const loses = withoutCheckpoints({ jobType: file.job.type, checkpointing });
  const maxParallelism = Number(options['pipeline.max-parallelism'] ?? -1);
  return {
    options,
    warnings: loses === null ? problems : [...problems, loses],
    maxParallelism: maxParallelism > 0 ? maxParallelism : null,
    facts: {
      stateBackend: options['state.backend.type'] ?? options['state.backend'] ?? 'hashmap',
      checkpointing,
      ...timesOf(file, options),
    },
  };
}

/** Time limits of the operations of a deployment, in milliseconds. */
export function timesOf(
  file: DeploymentFile,
  options: Readonly<Record<string, string>>,
): Pick<DeploymentPlan, 'deadlines' | 'maxCheckpointAge'> {
  const { savepoint, stop, start } = file.upgrade.timeouts;
  const { verify, maxCheckpointAge } = fittingTimes(file, options);
  const deadlines = { savepoint: durationMs(savepoint), stop: durationMs(stop), start: durationMs(start), verify };
  return { deadlines, maxCheckpointAge };
}

function problemOfEntry({ key, value, origin }: ConfigEntry): string[] {
  const problem = problemOfValue(key, value);
  return problem === null ? [] : [`${key} (${origin}) ${problem}`];
}

function problemsOfTaskManager(memory: string, options: Readonly<Record<string, string>>): string[] {
  const problem = problemOfTaskManagerMemory(memoryMegabytes(memory), options);
  return problem === null ? [] : [`taskManager.memory ${problem}`];
}
