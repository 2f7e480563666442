/** The fences in S3: `fences/<job>.json`, changed only by conditional PUT. */
import type { S3Client } from '../clients/s3/s3.ts';
import { fenceKey, FENCES_ROOT, jobOfFenceKey } from '../domain/identity/storage-keys.ts';
import { emptyFence, type Fence } from '../domain/lock/fence.ts';
import { changeRecord, getRecord } from './record.ts';

/** @returns the empty fence for a job that was never started. @throws SluiceError `RecordInvalid`. */
export async function readFence(
  s3: Pick<S3Client, 'get'>,
  job: string,
): Promise<{ readonly fence: Fence; readonly etag: string | null }> {
  const stored = await getRecord(s3, fenceKey(job), 'fence');
  return stored ? { fence: stored.value, etag: stored.etag } : { fence: emptyFence(job), etag: null };
}

/** The fence of a job, read when it is asked for first. */
export type FenceOnce = () => Promise<Fence>;

/**
 * Reads the fence once for the checks and for what precedes a conditional PUT. An older fence is safe there, because
 * the PUT reads it again.
 */
export function fenceOnce(s3: Pick<S3Client, 'get'>, job: string): FenceOnce {
  let reading: Promise<{ readonly fence: Fence }> | undefined;
  return async () => (await (reading ??= readFence(s3, job))).fence;
}

/** Changes the fence of a job. @throws as `changeRecord`. */
export const changeFence = (
  s3: Pick<S3Client, 'get' | 'putIfAbsent' | 'putIfMatch'>,
  job: string,
  alter: (fence: Fence) => Fence,
): Promise<Fence> =>
  changeRecord(s3, { key: fenceKey(job), kind: 'fence', empty: emptyFence(job), what: `the fence of ${job}` }, alter);

/** Every job that was ever started, by name. */
export async function startedJobs(s3: Pick<S3Client, 'list'>): Promise<string[]> {
  const jobs: string[] = [];
  for await (const entry of s3.list(FENCES_ROOT)) {
    const job = entry.kind === 'object' ? jobOfFenceKey(entry.key) : null;
    if (job !== null) jobs.push(job);
  }
  return jobs;
}
