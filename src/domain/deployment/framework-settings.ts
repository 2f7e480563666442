import type { FlinkConfig } from '../flink-options/flink-config.ts';
import { MIN_RETAINED_CHECKPOINTS } from '../flink-options/framework-owned.ts';

/** What one start is: enough to make every setting that belongs to Sluice. */
export interface FrameworkInput {
  readonly job: string;
  /** Such as `1.20.1`. */
  readonly flinkVersion: string;
  /** 32 hexadecimal digits, never reused. */
  readonly flinkJobId: string;
  readonly applicationName: string;
  readonly tags: readonly string[];
  /** What the launcher adds. */
  readonly launcher: FrameworkSettings;
  /** Root of the job's checkpoints; Flink adds `/<Flink job id>/chk-<n>`. */
  readonly checkpointsDir: string;
  readonly savepointsDir: string;
  /** Directory of a savepoint or checkpoint; null starts without state. */
  readonly restorePath: string | null;
  readonly allowNonRestoredState: boolean;
  readonly deploymentNumber: number;
  readonly epoch: number;
}

/** Settings that Sluice owns; a list stays one, so that its items arrive exactly as written. */
export type FrameworkSettings = Readonly<Record<string, string | readonly string[]>>;

/** Whether Flink has the option names of FLIP-406, which came with 1.20. */
function hasNewNames(flinkVersion: string): boolean {
  const [major = 0, minor = 0] = flinkVersion.split('.').map(Number);
  return major > 1 || minor >= 20;
}

/**
 * Names of state options by version. From 1.20 on only the new ones: there they are the option and the old names mere
 * fallbacks (read from the classes of 1.20.1 and 2.1.0), so that a new name set elsewhere would silently win over an old
 * one of ours.
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
    ...(input.restorePath === null
      ? {}
      : {
          [restorePath]: input.restorePath,
          [claimMode]: 'NO_CLAIM',
          [ignoreUnclaimed]: String(input.allowNonRestoredState),
        }),
  };
}

/** Environment that tells the program and the observer which instance they see. */
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
 * The settings of one start that nobody else may set, with the option names of its Flink version. `pipeline.name` is left
 * to the program. A higher number of retained checkpoints is kept by `effectiveConfig`.
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
