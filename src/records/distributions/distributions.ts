/** The records of published distributions in S3: `distributions/<Flink version>.json`. */
import type { S3Client } from '../../clients/s3/s3.ts';
import type { DistributionRecord } from '../../domain/distribution/distribution.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { DISTRIBUTIONS_ROOT, distributionKey, versionOfDistributionKey } from '../../domain/identity/storage-keys.ts';
import { bodyOf, getRecord } from '../record.ts';

/** @returns null when none was published. @throws SluiceError `RecordInvalid`. */
export const readDistribution = async (
  s3: Pick<S3Client, 'get'>,
  flinkVersion: string,
): Promise<DistributionRecord | null> =>
  (await getRecord(s3, distributionKey(flinkVersion), 'distribution'))?.value ?? null;

/** Reads all records, in the order of their keys. @throws SluiceError `RecordInvalid`. */
export async function readDistributions(s3: Pick<S3Client, 'get' | 'list'>): Promise<readonly DistributionRecord[]> {
  const records: DistributionRecord[] = [];
  for await (const entry of s3.list(DISTRIBUTIONS_ROOT, { delimiter: '/' })) {
    const version = entry.kind === 'object' ? versionOfDistributionKey(entry.key) : null;
    const record = version === null ? null : await readDistribution(s3, version);
    if (record !== null) records.push(record);
  }
  return records;
}

const TRIES = 5;

/**
 * Changes a record by conditional PUT, and begins again when somebody else wrote in between.
 * @throws SluiceError `Conflict` when others keep writing, `RecordInvalid`, or whatever `alter` throws.
 */
export async function changeDistribution(
  s3: Pick<S3Client, 'get' | 'putIfAbsent' | 'putIfMatch'>,
  flinkVersion: string,
  alter: (record: DistributionRecord | null) => DistributionRecord,
): Promise<DistributionRecord> {
  const key = distributionKey(flinkVersion);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const stored = await getRecord(s3, key, 'distribution');
    const altered = alter(stored?.value ?? null);
    if (altered === stored?.value) return altered;
    const body = bodyOf(key, 'distribution', altered);
    const written = stored
      ? (await s3.putIfMatch(key, body, stored.etag)) === 'written'
      : (await s3.putIfAbsent(key, body)) === 'created';
    if (written) return altered;
  }
  throw new SluiceError('Conflict', `the record of Flink ${flinkVersion} keeps being changed by somebody else`);
}
