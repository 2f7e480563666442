/** Refuses a question about a job that does not exist, and guesses which job was meant. */
import { nearest } from '../../domain/input/nearest.ts';
import { Problem } from '../http/problem.ts';

interface Known {
  readonly index: () => Promise<readonly { readonly name: string }[]>;
}

/** @param why what follows from it, such as `it was never deployed`. */
export async function noSuchJob(jobs: Known, job: string, why: string): Promise<Problem> {
  const known = await jobs.index().catch(() => []);
  const meant = nearest(
    job,
    known.map(({ name }) => name),
  );
  return new Problem('NotFound', `There is no job ${job}: ${why}${meant === null ? '' : `. Did you mean ${meant}?`}`);
}
