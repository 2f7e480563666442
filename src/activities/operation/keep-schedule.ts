/** The schedule of periodic savepoints after an operation: kept as the deployment says. */
import { log } from '@temporalio/activity';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { wantedSchedule } from '../dependencies/schedules.ts';

/** Never fails for Temporal's sake: the sweep of the cluster's watcher repairs what could not be done here. */
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
