/** The schedules of periodic savepoints of a cluster's jobs: the watcher's sweep puts right what an operation missed. */
import type { BelievedJob } from '../dependencies/watch-settings.ts';
import type { Watch } from './questions.ts';

/**
 * Asks the jobs what they want whose schedule may be wrong: jobs whose workflow began anew since the last sweep, because
 * an operation of theirs may have missed the schedule, jobs that have a schedule and do not run here, jobs whose schedule does
 * not sign yet, and jobs that the last sweep owes.
 * @returns the jobs that this sweep owes, because they could not be asked or their schedule could not be changed.
 */
export async function repairSchedules(
  { deps: { schedules }, cluster, complaints }: Pick<Watch, 'deps' | 'cluster' | 'complaints'>,
  believed: readonly BelievedJob[],
  { since, owed }: { readonly since: number; readonly owed: readonly string[] },
): Promise<readonly string[]> {
  const here = new Set(believed.map(({ job }) => job));
  const changed = believed.filter(({ runSince }) => runSince > since).map(({ job }) => job);
  const scheduled = await schedules.on(cluster.name);
  const doubtful = scheduled
    .filter(({ job, lacksSignature }) => lacksSignature || !here.has(job))
    .map(({ job }) => job);
  const { failed } = await complaints.each([...new Set([...changed, ...doubtful, ...owed])], {
    what: 'have its schedule put right',
    nameOf: (job) => job,
    act: async (job) => schedules.keep(job, await schedules.wantedBy(job)),
  });
  return failed.map(({ item }) => item);
}
