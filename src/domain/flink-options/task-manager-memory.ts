/** The division of a TaskManager's memory, as Flink makes it (TaskExecutorProcessUtils, 1.20.1 and 2.1.0). */
import type { FlinkConfig } from './flink-config.ts';
import { spellingsOf } from './key-spellings.ts';
import { formatMemory, MEBIBYTE, parseMemory } from '../input/memory-size.ts';
import { visible } from '../input/input-path.ts';

const PREFIX = 'taskmanager.memory.';

/** Sizes and fractions that Flink takes where the configuration has none. */
const DEFAULTS = {
  'framework.heap.size': '128m',
  'framework.off-heap.size': '128m',
  'task.off-heap.size': '0',
  'jvm-metaspace.size': '256m',
  'jvm-overhead.min': '192m',
  'jvm-overhead.max': '1g',
  'network.min': '64m',
} as const;

const FRACTIONS = { 'jvm-overhead.fraction': 0.1, 'managed.fraction': 0.4, 'network.fraction': 0.1 } as const;

/** Parts of the memory that a process has. */
interface Range {
  readonly min: number;
  readonly max: number;
  readonly fraction: number;
}

class Undividable extends Error {}

const fail = (problem: string): never => {
  throw new Undividable(problem);
};

const text = (bytes: number): string => formatMemory(bytes);

/** Reads the options of a TaskManager's memory, under whichever name the configuration has them. */
function optionsOf(config: FlinkConfig) {
  const find = (name: string) => spellingsOf(PREFIX + name).find((key) => config[key] !== undefined);
  const explicit = (name: string): number | null => {
    const key = find(name);
    if (key === undefined) return null;
    const written = config[key] ?? '';
    return parseMemory(written) ?? fail(`is divided by ${key}, which must be a memory size, got ${visible(written)}`);
  };
  const size = (name: keyof typeof DEFAULTS): number => explicit(name) ?? parseMemory(DEFAULTS[name]) ?? 0;
  const range = (name: 'jvm-overhead' | 'network' | 'managed', min: number, max: number): Range => {
    const key = find(`${name}.fraction`);
    // Flink keeps fractions as floats, which decides at exact boundaries.
    const fraction = Math.fround(key === undefined ? FRACTIONS[`${name}.fraction`] : Number(config[key]));
    if (!(fraction >= 0 && fraction < 1)) {
      fail(`is divided by ${PREFIX}${name}.fraction, which must be a number from 0 to below 1`);
    }
    if (min > max) fail(`is divided by ${PREFIX}${name}.min, which must not be greater than its max`);
    return { min, max, fraction };
  };
  return { explicit, size, range };
}

type Options = ReturnType<typeof optionsOf>;

const share = (bytes: number, { min, max, fraction }: Range): number =>
  Math.min(Math.max(Math.floor(bytes * fraction), min), max);

const overheadRange = ({ size, range }: Options): Range =>
  range('jvm-overhead', size('jvm-overhead.min'), size('jvm-overhead.max'));

const networkRange = ({ explicit, size, range }: Options): Range =>
  range('network', size('network.min'), explicit('network.max') ?? Infinity);

const managedOf = ({ explicit, range }: Options, flink: number): number =>
  explicit('managed.size') ?? share(flink, range('managed', 0, Infinity));

/** The parts that always have a size of their own. */
const fixedOf = ({ size }: Options): number =>
  size('framework.heap.size') + size('framework.off-heap.size') + size('task.off-heap.size');

function inRange(part: string, bytes: number, { min, max }: Range): void {
  if (bytes < min || bytes > max) {
    fail(
      `leaves ${text(Math.max(0, bytes))} for ${part}, which must be from ${text(min)} to ${Number.isFinite(max) ? text(max) : 'any size'}`,
    );
  }
}

/** Divides the memory that Flink itself has (`taskmanager.memory.flink.size`). */
function divideFlinkMemory(options: Options, flink: number): void {
  const managed = managedOf(options, flink);
  const heap = options.explicit('task.heap.size');
  const used = fixedOf(options) + managed + (heap ?? share(flink, networkRange(options)));
  if (used > flink) {
    const of = heap === null ? 'network' : 'task heap';
    fail(
      `has ${text(flink)} for Flink, less than the ${text(used)} of framework, task off-heap, managed and ${of} memory`,
    );
  }
  if (heap !== null) inRange('network memory', flink - used, networkRange(options));
}

/** Computes Flink's own memory out of task heap and managed memory, which are both given. */
function flinkMemoryOf(options: Options, heap: number, managed: number): number {
  const used = fixedOf(options) + heap + managed;
  const flink = options.explicit('flink.size');
  const network = networkRange(options);
  if (flink === null)
    return used + share((used * network.fraction) / (1 - network.fraction), { ...network, fraction: 1 });
  if (used > flink) fail(`has ${text(flink)} for Flink (flink.size), less than its parts, which are ${text(used)}`);
  inRange('network memory', flink - used, network);
  return flink;
}

function divide(options: Options, process: number): void {
  const metaspace = options.size('jvm-metaspace.size');
  const heap = options.explicit('task.heap.size');
  const managed = options.explicit('managed.size');
  const isFine = heap !== null && managed !== null;
  const flink = isFine ? flinkMemoryOf(options, heap, managed) : options.explicit('flink.size');
  if (flink !== null) {
    if (!isFine) divideFlinkMemory(options, flink);
    if (flink + metaspace > process)
      fail(`must be more than ${text(flink + metaspace)}, the sum of its configured parts`);
    inRange('JVM overhead', process - flink - metaspace, overheadRange(options));
    return;
  }
  const overhead = share(process, overheadRange(options));
  if (metaspace + overhead > process)
    fail(`must be more than ${text(metaspace + overhead)}, metaspace and JVM overhead`);
  divideFlinkMemory(options, process - metaspace - overhead);
}

/**
 * Divides a process size (`taskmanager.memory.process.size`, in MiB) as Flink's client and the JobManager do; both refuse a
 * start whose parts do not fit.
 * @returns a predicate that follows `taskManager.memory`, or null: the parts fit.
 */
export function problemOfTaskManagerMemory(processSizeMb: number, config: FlinkConfig = {}): string | null {
  try {
    divide(optionsOf(config), processSizeMb * MEBIBYTE);
    return null;
  } catch (error) {
    if (error instanceof Undividable) return error.message;
    throw error;
  }
}
