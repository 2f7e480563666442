/** Refuses a stop with a savepoint while the Flink job does not run, because Flink takes none then. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError, isCode } from '../../domain/errors/errors.ts';
import { clusterOfInstance, type Dependencies } from '../dependencies/dependencies.ts';

/** @throws SluiceError `NotRunningNow`. Without an answer nothing is refused: the stop itself finds out. */
export async function refuseWhileNotRunning(deps: Dependencies, running: Deployment): Promise<void> {
  const status = await statusOf(deps, running);
  if (status === null || status === 'RUNNING') return;
  throw new SluiceError(
    'NotRunningNow',
    `Flink job ${running.flinkJobId} of deployment ${running.number} is ${status}: no savepoint can be taken of it to go on from`,
  );
}

async function statusOf(deps: Dependencies, { cluster, applicationId, flinkJobId }: Deployment) {
  const report = await clusterOfInstance(deps, cluster).yarn.application(applicationId);
  if (!report?.amAddress) return null;
  try {
    return await deps.flink.jobStatus(report.amAddress, flinkJobId);
  } catch (error) {
    if (isCode(error, 'FlinkUnreachable')) return null;
    throw error;
  }
}
