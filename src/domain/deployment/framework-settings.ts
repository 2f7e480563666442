/** Framework settings: the Flink options that Sluice itself sets for each start. */
import type { FlinkConfig } from '../flink-options/flink-config.ts';
import { MIN_RETAINED_CHECKPOINTS } from '../flink-options/framework-owned.ts';
import { nameIn } from '../flink-options/key-spellings.ts';

/** The identity and the places of one start, from which its framework settings follow. */
export interface FrameworkInput {
  readonly job: string;
  /** A version such as `1.20.1`. */
  readonly flinkVersion: string;
  /** 32 hexadecimal digits; each start has its own. */
  readonly flinkJobId: string;
  readonly applicationName: string;
  readonly tags: readonly string[];
  /** Settings that the launcher adds. */
  readonly launcher: FrameworkSettings;
  /** The root of the job's checkpoints; Flink adds `/<Flink job id>/chk-<n>`. */
  readonly checkpointsDir: string;
  readonly savepointsDir: string;
  /** Directory of a savepoint or checkpoint; null starts without state. */
  readonly restorePath: string | null;
  /** Whether the path comes later, by the gate of a standby. Default false. */
  readonly restoresLater?: boolean;
  readonly allowNonRestoredState: boolean;
  readonly deploymentNumber: number;
  readonly epoch: number;
}

/** A list stays a list, so that its items arrive exactly as written. */
export type FrameworkSettings = Readonly<Record<string, string | readonly string[]>>;

/** Sets the state options under the names of the Flink version, and under no other. */
function stateSettings(input: FrameworkInput): FlinkConfig {
  const named = (key: Parameters<typeof nameIn>[1]): string => nameIn(input.flinkVersion, key);
  return {
    [named('execution.checkpointing.dir')]: input.checkpointsDir,
    [named('execution.checkpointing.savepoint-dir')]: input.savepointsDir,
    [named('execution.checkpointing.num-retained')]: String(MIN_RETAINED_CHECKPOINTS),
    'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    ...(input.restorePath === null ? {} : { [named('execution.state-recovery.path')]: input.restorePath }),
    ...(input.restorePath === null && input.restoresLater !== true
      ? {}
      : {
          [named('execution.state-recovery.claim-mode')]: 'NO_CLAIM',
          [named('execution.state-recovery.ignore-unclaimed-state')]: String(input.allowNonRestoredState),
        }),
  };
}

/** Sets environment variables that tell the program and the observer which instance they see. */
function environmentSettings(input: FrameworkInput): FlinkConfig {
  const variables = {
    SLUICE_JOB: input.job,
    SLUICE_DEPLOYMENT: String(input.deploymentNumber),
    SLUICE_EPOCH: String(input.epoch),
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => [
      [`containerized.master.env.${name}`, value],
      [`containerized.taskmanager.env.${name}`, value],
    ]),
  );
}

/**
 * Makes the settings of one start that only Sluice may set, with the option names of its Flink version. The program chooses
 * `pipeline.name`. `effectiveConfig` keeps a higher number of retained checkpoints.
 */
export function frameworkSettings(input: FrameworkInput): FrameworkSettings {
  return {
    '$internal.pipeline.job-id': input.flinkJobId,
    'execution.target': 'yarn-application',
    'execution.shutdown-on-application-finish': 'false',
    'execution.submit-failed-job-on-application-error': 'true',
    'yarn.tags': input.tags.join(','),
    'yarn.application.name': input.applicationName,
    'yarn.application-attempts': '1',
    ...stateSettings(input),
    ...environmentSettings(input),
    ...input.launcher,
  };
}
