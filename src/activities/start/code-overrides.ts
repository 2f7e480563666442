/** Compares what a running program does with what was declared: main() may set most options of Flink itself. */
import type { CheckpointsConfig } from '../../clients/flink/checkpoints.ts';
import type { FlinkJob } from '../../clients/flink/replies.ts';
import { leastFor, timeToComplete, type Checkpointing } from '../../domain/deployment-file/fitting-numbers.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { spellingsOf } from '../../domain/flink-options/key-spellings.ts';
import { formatDuration, parseDuration } from '../../domain/input/durations.ts';
import { readConfiguration } from '../../records/texts.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';

type Options = Readonly<Record<string, string>>;

/** Facts that a JobManager tells about its job. */
export interface Facts {
  readonly job: FlinkJob;
  readonly checkpoints: CheckpointsConfig | null;
}

interface Override {
  readonly option: string;
  readonly declared: string;
  readonly runs: string;
}

const optionIn = (options: Options, key: string): string | undefined =>
  spellingsOf(key)
    .map((name) => options[name])
    .find((text) => text !== undefined);

const sentenceOf = ({ option, declared, runs }: Override): string =>
  `the program sets ${option} to ${runs}; declared is ${declared}`;

const INTERVAL = 'execution.checkpointing.interval';

/** Options of checkpoints whose value a JobManager tells, each with a reader of what runs; null for "not told". */
const TOLD: readonly (readonly [option: string, runs: (config: CheckpointsConfig) => string | null])[] = [
  [INTERVAL, ({ intervalMs }) => (intervalMs === null ? 'none' : formatDuration(intervalMs))],
  ['execution.checkpointing.timeout', ({ timeoutMs }) => formatDuration(timeoutMs)],
  ['execution.checkpointing.mode', ({ mode }) => mode.toUpperCase()],
  ['execution.checkpointing.unaligned.enabled', ({ unaligned }) => String(unaligned)],
  ['execution.checkpointing.tolerable-failed-checkpoints', ({ tolerableFailures }) => String(tolerableFailures)],
  ['state.backend.type', ({ stateBackend }) => (stateBackend === null ? null : nameOfBackend(stateBackend))],
];

/** Names of state backends by their class, as the JobManager tells it (Flink 1.20.1 and 2.1.0). */
function nameOfBackend(className: string): string | null {
  if (/^HashMapStateBackend/.test(className)) return 'hashmap';
  if (/RocksDBStateBackend/.test(className)) return 'rocksdb';
  return /^ForStStateBackend/.test(className) ? 'forst' : null;
}

/** Tells whether two texts of one option mean the same: `10min` and `600000`, `TRUE` and `true`. */
function isSame(declared: string, runs: string): boolean {
  const [a, b] = [parseDuration(declared), parseDuration(runs)];
  return a !== null && b !== null ? a === b : declared.toLowerCase() === runs.toLowerCase();
}

/** Schedulers that run a job with fewer slots than declared, as its resources come and go. */
const ADAPTS = /^adaptive$/i;

function parallelismOf({ parallelism, jobType }: Deployment, options: Options, { job }: Facts): Override[] {
  const most = Math.max(0, ...job.vertices.map((vertex) => vertex.parallelism));
  const adapts = ADAPTS.test(options['jobmanager.scheduler'] ?? '') || options['scheduler-mode'] !== undefined;
  if (most === 0 || most === parallelism || jobType === 'batch' || (adapts && most < parallelism)) return [];
  return [{ option: 'parallelism', declared: `${parallelism} (job.parallelism)`, runs: String(most) }];
}

function maxParallelismOf(options: Options, { job }: Facts): Override[] {
  const option = 'pipeline.max-parallelism';
  const declared = optionIn(options, option);
  const { maxParallelism: runs } = job;
  return declared === undefined || runs === null || runs <= 0 || Number(declared) === runs
    ? []
    : [{ option, declared, runs: String(runs) }];
}

/** Lists the options that were declared and that the program overrides. */
function overridesOf(deployment: Deployment, options: Options, facts: Facts): readonly Override[] {
  const { checkpoints } = facts;
  const ofCheckpoints = TOLD.flatMap(([option, tell]): Override[] => {
    const declared = optionIn(options, option);
    const runs = checkpoints === null ? null : tell(checkpoints);
    return declared === undefined || runs === null || isSame(declared, runs) ? [] : [{ option, declared, runs }];
  });
  return [...ofCheckpoints, ...parallelismOf(deployment, options, facts), ...maxParallelismOf(options, facts)];
}

/** Checkpoints of the running job, as the table of fitting numbers reads them; null without periodic checkpoints. */
const runningOf = ({ checkpoints }: Facts): Checkpointing | null =>
  checkpoints?.intervalMs == null ? null : { period: checkpoints.intervalMs, timeout: checkpoints.timeoutMs };

export interface Overrides {
  /**
   * Takes the facts of a job that runs.
   * @throws SluiceError `ConfigOverriddenByCode` when the program checkpoints more rarely than was declared, and too rarely
   * to be verified in time.
   */
  notice(facts: Facts): Promise<void>;
  /** Sentences about what the program overrides, for people. */
  warnings(): Promise<readonly string[]>;
  /** The whole time that a verification needs whose file declares no interval, where that is beyond its deadline. */
  readonly needsMs: number | null;
}

/** Watches one verification for what the program overrides. */
export function createOverrides({ s3 }: Dependencies, deployment: Deployment, deadlineMs: number): Overrides {
  let noticed: Facts | null = null;
  let read: Promise<Options> | null = null;
  const declared = (): Promise<Options> => (read ??= readDeclared(s3, deployment.configuration).catch(() => ({}))); // warnings are worth no failed start

  return {
    async notice(facts) {
      noticed = facts;
      const running = runningOf(facts);
      if (running === null || !deployment.checkpointing) return;
      if (leastFor(deployment.verify.checkpoints, running) <= deadlineMs) return;
      const interval = overridesOf(deployment, await declared(), facts).find(({ option }) => option === INTERVAL);
      if (interval === undefined || (parseDuration(interval.declared) ?? 0) >= running.period) return;
      const within = `${formatDuration(deadlineMs)} of verification are too short for that`;
      throw new SluiceError('ConfigOverriddenByCode', `${sentenceOf(interval)}, and ${within}`);
    },
    async warnings() {
      return noticed === null ? [] : overridesOf(deployment, await declared(), noticed).map(sentenceOf);
    },
    get needsMs() {
      const running = noticed === null || deployment.checkpointing ? null : runningOf(noticed);
      const needed = running === null ? 0 : timeToComplete(deployment.verify.checkpoints, running);
      return needed > deadlineMs ? needed : null;
    },
  };
}

async function readDeclared(s3: Dependencies['s3'], sha256: string | null): Promise<Options> {
  const entries = sha256 === null ? null : await readConfiguration(s3, sha256);
  return Object.fromEntries((entries ?? []).map(({ key, value }) => [key, value]));
}
