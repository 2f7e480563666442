/** Copies what containers wrote to where containers cannot write. */
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '../../clients/s3/s3-client.ts';
import type { RecordedObject } from '../../domain/distribution/distribution.ts';
import { SluiceError } from '../../domain/errors/errors.ts';

/** Read at a time, so that each request ends within the deadline of S3. */
const RANGE_BYTES = 8 * 1024 * 1024;

/**
 * Reads the object once and writes these bytes, because a container may still change its own object.
 * @param size bytes that the writer has told of; null where it told none.
 * @throws SluiceError `WarmUpFailed` when the object is missing or has another size.
 */
export async function takeOver(
  s3: Pick<S3Client, 'head' | 'getBytes' | 'putFile'>,
  { from, to, size }: { readonly from: string; readonly to: string; readonly size: number | null },
): Promise<RecordedObject> {
  const head = await s3.head(from);
  if (head === null) throw new SluiceError('WarmUpFailed', `the warm-up wrote no ${from}`);
  if (size !== null && head.size !== size)
    throw new SluiceError('WarmUpFailed', `${from} has ${head.size} bytes, and its JVM wrote ${size}`);
  const work = await mkdtemp(join(tmpdir(), 'sluice-warm-up-'));
  try {
    const path = join(work, 'object');
    const sha256 = await fetchTo(s3, path, from, head.size);
    await s3.putFile(to, path, sha256);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const written = await s3.head(to);
  if (written?.size === head.size) return { key: to, size: written.size, etag: written.etag };
  throw new SluiceError('WarmUpFailed', `${to} is not what was written there`);
}

/** @returns sha256 (hex) of what was read. */
async function fetchTo(s3: Pick<S3Client, 'getBytes'>, path: string, from: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  try {
    for (let offset = 0; offset < size; offset += RANGE_BYTES) {
      const length = Math.min(RANGE_BYTES, size - offset);
      const bytes = await s3.getBytes(from, { offset, length });
      if (bytes?.byteLength !== length)
        throw new SluiceError('WarmUpFailed', `${from} became shorter while it was read`);
      hash.update(bytes);
      await file.write(bytes);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
