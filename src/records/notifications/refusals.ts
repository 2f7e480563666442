/** Refusals of automatic deploys on their way from the watch of the releases to the notifier: one object each, removed once it is told. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { fingerprintOf } from '../../domain/identity/fingerprint.ts';
import { refusalKey, refusalsPrefix } from '../../domain/identity/storage-keys.ts';
import { refusalIdOf, type Refusal } from '../../domain/notification/refusal-notice.ts';
import { bodyOf, getRecord } from '../record.ts';
import { readEach, type ReadEach } from '../read-each.ts';

/** Leaves a refusal; a second one of the same release replaces it. */
export async function leaveRefusal(s3: Pick<S3Client, 'put'>, installation: string, refusal: Refusal): Promise<void> {
  const key = refusalKey(installation, fingerprintOf(refusalIdOf(refusal)));
  await s3.put(key, bodyOf(key, 'refusal', refusal));
}

export interface StoredRefusal {
  readonly key: string;
  readonly refusal: Refusal;
}

/** Refusals that were not told yet. */
export async function readRefusals(
  s3: Pick<S3Client, 'get' | 'list'>,
  installation: string,
): Promise<ReadEach<StoredRefusal>> {
  const keys: { readonly key: string }[] = [];
  for await (const entry of s3.list(refusalsPrefix(installation))) {
    if (entry.kind === 'object') keys.push({ key: entry.key });
  }
  return await readEach(keys, async ({ key }) => {
    const refusal = (await getRecord(s3, key, 'refusal'))?.value ?? null;
    return refusal && { key, refusal };
  });
}
