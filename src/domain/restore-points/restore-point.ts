/** Restore points: the savepoints and checkpoints that a deployment can start from, their order, and their names. */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { compareMinor } from '../flink-options/flink-version.ts';

export const RestorePoint = z.strictObject({
  /** URI of the folder that holds `_metadata`, in Flink's scheme (`s3://…`). */
  path: z.string(),
  kind: z.enum(['savepoint', 'checkpoint']),
  /** The reason why it exists: a stop, a request, the schedule, Flink's retention, or a path that a person named. */
  taken: openEnum(['stop', 'manual', 'periodic', 'retained', 'given'], 'given'),
  /** The epoch of the start that wrote it; null for a path from elsewhere. */
  epoch: z.number().int().nullable(),
  /** Flink's checkpoint id, read from `_metadata`; orders points within one epoch. */
  checkpointId: z.number().int().nullable(),
  completedAt: z.string().nullable(),
  deployment: z.number().int().nullable(),
  flinkVersion: z.string().nullable(),
  /** Another state backend can read a canonical savepoint only. Null for checkpoints, and where it is unknown. */
  format: openEnum(['canonical', 'native'], 'native').nullable().default(null),
  /** `state.backend.type` of the deployment that wrote it; null where it is unknown. */
  stateBackend: z.string().nullable().default(null),
  /** The number of key groups of its keyed state; null where it is unknown, or differs between operators. */
  maxParallelism: z.number().int().nullable().default(null),
  /** Whether the stop that took it drained the job: its windows have fired, so no job should go on from it. */
  drained: z.boolean().optional(),
});
export type RestorePoint = z.infer<typeof RestorePoint>;

/** First four bytes of every `_metadata`, big-endian (org.apache.flink.runtime.checkpoint.Checkpoints, 1.20). */
const METADATA_MAGIC = 0x4960672d;

/**
 * Reads the head of a `_metadata` file: magic (4 bytes), version (4), checkpoint id (8), big-endian.
 * @returns the checkpoint id, or the reason why Flink did not write this file.
 */
export function readMetadataHead(head: Uint8Array): { checkpointId: number } | { broken: string } {
  if (head.byteLength < 16) return { broken: `_metadata has only ${head.byteLength} bytes` };
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const magic = view.getUint32(0);
  if (magic !== METADATA_MAGIC)
    return { broken: `_metadata begins with 0x${magic.toString(16)}, not Flink's 0x4960672d` };
  return { checkpointId: Number(view.getBigInt64(8)) };
}
export const METADATA_HEAD_BYTES = 16;

/** Orders points by (epoch, checkpoint id), never by time, because clocks of different machines differ. */
export function newestPointFirst(
  a: Pick<RestorePoint, 'epoch' | 'checkpointId'>,
  b: Pick<RestorePoint, 'epoch' | 'checkpointId'>,
): number {
  return (b.epoch ?? -1) - (a.epoch ?? -1) || (b.checkpointId ?? -1) - (a.checkpointId ?? -1);
}

const PATH = /^(s3|s3a):\/\/[^\s?#]+$/;

/** The name of a restore point in a request. */
export const From = z.union([
  z.enum(['latest', 'latest-savepoint', 'latest-checkpoint', 'fresh']),
  z
    .string()
    .max(512)
    .regex(
      PATH,
      'must be latest, latest-savepoint, latest-checkpoint, fresh, or a path such as s3://bucket/savepoint-1',
    )
    .refine((path) => !path.split('/').includes('..'), 'must not contain ".."'),
]);
export type From = z.infer<typeof From>;

/**
 * Tells whether a request names the point that stopping the running instance gives. Any other point is older: a start from
 * it discards the work that the instance has done since.
 */
export function isWhatStoppingGives(from: From, stopWith: 'savepoint' | 'checkpoint' | 'none'): boolean {
  if (from === 'latest-savepoint') return stopWith === 'savepoint';
  if (from === 'latest-checkpoint') return stopWith === 'checkpoint';
  return from === 'latest';
}

interface Program {
  readonly flinkVersion: string;
  readonly stateBackend: string;
  readonly parallelism: number;
  /** `pipeline.max-parallelism`; when it is null, Flink takes the value of the restore point. */
  readonly maxParallelism: number | null;
}

/**
 * Canonical savepoints can change version (upwards) and state backend; checkpoints and native savepoints can change neither
 * (docs of Flink 1.20 and 2.1, "Checkpoints vs. Savepoints": the table of operations). The number of key groups is fixed
 * for ever (StateAssignmentOperation).
 * @returns the reason why Flink may be unable to read this point, or null.
 */
export function riskOf(
  point: Pick<RestorePoint, 'kind' | 'flinkVersion' | 'stateBackend' | 'maxParallelism'> &
    Partial<Pick<RestorePoint, 'format' | 'drained'>>,
  { flinkVersion, stateBackend, parallelism, maxParallelism }: Program,
): string | null {
  const what = point.kind;
  // "Use the --drain flag if you want to terminate the job permanently" (docs of Flink 1.20 and 2.1, CLI).
  if (point.drained === true)
    return `the savepoint was taken by a stop with drain: all windows have fired, and Flink forbids going on from it`;
  const portable = point.kind === 'savepoint' && point.format !== 'native';
  if (point.flinkVersion !== null) {
    const order = compareMinor(point.flinkVersion, flinkVersion);
    if (order > 0) return `the ${what} was written by Flink ${point.flinkVersion}; Flink ${flinkVersion} is older`;
    if (order < 0 && !portable)
      return `the ${what} was written by Flink ${point.flinkVersion}; only a canonical savepoint is sure to be read by Flink ${flinkVersion}`;
  }
  if (!portable && point.stateBackend !== null && point.stateBackend !== stateBackend)
    return `the ${what} was written by state backend ${point.stateBackend}; ${stateBackend} reads only canonical savepoints of it`;
  if (point.maxParallelism !== null && parallelism > point.maxParallelism)
    return `the ${what} was written with a maximum parallelism of ${point.maxParallelism}; the parallelism of ${parallelism} is higher`;
  if (point.maxParallelism !== null && maxParallelism !== null && maxParallelism !== point.maxParallelism)
    return `the ${what} was written with a maximum parallelism of ${point.maxParallelism}; pipeline.max-parallelism is ${maxParallelism}`;
  return null;
}
