/** The records of containers: `traces/<job>/containers/<application id>.json`, one for each application, which stays. */
import type { S3Client } from '../clients/s3/s3.ts';
import type { PlacedContainers } from '../domain/deployment/placed-containers.ts';
import { containersKey } from '../domain/identity/storage-keys.ts';
import { bodyOf, getRecord } from './record.ts';

type Application = Pick<PlacedContainers, 'job' | 'applicationId'>;

/** @returns null for an application that nobody has seen with a container. @throws SluiceError `RecordInvalid`. */
export async function readPlacedContainers(
  s3: Pick<S3Client, 'get'>,
  { job, applicationId }: Application,
): Promise<PlacedContainers | null> {
  return (await getRecord(s3, containersKey(job, applicationId), 'containers'))?.value ?? null;
}

/** Writes the containers. A second writer at the same moment may lose its new ones until the next look. */
export async function writePlacedContainers(s3: Pick<S3Client, 'put'>, containers: PlacedContainers): Promise<void> {
  const key = containersKey(containers.job, containers.applicationId);
  await s3.put(key, bodyOf(key, 'containers', containers));
}
