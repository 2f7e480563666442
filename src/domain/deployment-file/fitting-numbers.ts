/**
 * Numbers that must fit each other, in one table: of the deployment file and of Flink's configuration. Validation reads the
 * table with the options of the file; plan and start read it with the effective configuration, where platform and cluster
 * count too.
 */
import type { DeploymentFile } from './deployment-file.ts';
import { rulesOf, withoutCheckpoints } from './job-type.ts';
import { formatDuration, parseDuration } from '../input/durations.ts';
import { visible, type Path } from '../input/input-path.ts';
import type { FlinkConfig } from '../flink-options/flink-config.ts';
import { spellingsOf } from '../flink-options/key-spellings.ts';

const minute = 60_000;

/** The fields of a deployment file that rows of the table read; a duration that was not written is undefined. */
export interface FittingFields {
  readonly job: { readonly type: DeploymentFile['job']['type']; readonly parallelism: number };
  readonly taskManager: { readonly slots: number };
  readonly upgrade: {
    readonly stopWith?: string | undefined;
    readonly maxCheckpointAge?: string | undefined;
    readonly timeouts: { readonly savepoint?: string | undefined };
    readonly verify: {
      readonly checkpoints: number;
      readonly timeout?: string | undefined;
      readonly stableFor?: string | null | undefined;
    };
  };
  readonly recovery: {
    readonly restart: { readonly backoff: { readonly initial: string; readonly max: string } };
  };
}

/** A number that does not fit. `path` is the place to change: a field, or an option of Flink below `flink.config`. */
export interface Misfit {
  readonly path: Path;
  readonly message: string;
}

/** Defaults of the file, and of Flink 1.20.1 and 2.1.0. */
const STANDARD = {
  savepoint: '11m',
  verify: 3 * minute,
  maxCheckpointAge: 5 * minute,
  quietRun: 2 * minute,
  'execution.checkpointing.timeout': 10 * minute,
  'heartbeat.interval': 10_000,
  'heartbeat.timeout': 50_000,
} as const;

/** Time for Flink to report a savepoint or checkpoint that timed out, so that Flink decides before Sluice does. */
const MARGIN = minute;

const textOf = (config: FlinkConfig, key: string): string | undefined =>
  spellingsOf(key)
    .map((name) => config[name])
    .find((text) => text !== undefined);

/** @returns null where the option is absent or no duration. */
function durationOf(config: FlinkConfig, key: string): number | null {
  const text = textOf(config, key);
  return text === undefined ? null : parseDuration(text);
}

/** Checkpoints of a job in milliseconds; null for a job without periodic checkpoints. */
export interface Checkpointing {
  /** The longest time from one trigger to the next. */
  readonly period: number;
  readonly timeout: number;
}

export function checkpointingOf(config: FlinkConfig): Checkpointing | null {
  const interval = durationOf(config, 'execution.checkpointing.interval') ?? 0;
  if (interval <= 0) return null;
  const others = ['execution.checkpointing.min-pause', 'execution.checkpointing.interval-during-backlog'];
  const period = Math.max(interval, ...others.map((key) => durationOf(config, key) ?? 0));
  return { period, timeout: timeoutOf(config) };
}

/** Warns of a valid file, before platform and cluster add their options. Every door shows the same sentence. */
export function withoutCheckpointsIn({ job, flink }: DeploymentFile): readonly string[] {
  const warning = withoutCheckpoints({ jobType: job.type, checkpointing: checkpointingOf(flink.config) !== null });
  return warning === null ? [] : [warning];
}

const timeoutOf = (config: FlinkConfig): number =>
  durationOf(config, 'execution.checkpointing.timeout') ?? STANDARD['execution.checkpointing.timeout'];

/** Time in which a running job surely completes so many checkpoints, or Flink fails one. */
export const timeToComplete = (checkpoints: number, { period, timeout }: Checkpointing): number =>
  checkpoints * period + timeout;

/** The least time that a checkpoint which follows its predecessor on time can need. */
export const leastFor = (checkpoints: number, { period, timeout }: Checkpointing): number =>
  checkpoints * period + Math.min(period, timeout, MARGIN);

export interface FittingTimes {
  readonly verify: number;
  readonly maxCheckpointAge: number;
}

/** Times in milliseconds that follow from the configuration where the file does not write them. */
export function fittingTimes({ upgrade }: FittingFields, config: FlinkConfig): FittingTimes {
  const { maxCheckpointAge, verify } = upgrade;
  const checkpointing = checkpointingOf(config);
  const written = (text: string | undefined) => (text === undefined ? null : parseDuration(text));
  const standard = Math.max(STANDARD.verify, stableRunOf(verify) === 0 ? 0 : stableRunOf(verify) + STANDARD.verify);
  if (checkpointing === null) {
    return {
      // Without checkpoints a job proves itself by running for a minute, which must fit.
      verify: Math.max(written(verify.timeout) ?? standard, STANDARD.quietRun),
      maxCheckpointAge: written(maxCheckpointAge) ?? STANDARD.maxCheckpointAge,
    };
  }
  return {
    verify: written(verify.timeout) ?? Math.max(standard, timeToComplete(verify.checkpoints, checkpointing)),
    maxCheckpointAge: written(maxCheckpointAge) ?? Math.max(STANDARD.maxCheckpointAge, 2 * checkpointing.period),
  };
}

/** The time without a restart that the verification waits for; 0 for none. */
const stableRunOf = ({ stableFor }: FittingFields['upgrade']['verify']): number => parseDuration(stableFor ?? '') ?? 0;

type Row = (fields: FittingFields, config: FlinkConfig) => Misfit | null;

const atOption = (key: string, predicate: string): Misfit => ({
  path: ['flink', 'config', key],
  message: `flink.config.${key} ${predicate}`,
});

const atField = (field: string, predicate: string): Misfit => ({
  path: field.split('.'),
  message: `${field} ${predicate}`,
});

/** A duration of the file that is written must not be below `least`. */
function tooShort(field: string, text: string | undefined, least: number, because: string): Misfit | null {
  const written = text === undefined ? null : parseDuration(text);
  if (text === undefined || written === null || written >= least) return null;
  return atField(
    field,
    `must be at least ${formatDuration(Math.ceil(least))}, because ${because}, got ${visible(text)}`,
  );
}

const savepointOutlivesFlinks: Row = ({ job, upgrade }, config) => {
  const key = 'execution.checkpointing.timeout';
  if (job.type !== 'streaming' && checkpointingOf(config) === null) return null;
  const timeout = timeoutOf(config);
  const because = `Flink may take ${formatDuration(timeout)} (${key}) and must decide first`;
  const written = upgrade.timeouts.savepoint;
  const misfit = tooShort('upgrade.timeouts.savepoint', written ?? STANDARD.savepoint, timeout + MARGIN, because);
  if (misfit === null || written !== undefined) return misfit;
  // The option was written, and the field was not.
  const message = misfit.message.replace(/got "11m"$/, 'got the default "11m"');
  return { path: atOption(key, '').path, message };
};

const verificationSeesCheckpoints: Row = ({ job, upgrade: { verify } }, config) => {
  const checkpointing = checkpointingOf(config);
  if (checkpointing === null || !rulesOf(job.type).runsAllTasks || verify.checkpoints === 0) return null;
  const of = verify.checkpoints === 1 ? 'a checkpoint' : `${verify.checkpoints} checkpoints`;
  const because = `Flink begins one each ${formatDuration(checkpointing.period)} and the verification waits for ${of}`;
  return tooShort('upgrade.verify.timeout', verify.timeout, leastFor(verify.checkpoints, checkpointing), because);
};

const verificationSeesStableRun: Row = ({ job, upgrade: { verify } }) => {
  const run = stableRunOf(verify);
  if (run === 0 || !rulesOf(job.type).runsAllTasks) return null;
  const because = `upgrade.verify.stableFor is ${formatDuration(run)} and begins when every task runs`;
  return tooShort('upgrade.verify.timeout', verify.timeout, run + Math.min(run, MARGIN), because);
};

const checkpointIsYoungEnough: Row = ({ upgrade }, config) => {
  const checkpointing = checkpointingOf(config);
  if (checkpointing === null || upgrade.stopWith !== 'checkpoint') return null;
  const because = `Flink begins a checkpoint each ${formatDuration(checkpointing.period)}, and the newest one gets that old`;
  return tooShort('upgrade.maxCheckpointAge', upgrade.maxCheckpointAge, leastFor(1, checkpointing), because);
};

const heartbeatsComeInTime: Row = (_, config) => {
  const [interval, timeout] = (['heartbeat.interval', 'heartbeat.timeout'] as const).map(
    (key) => durationOf(config, key) ?? STANDARD[key],
  ) as [number, number]; // two keys
  if (interval < timeout) return null;
  const key = textOf(config, 'heartbeat.timeout') === undefined ? 'heartbeat.interval' : 'heartbeat.timeout';
  const is = `heartbeat.interval is ${formatDuration(interval)} and heartbeat.timeout ${formatDuration(timeout)}`;
  return atOption(key, `must leave the interval shorter than the timeout: ${is}`);
};

const parallelismIsPossible: Row = ({ job }, config) => {
  const key = 'pipeline.max-parallelism';
  const most = Number(textOf(config, key) ?? -1);
  if (!(most > 0) || job.parallelism <= most) return null;
  return atOption(key, `must be at least job.parallelism, which is ${job.parallelism}, got ${most}`);
};

const slotsAreAllowed: Row = ({ job, taskManager }, config) => {
  const key = 'slotmanager.number-of-slots.max';
  const most = Number(textOf(config, key) ?? Infinity);
  const needed = Math.ceil(job.parallelism / taskManager.slots) * taskManager.slots;
  if (job.type !== 'streaming' || !(most < needed)) return null;
  return atOption(
    key,
    `must be at least ${needed}, the slots of the TaskManagers that job.parallelism needs, got ${most}`,
  );
};

const backoffGrows: Row = ({ recovery }) => {
  const { initial, max } = recovery.restart.backoff;
  if ((parseDuration(initial) ?? 0) <= (parseDuration(max) ?? Infinity)) return null;
  return atField('recovery.restart.backoff.initial', `must not be longer than max (${visible(max).slice(1, -1)})`);
};

const rows: readonly Row[] = [
  savepointOutlivesFlinks,
  verificationSeesCheckpoints,
  verificationSeesStableRun,
  checkpointIsYoungEnough,
  heartbeatsComeInTime,
  parallelismIsPossible,
  slotsAreAllowed,
  backoffGrows,
];

/** Lists the numbers that do not fit, at most one for each row of the table. */
export const misfitsOf = (fields: FittingFields, config: FlinkConfig): readonly Misfit[] =>
  rows.flatMap((row) => row(fields, config) ?? []);
