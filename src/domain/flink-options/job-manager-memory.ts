/** The division of a JobManager's memory, as Flink makes it. */
import { SluiceError } from '../errors/errors.ts';
import type { FlinkConfig } from './flink-config.ts';
import { visible } from '../input/input-path.ts';
import { MEBIBYTE, parseMemory } from '../input/memory-size.ts';

/** The parts of the process size of a JobManager, in bytes. */
export interface JobManagerMemory {
  /** `-Xmx` and `-Xms`. */
  readonly heapBytes: number;
  readonly offHeapBytes: number;
  /** `-XX:MaxMetaspaceSize`. */
  readonly metaspaceBytes: number;
  readonly overheadBytes: number;
  /** Whether the launcher sets `-XX:MaxDirectMemorySize` to `offHeapBytes`. */
  readonly limitDirectMemory: boolean;
}

/** With a smaller heap the JobManager fails to start its REST server. Flink itself only warns below 128m. */
const MIN_HEAP = 96 * MEBIBYTE;

/** Options that size a JobManager in other ways, which the direct launcher does not compute. */
export const UNSUPPORTED_MEMORY_KEYS = [
  'jobmanager.memory.flink.size',
  'jobmanager.memory.heap.size',
  'jobmanager.heap.size',
  'jobmanager.heap.mb',
] as const;

/** Divides the memory of a JobManager. A problem is a predicate that follows `jobManager.memory`. */
export function divideJobManagerMemory(
  processSizeMb: number,
  config: FlinkConfig = {},
): JobManagerMemory | { readonly problem: string } {
  const problems: string[] = [];
  const size = (key: string, standard: number) => {
    const text = config[key];
    const bytes = text === undefined ? standard : parseMemory(text);
    if (bytes === null) problems.push(`is divided by ${key}, which must be a memory size, got ${visible(text ?? '')}`);
    return bytes ?? standard;
  };
  const process = processSizeMb * MEBIBYTE;
  const metaspaceBytes = size('jobmanager.memory.jvm-metaspace.size', 256 * MEBIBYTE);
  const offHeapBytes = size('jobmanager.memory.off-heap.size', 128 * MEBIBYTE);
  const min = size('jobmanager.memory.jvm-overhead.min', 192 * MEBIBYTE);
  const max = size('jobmanager.memory.jvm-overhead.max', 1024 * MEBIBYTE);
  const fraction = Number(config['jobmanager.memory.jvm-overhead.fraction'] ?? '0.1');
  if (!(fraction >= 0 && fraction < 1)) {
    problems.push('is divided by jobmanager.memory.jvm-overhead.fraction, which must be a number from 0 to below 1');
  }
  if (min > max) {
    problems.push('is divided by jobmanager.memory.jvm-overhead.min, which must not be greater than its max');
  }
  if (problems[0] !== undefined) return { problem: problems[0] };

  const overheadBytes = Math.min(Math.max(Math.floor(process * fraction), min), max);
  const heapBytes = process - metaspaceBytes - overheadBytes - offHeapBytes;
  if (heapBytes < MIN_HEAP) {
    const least = Math.ceil((metaspaceBytes + overheadBytes + offHeapBytes + MIN_HEAP) / MEBIBYTE);
    return {
      problem: `must be at least ${least}m: metaspace, overhead and off-heap memory leave ${Math.floor(heapBytes / MEBIBYTE)}m of ${processSizeMb}m for the heap`,
    };
  }
  const limitDirectMemory = config['jobmanager.memory.enable-jvm-direct-memory-limit']?.trim().toLowerCase() === 'true';
  return { heapBytes, offHeapBytes, metaspaceBytes, overheadBytes, limitDirectMemory };
}

/**
 * Divides a process size (`jobmanager.memory.process.size`, in MiB) as Flink does: metaspace 256m, overhead 10 % within
 * 192m and 1g, off-heap 128m, and the rest is heap (JobManagerProcessUtils, 1.20). Options in `config` override these
 * sizes; `refuseFrameworkKeys` refuses the options that replace the process size.
 * @throws SluiceError `InvalidDeploymentFile` when too little is left for the heap.
 */
export function jobManagerMemory(processSizeMb: number, config: FlinkConfig = {}): JobManagerMemory {
  const memory = divideJobManagerMemory(processSizeMb, config);
  if ('problem' in memory) throw new SluiceError('InvalidDeploymentFile', `jobManager.memory ${memory.problem}`);
  return memory;
}
