/** The numbered records of what was started, as S3 has them. */
import { Deployment } from '../domain/deployment/deployment.ts';
import { deploymentKey, deploymentsPrefix } from '../domain/identity/storage-keys.ts';
import type { Dependencies } from '../activities/dependencies/dependencies.ts';

const NEWEST = 20;

/** The newest records, oldest first: older ones are read by whoever lists deployments. */
export async function readDeployments({ s3 }: Dependencies, job: string, most = NEWEST): Promise<Deployment[]> {
  const keys: string[] = [];
  for await (const entry of s3.list(deploymentsPrefix(job))) if (entry.kind === 'object') keys.push(entry.key);
  const newest = await Promise.all(keys.slice(-most).map((key) => s3.get(key)));
  return newest.flatMap((found) => (found ? [Deployment.parse(JSON.parse(found.body))] : []));
}

/** @returns null when there is none of this number. */
export async function readDeployment({ s3 }: Dependencies, job: string, number: number): Promise<Deployment | null> {
  const found = await s3.get(deploymentKey(job, number));
  return found ? Deployment.parse(JSON.parse(found.body)) : null;
}
