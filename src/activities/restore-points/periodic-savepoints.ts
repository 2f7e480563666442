/** The schedules of periodic savepoints: kept as the deployments say, and put right by the sweep of each cluster's watcher. */
import { log } from '@temporalio/activity';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { wantedSchedule } from '../dependencies/schedules.ts';
import type { BelievedJob } from '../dependencies/watch-settings.ts';

/** After an operation: what cannot be done now is done by the sweep. */
export async function keepSchedule({ schedules }: Dependencies, deployment: Deployment): Promise<void> {
  try {
    await schedules.keep(deployment.job, wantedSchedule(deployment));
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    log.warn('the schedule of periodic savepoints is not what it should be yet', {
      job: deployment.job,
      reason: error.message,
    });
  }
}

const AT_ONCE = 10;

/**
 * Those whose schedule may be wrong are asked what they want: whose workflow began anew since the last sweep, so that an
 * operation of it may have missed its schedule, and who have one and do not run here.
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
