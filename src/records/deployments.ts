/** The numbered records of what was started: `deployments/<job>/<number>.json`. */
import type { S3Client } from '../clients/s3/s3.ts';
import type { Deployment } from '../domain/deployment/deployment.ts';
import { deploymentKey, deploymentsPrefix } from '../domain/identity/storage-keys.ts';
import { inheriting } from '../domain/compatibility/tolerant.ts';
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
export async function createDeployment(
  s3: Pick<S3Client, 'get' | 'put' | 'putIfAbsent'>,
  deployment: Deployment,
): Promise<void> {
  const key = deploymentKey(deployment.job, deployment.number);
  if ((await s3.putIfAbsent(key, bodyOf(key, 'deployment', deployment))) === 'created') return;
  await changeDeployment(s3, deployment);
}

/**
 * Replaces a record and keeps the fields that this Sluice does not know.
 * @param earlier the record as it was read just now; absent: this function reads it.
 */
export async function changeDeployment(
  s3: Pick<S3Client, 'get' | 'put'>,
  deployment: Deployment,
  earlier?: Deployment | null,
): Promise<void> {
  const { job, number } = deployment;
  const key = deploymentKey(job, number);
  const before = earlier === undefined ? await readDeployment(s3, job, number) : earlier;
  await s3.put(key, bodyOf(key, 'deployment', inheriting(deployment, before)));
}
