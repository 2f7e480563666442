/**
 * The records of applications that somebody else had started and a job has taken over. One for each application, so that
 * no two jobs take the same; the watcher of the cluster finds them here, since they carry no tags of ours.
 */
import { z } from 'zod';
import { Deployment } from '../domain/deployment/deployment.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { unclosed } from '../domain/lock/fence.ts';
import { adoptionKey, adoptionsPrefix } from '../domain/identity/storage-keys.ts';
import type { Dependencies } from '../activities/dependencies/dependencies.ts';
import { readFence } from './fences.ts';

const Adoption = z.strictObject({ version: z.literal(1), deployment: Deployment });

type At = Pick<Deployment, 'cluster' | 'applicationId'>;

export async function readAdoption({ s3 }: Dependencies, { cluster, applicationId }: At): Promise<Deployment | null> {
  const found = await s3.get(adoptionKey(cluster, applicationId));
  return found && Adoption.parse(JSON.parse(found.body)).deployment;
}

/**
 * Takes the application for this job, unless another job has it.
 * @throws SluiceError `AdoptionRefused` that names the other job.
 */
export async function takeAdoption(deps: Dependencies, deployment: Deployment): Promise<void> {
  const { s3 } = deps;
  const key = adoptionKey(deployment.cluster, deployment.applicationId);
  const body = JSON.stringify({ version: 1, deployment } satisfies z.input<typeof Adoption>);
  if ((await s3.putIfAbsent(key, body)) === 'created') return;
  const found = await s3.get(key);
  const { deployment: known } = Adoption.parse(JSON.parse(found?.body ?? 'null'));
  const { fence } = await readFence(s3, known.job);
  const holds = unclosed(fence).some(({ applicationId }) => applicationId === deployment.applicationId);
  if (known.job !== deployment.job && holds) {
    throw new SluiceError(
      'AdoptionRefused',
      `application ${deployment.applicationId} was adopted by job ${known.job} with operation ${known.operationId}`,
    );
  }
  // Of an attempt that came to nothing, of this job or another.
  if (found && (await s3.putIfMatch(key, body, found.etag)) === 'written') return;
  throw new SluiceError('Conflict', `application ${deployment.applicationId} is being adopted by somebody else`);
}

/** It is over: nobody needs to look for it any more. */
export async function dropAdoption({ s3 }: Dependencies, { cluster, applicationId }: At): Promise<void> {
  await s3.remove(adoptionKey(cluster, applicationId));
}

/** Ids of the applications on a cluster that were adopted and not seen ending. */
export async function adoptedOn({ s3 }: Dependencies, cluster: string): Promise<string[]> {
  const prefix = adoptionsPrefix(cluster);
  const ids: string[] = [];
  for await (const entry of s3.list(prefix))
    if (entry.kind === 'object') ids.push(entry.key.slice(prefix.length, -'.json'.length));
  return ids;
}
