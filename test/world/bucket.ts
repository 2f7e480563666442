/** Objects of the world's bucket that a test writes around the S3 client. */
import { createHash } from 'node:crypto';
import type { FakeS3 } from '../fakes/s3.ts';

export const BUCKET = 'sluice';

export const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

export function store(s3: FakeS3, key: string, body: Buffer): void {
  s3.objects.set(key, {
    body,
    etag: `"${sha256(body)}"`,
    lastModified: Math.floor(Date.now() / 1000) * 1000,
    sha256: sha256(body),
  });
}

/** Writes the head that every `_metadata` of Flink has: magic, version, checkpoint id. */
export function writeMetadata(s3: FakeS3, uri: string, checkpointId: number): void {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x4960672d, 0);
  head.writeUInt32BE(4, 4);
  head.writeBigInt64BE(BigInt(checkpointId), 8);
  store(s3, `${uri.replace(`s3://${BUCKET}/`, '')}/_metadata`, head);
}

/** Removes a checkpoint as Flink does: with everything in its folder. */
export function removeSnapshot(s3: FakeS3, uri: string): void {
  const folder = `${uri.replace(`s3://${BUCKET}/`, '')}/`;
  for (const key of [...s3.objects.keys()]) if (key.startsWith(folder)) s3.objects.delete(key);
}

/** Tells whether Flink finds a snapshot at this path; paths outside of the bucket are there. */
export const isSnapshotAt = (s3: FakeS3, uri: string): boolean =>
  !uri.startsWith(`s3://${BUCKET}/`) || s3.objects.has(`${uri.replace(`s3://${BUCKET}/`, '')}/_metadata`);

export const checkpointIdAt = (s3: FakeS3, uri: string): number =>
  Number(s3.objects.get(`${uri.replace(`s3://${BUCKET}/`, '')}/_metadata`)?.body.readBigInt64BE(8) ?? 0n);
