/** The schedules of periodic savepoints of a cluster's jobs: the watcher's sweep puts right what an operation missed. */
import { inTurns } from '../../concurrency/in-turns.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import type { BelievedJob } from '../dependencies/watch-settings.ts';

const AT_ONCE = 10;

/**
 * Asks the jobs what they want whose schedule may be wrong: jobs whose workflow began anew since the last sweep, because
 * an operation of theirs may have missed the schedule, and jobs that have a schedule and do not run here.
 */
export async function repairSchedules(
  { schedules }: Dependencies,
  cluster: string,
  believed: readonly BelievedJob[],
  since: number,
): Promise<void> {
  const here = new Set(believed.map(({ job }) => job));
  const changed = believed.filter(({ runSince }) => runSince > since).map(({ job }) => job);
  const strays = (await schedules.on(cluster)).filter((job) => !here.has(job));
  const repair = async (job: string) => schedules.keep(job, await schedules.wantedBy(job));
  await inTurns([...new Set([...changed, ...strays])], repair, AT_ONCE);
}
