/** The fence in S3: read, and changed only by conditional PUT. */
import type { S3Client } from '../clients/s3/s3.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { emptyFence, Fence } from '../domain/lock/fence.ts';
import { fenceKey } from '../domain/identity/storage-keys.ts';

export async function readFence(s3: S3Client, job: string): Promise<{ fence: Fence; etag: string | null }> {
  const found = await s3.get(fenceKey(job));
  return found
    ? { fence: Fence.parse(JSON.parse(found.body)), etag: found.etag }
    : { fence: emptyFence(job), etag: null };
}

const TRIES = 5;

/**
 * Reads, changes and writes the fence; begins again when somebody else wrote in between.
 * @throws SluiceError `Conflict` when others keep writing, or whatever `alter` throws.
 */
export async function changeFence(s3: S3Client, job: string, alter: (fence: Fence) => Fence): Promise<Fence> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const { fence, etag } = await readFence(s3, job);
    const altered = alter(fence);
    if (altered === fence) return fence;
    const body = JSON.stringify(altered);
    const written =
      etag === null
        ? (await s3.putIfAbsent(fenceKey(job), body)) === 'created'
        : (await s3.putIfMatch(fenceKey(job), body, etag)) === 'written';
    if (written) return altered;
  }
  throw new SluiceError('Conflict', `the fence of ${job} keeps being changed by somebody else`);
}
