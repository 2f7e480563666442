/** A release as its `release.json` in S3 describes it, and the texts that belong to it. */
import { releaseFileKey, releaseKey } from '../domain/identity/storage-keys.ts';
import { isCode, SluiceError } from '../domain/errors/errors.ts';
import type { Release, ReleaseFile } from '../domain/release/release.ts';
import { sha256Of } from '../clients/s3/checksum.ts';
import type { S3Client } from '../clients/s3/s3.ts';
import { parseRecord } from '../records/record.ts';

/** @throws SluiceError `ReleaseInvalid` when release.json is not what Sluice writes. */
export async function readRelease(
  s3: Pick<S3Client, 'get'>,
  project: string,
  version: string,
): Promise<Release | null> {
  const key = releaseKey(project, version);
  const object = await s3.get(key);
  return object === null ? null : parseRelease(object.body, key);
}

/** Reads `release.json` as every record is read. @throws SluiceError `ReleaseInvalid`, since its owner must publish again. */
export function parseRelease(body: string, key: string): Release {
  try {
    return parseRecord(key, body, 'release');
  } catch (cause) {
    if (!isCode(cause, 'RecordInvalid')) throw cause;
    throw new SluiceError('ReleaseInvalid', cause.message, { cause });
  }
}

/**
 * The text of a deployment file of a release.
 * @returns null when it is not in S3.
 * @throws SluiceError `ReleaseInvalid` when another file than the published one is there.
 */
export async function readReleaseText(
  s3: Pick<S3Client, 'get'>,
  release: { readonly project: string; readonly version: string },
  file: Pick<ReleaseFile, 'name' | 'path' | 'sha256'>,
): Promise<string | null> {
  const object = await s3.get(releaseFileKey(release, file));
  if (object === null) return null;
  if (sha256Of(object.body) === file.sha256) return object.body;
  const { project, version } = release;
  throw new SluiceError(
    'ReleaseInvalid',
    `${file.name} of release ${project}/${version} is not the file that was published`,
  );
}
