/** A release as its `release.json` in S3 describes it. */
import { releaseKey } from '../domain/identity/storage-keys.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { Release } from '../domain/release/release.ts';
import type { S3Client } from '../clients/s3/s3.ts';

/** @throws SluiceError `ReleaseInvalid` when release.json is not what Sluice writes. */
export async function readRelease(
  s3: Pick<S3Client, 'get'>,
  project: string,
  version: string,
): Promise<Release | null> {
  const found = await s3.get(releaseKey(project, version));
  return found === null ? null : parseRelease(found.body, releaseKey(project, version));
}

/** @throws SluiceError `ReleaseInvalid`. */
export function parseRelease(body: string, key: string): Release {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new SluiceError('ReleaseInvalid', `${key} is not JSON`, { cause });
  }
  const parsed = Release.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new SluiceError('ReleaseInvalid', `${key} is not a release: ${issues.join('; ')}`);
}
