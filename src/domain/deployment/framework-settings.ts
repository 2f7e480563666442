/** Framework settings: the Flink options that Sluice itself sets for each start. */
import type { FlinkConfig } from '../flink-options/flink-config.ts';
import { MIN_RETAINED_CHECKPOINTS } from '../flink-options/framework-owned.ts';

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

/** Tells whether Flink has the option names of FLIP-406, which came with 1.20. */
function hasNewNames(flinkVersion: string): boolean {
  const [major = 0, minor = 0] = flinkVersion.split('.').map(Number);
  return major > 1 || minor >= 20;
}

/**
 * Sets the state options under the names of the Flink version. From 1.20 on these are the new names only: Flink reads old
 * names as fallbacks (classes of 1.20.1 and 2.1.0), so a new name set elsewhere would silently win over an old one.
 */
function stateSettings(input: FrameworkInput): FlinkConfig {
  const isNew = hasNewNames(input.flinkVersion);
  const checkpoints = isNew ? 'execution.checkpointing.dir' : 'state.checkpoints.dir';
  const savepoints = isNew ? 'execution.checkpointing.savepoint-dir' : 'state.savepoints.dir';
  const retained = isNew ? 'execution.checkpointing.num-retained' : 'state.checkpoints.num-retained';
  const restorePath = isNew ? 'execution.state-recovery.path' : 'execution.savepoint.path';
  const claimMode = isNew ? 'execution.state-recovery.claim-mode' : 'execution.savepoint-restore-mode';
  const ignoreUnclaimed = isNew
    ? 'execution.state-recovery.ignore-unclaimed-state'
    : 'execution.savepoint.ignore-unclaimed-state';
  return {
    [checkpoints]: input.checkpointsDir,
    [savepoints]: input.savepointsDir,
    [retained]: String(MIN_RETAINED_CHECKPOINTS),
    'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    ...(input.restorePath === null ? {} : { [restorePath]: input.restorePath }),
    ...(input.restorePath === null && input.restoresLater !== true
      ? {}
      : { [claimMode]: 'NO_CLAIM', [ignoreUnclaimed]: String(input.allowNonRestoredState) }),
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
