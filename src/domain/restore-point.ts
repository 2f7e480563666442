/** Restore points: what a deployment can start from, which one is newest, and how a request names one. */
import { z } from 'zod';

export const RestorePoint = z.strictObject({
  /** URI of the folder that holds `_metadata`, in Flink's scheme (`s3://…`). */
  path: z.string(),
  kind: z.enum(['savepoint', 'checkpoint']),
  /** Why it exists: taken by stopping, asked for, retained by Flink, or named by a person. */
  taken: z.enum(['stop', 'manual', 'retained', 'given']),
  /** Epoch of the start that wrote it; null for a path from elsewhere. */
  epoch: z.number().int().nullable(),
  /** Flink's checkpoint id, read from `_metadata`; orders points within one epoch. */
  checkpointId: z.number().int().nullable(),
  completedAt: z.string().nullable(),
  deployment: z.number().int().nullable(),
  flinkVersion: z.string().nullable(),
});
export type RestorePoint = z.infer<typeof RestorePoint>;

/** First four bytes of every `_metadata`, big-endian (org.apache.flink.runtime.checkpoint.Checkpoints, 1.20). */
const METADATA_MAGIC = 0x4960672d;

/**
 * Reads the head of a `_metadata` file: magic (4 bytes), version (4), checkpoint id (8), big-endian.
 * @returns the checkpoint id, or the reason why this is no Flink snapshot.
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

/** Newest first, by (epoch, checkpoint id); never by time, since clocks of different machines decide nothing. */
export function newestFirst(a: RestorePoint, b: RestorePoint): number {
  return (b.epoch ?? -1) - (a.epoch ?? -1) || (b.checkpointId ?? -1) - (a.checkpointId ?? -1);
}

const PATH = /^(s3|s3a):\/\/[^\s?#]+$/;

/** How a request names where to start from. */
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

/** Whether starting a *running* job from here would silently throw away what it has done since. */
export function isOlderThanStopSavepoint(from: From): boolean {
  return from !== 'latest' && from !== 'latest-savepoint' && from !== 'fresh';
}
