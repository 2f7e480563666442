/**
 * The records of applications that a person had started and a job has taken over. Each application has one record, so
 * that two jobs never take the same. The watcher of the cluster reads them, because such an application carries no tags of Sluice.
 */
import type { S3Client } from '../clients/s3/s3.ts';
import type { Deployment } from '../domain/deployment/deployment.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { adoptionKey, adoptionsPrefix } from '../domain/identity/storage-keys.ts';
import { unclosed } from '../domain/lock/fence.ts';
import { readFence } from './fences.ts';
import { bodyOf, getRecord } from './record.ts';

type Place = Pick<Deployment, 'cluster' | 'applicationId'>;

/** @throws SluiceError `RecordInvalid`. */
export async function readAdoption(
  s3: Pick<S3Client, 'get'>,
  { cluster, applicationId }: Place,
): Promise<Deployment | null> {
  return (await getRecord(s3, adoptionKey(cluster, applicationId), 'adoption'))?.value.deployment ?? null;
}

/**
 * Takes the application for this job, unless another job has it.
 * @throws SluiceError `AdoptionRefused` that names the other job, `Conflict` when somebody else writes at the same time.
 */
export async function takeAdoption(
  s3: Pick<S3Client, 'get' | 'putIfAbsent' | 'putIfMatch'>,
  deployment: Deployment,
): Promise<void> {
  const { cluster, applicationId, job } = deployment;
  const key = adoptionKey(cluster, applicationId);
  const body = bodyOf(key, 'adoption', { version: 1, deployment });
  if ((await s3.putIfAbsent(key, body)) === 'created') return;
  const stored = await getRecord(s3, key, 'adoption');
  if (stored) {
    const other = stored.value.deployment;
    const { fence } = await readFence(s3, other.job);
    const isHeld = unclosed(fence).some((start) => start.applicationId === applicationId);
    if (other.job !== job && isHeld) {
      throw new SluiceError(
        'AdoptionRefused',
        `application ${applicationId} was adopted by job ${other.job} with operation ${other.operationId}`,
      );
    }
    // The record is left from an attempt, of this job or another, that came to nothing: it belongs to a deployment that
    // never was, so that none of its fields is kept.
    if ((await s3.putIfMatch(key, body, stored.etag)) === 'written') return;
  }
  throw new SluiceError('Conflict', `application ${applicationId} is being adopted by somebody else`);
}

/** Removes the record once the start of the application is closed. */
export async function dropAdoption(s3: Pick<S3Client, 'remove'>, { cluster, applicationId }: Place): Promise<void> {
  await s3.remove(adoptionKey(cluster, applicationId));
}

/** Ids of the applications on a cluster that were adopted and whose end nobody has confirmed. */
export async function adoptedOn(s3: Pick<S3Client, 'list'>, cluster: string): Promise<string[]> {
  const prefix = adoptionsPrefix(cluster);
  const ids: string[] = [];
  for await (const entry of s3.list(prefix))
    if (entry.kind === 'object') ids.push(entry.key.slice(prefix.length, -'.json'.length));
  return ids;
}
