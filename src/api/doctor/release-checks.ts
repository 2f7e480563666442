/** Checks that releases name only jobs of their own project. */
import { inTurns } from '../../concurrency/in-turns.ts';
import { newestByJob, type PublishedRelease } from '../../domain/auto-deploy/auto-deploy.ts';
import type { RecordStore } from '../../records/record-store.ts';
import { fine, warning, type Finding } from '../checkups.ts';

interface World {
  readonly records: Pick<RecordStore, 'fence'>;
  readonly releases: { readonly list: () => Promise<readonly PublishedRelease[]> };
}

/** Names the newest release of every other project that has a deployment file for a job. */
export async function checkReleases({ records, releases }: World): Promise<Finding[]> {
  const byJob = [...newestByJob(await releases.list())];
  const findings = await inTurns(byJob, async ([job, newest]): Promise<Finding[]> => {
    const owner = (await records.fence(job))?.ownership?.project;
    const foreign = [...newest].filter(([project]) => owner !== undefined && project !== owner);
    return foreign.map(([, { name }]) =>
      warning(
        'foreignReleases',
        job,
        `it belongs to project ${owner ?? '?'}, and ${name} has a deployment file for it`,
      ),
    );
  });
  const found = findings.flat();
  return found.length === 0 ? [fine('foreignReleases', `${byJob.length} jobs have a release`)] : found.slice(0, MOST);
}

/** The most findings: a reader begins with these. */
const MOST = 50;
