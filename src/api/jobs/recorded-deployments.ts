/** Reads the deployments of a job: from S3, but the current one from the job itself, which knows newer facts. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import type { RecordStore } from '../../records/record-store.ts';
import { Problem } from '../http/problem.ts';
import type { Call } from '../http/route.ts';
import type { Jobs } from './jobs.ts';
import { noSuchJob } from './no-such-job.ts';

interface Parts {
  readonly jobs: Jobs;
  readonly records: RecordStore;
  readonly may: Call['may'];
}

interface Recorded {
  /** Null when the workflow of the job is not there. */
  readonly view: JobView | null;
  /** Newest first. */
  readonly deployments: readonly Deployment[];
  readonly unreadable: readonly { readonly key: string; readonly problem: string }[];
}

/** @throws Problem `NotFound` for a job that was never deployed. */
export async function recordedDeployments({ jobs, records, may }: Parts, job: string): Promise<Recorded> {
  const [view, stored] = await Promise.all([jobs.view(job), records.deployments(job)]);
  const { values, unreadable } = stored;
  if (!view && values.length + unreadable.length === 0) {
    throw await noSuchJob(() => jobs.index(), may, job, 'it was never deployed');
  }
  const current = view?.deployment ?? null;
  const deployments: readonly Deployment[] = current
    ? [current, ...values.filter(({ number }) => number !== current.number)]
    : values;
  return { view, deployments: deployments.toSorted((a, b) => b.number - a.number), unreadable };
}

/**
 * @param number null: the newest.
 * @throws Problem `NotFound`.
 */
export function deploymentIn({ deployments }: Recorded, job: string, number: number | null): Deployment {
  const found = number === null ? deployments[0] : deployments.find((one) => one.number === number);
  if (found) return found;
  const which = number === null ? 'no deployment' : `no deployment ${number}`;
  throw new Problem('NotFound', `${job} has ${which}; \`sluice deployments ${job}\` lists them`);
}
