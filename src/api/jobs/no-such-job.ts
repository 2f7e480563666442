/** Refuses a question about a job that does not exist, and guesses which job was meant. */
import { nearest } from '../../domain/input/nearest.ts';
import { Problem } from '../http/problem.ts';
import type { Call } from '../http/route.ts';
import type { JobItem } from '../job-list-contract.ts';

type Listed = Pick<JobItem, 'name' | 'environment' | 'owner'>;

/**
 * @param may the rights of the caller, who is told of no job that it may not see.
 * @param why what follows from it, such as `it was never deployed`.
 */
export async function noSuchJob(
  index: () => Promise<readonly Listed[]>,
  may: Call['may'],
  job: string,
  why: string,
): Promise<Problem> {
  const known = await index().catch(() => []);
  const seen = known.filter(({ name, environment, owner }) => may('view', { job: name, environment, team: owner }));
  const meant = nearest(
    job,
    seen.map(({ name }) => name),
  );
  return new Problem('NotFound', `There is no job ${job}: ${why}${meant === null ? '' : `. Did you mean ${meant}?`}`);
}
