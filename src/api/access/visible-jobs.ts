/** Tells of many jobs at once which of them a caller may see. */
import type { Subject } from '../../domain/access/decide.ts';
import type { Call } from '../http/route.ts';
import type { Jobs } from '../jobs/jobs.ts';

/** A job with its owner, as far as both are known. */
interface Owned {
  readonly name: string;
  readonly environment: string | null;
  readonly owner: string | null;
}

export const subjectIn = ({ name, environment, owner }: Owned): Subject => ({
  job: name,
  environment,
  team: owner,
});

/** No job has this name: only a binding without limits covers it. */
export const ANY_JOB: Subject = { job: '', environment: null, team: null };

/** A job whose workflow is closed has no known owner here, so a binding by environment or team does not show it. */
export async function visibleJobs(jobs: Pick<Jobs, 'index'>, may: Call['may']): Promise<(job: string) => boolean> {
  if (may('view', ANY_JOB)) return () => true;
  const known = new Map((await jobs.index()).map((job) => [job.name, subjectIn(job)]));
  return (job) => may('view', known.get(job) ?? { job, environment: null, team: null });
}
