/** The numbered records of what was started: `deployments/<job>/<number>.json`. */
import type { S3Client } from '../clients/s3/s3.ts';
import type { Deployment } from '../domain/deployment/deployment.ts';
import { deploymentKey, deploymentsPrefix } from '../domain/identity/storage-keys.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { mergedRecord } from '../domain/deployment/merged-record.ts';
import { isClosed } from '../domain/lock/fence.ts';
import { inheriting } from '../domain/compatibility/tolerant.ts';
import { readFence } from './fences.ts';
import { bodyOf, getRecord, type StoredRecord } from './record.ts';

const NEWEST = 20;

/** The newest records, oldest first. @throws SluiceError `RecordInvalid`. */
export async function readDeployments(
  s3: Pick<S3Client, 'get' | 'list'>,
  job: string,
  most = NEWEST,
): Promise<Deployment[]> {
  const keys = (await listDeployments(s3, job)).slice(-most).map(({ key }) => key);
  const records = await Promise.all(keys.map((key) => readDeploymentAt(s3, key)));
  return records.filter((record) => record !== null);
}

/** The newest records of one job, read when they are asked for first. */
export type DeploymentsOnce = () => Promise<readonly Deployment[]>;

/** For an activity with several questions about the deployments of a job: S3 lists and reads them once for all of them. */
export function deploymentsOnce(s3: Pick<S3Client, 'get' | 'list'>, job: string): DeploymentsOnce {
  let reading: Promise<readonly Deployment[]> | undefined;
  return () => (reading ??= readDeployments(s3, job));
}

/** Key and etag of every record of a job, in the order of their numbers. */
export async function listDeployments(
  s3: Pick<S3Client, 'list'>,
  job: string,
): Promise<{ readonly key: string; readonly etag: string }[]> {
  const entries: { readonly key: string; readonly etag: string }[] = [];
  for await (const entry of s3.list(deploymentsPrefix(job))) if (entry.kind === 'object') entries.push(entry);
  return entries;
}

/** @returns null when there is none of this number. @throws SluiceError `RecordInvalid`. */
export const readDeployment = (s3: Pick<S3Client, 'get'>, job: string, number: number): Promise<Deployment | null> =>
  readDeploymentAt(s3, deploymentKey(job, number));

/** @throws SluiceError `RecordInvalid`. */
export async function readDeploymentAt(s3: Pick<S3Client, 'get'>, key: string): Promise<Deployment | null> {
  return (await getRecord(s3, key, 'deployment'))?.value ?? null;
}

/** The record with its etag, for a conditional PUT. @throws SluiceError `RecordInvalid`. */
export const storedDeployment = (
  s3: Pick<S3Client, 'get'>,
  job: string,
  number: number,
): Promise<StoredRecord<Deployment> | null> => getRecord(s3, deploymentKey(job, number), 'deployment');

/** Replaces a record that is as it was read. @returns false when somebody has changed it since. */
export async function replaceDeployment(
  s3: Pick<S3Client, 'putIfMatch'>,
  { value: before, etag }: StoredRecord<Deployment>,
  deployment: Deployment,
): Promise<boolean> {
  const key = deploymentKey(before.job, before.number);
  return (await s3.putIfMatch(key, bodyOf(key, 'deployment', inheriting(deployment, before)), etag)) === 'written';
}

/** Writes the first record of a deployment, or changes the record that an earlier attempt has written. */
export async function createDeployment(s3: Changing, deployment: Deployment): Promise<void> {
  await changeDeployment(s3, deployment, null);
}

type Changing = Pick<S3Client, 'get' | 'putIfAbsent' | 'putIfMatch'>;

const TRIES = 5;

/**
 * Merges what is told of a deployment into its record, by conditional PUT. An attempt that froze until now, or a run that has lost the
 * job, takes nothing back that others have written since (`mergedRecord`). Fields that this Sluice does not know stay.
 * @param earlier the record as it was read just now, null where there was none; absent: this function reads it.
 * @throws SluiceError `Conflict` when others keep writing, `RecordInvalid`.
 */
export async function changeDeployment(
  s3: Changing,
  deployment: Deployment,
  earlier?: StoredRecord<Deployment> | null,
): Promise<void> {
  const { job, number, startKey } = deployment;
  const key = deploymentKey(job, number);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const stored = attempt === 0 && earlier !== undefined ? earlier : await getRecord(s3, key, 'deployment');
    if (stored === null) {
      if ((await s3.putIfAbsent(key, bodyOf(key, 'deployment', deployment))) === 'created') return;
      continue;
    }
    // An end is written down before the act, which may have failed: only the fence says that the start is over.
    const mayLive = deployment.ended === null && stored.value.ended !== null;
    const isOver = mayLive && isClosed((await readFence(s3, job)).fence, startKey);
    if (await replaceDeployment(s3, stored, mergedRecord(stored.value, deployment, { isOver }))) return;
  }
  throw new SluiceError(
    'Conflict',
    `the record of deployment ${number} of ${job} keeps being changed by somebody else`,
  );
}
