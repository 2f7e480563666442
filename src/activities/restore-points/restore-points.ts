/** The newest checkpoint of an instance: of a living one by its JobManager, of one that is gone by S3. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError, isCode } from '../../domain/errors/errors.ts';
import type { RestorePoint } from '../../domain/restore-points/restore-point.ts';
import { clusterOf, type Dependencies } from '../dependencies/dependencies.ts';
import { retainedCheckpoint } from './stored-points.ts';

interface NewestCheckpoint {
  readonly id: number;
  readonly path: string;
  /** ISO 8601, by the JobManager's clock or S3's. */
  readonly completedAt: string;
}

export const createRestorePoints = (deps: Dependencies) => ({
  /** The newest completed checkpoint that an ended instance left behind. */
  async retainedCheckpoint({
    deployment,
  }: {
    readonly deployment: Deployment;
  }): Promise<{ highest: RestorePoint | null }> {
    return { highest: await retainedCheckpoint(deps, deployment) };
  },

  freshCheckpoint: (input: { readonly deployment: Deployment; readonly maxAgeMs: number }): Promise<NewestCheckpoint> =>
    newestCheckpoint(deps, input.deployment, input),
});

/**
 * The newest completed checkpoint of an instance that is about to be ended without a savepoint.
 * @throws SluiceError `RestorePointNotFound` when there is none, `RestorePointNotKept` when its end deletes it,
 * `CheckpointTooOld` when it is older than `maxAgeMs`.
 */
export async function newestCheckpoint(
  deps: Dependencies,
  deployment: Deployment,
  { maxAgeMs }: { readonly maxAgeMs: number },
): Promise<NewestCheckpoint> {
  const newest = (await toldCheckpoint(deps, deployment)) ?? (await storedCheckpoint(deps, deployment));
  if (!newest) {
    throw new SluiceError(
      'RestorePointNotFound',
      `deployment ${deployment.number} has completed no checkpoint to stop with`,
    );
  }
  const ageMs = Date.now() - Date.parse(newest.completedAt);
  if (ageMs > maxAgeMs) {
    throw new SluiceError(
      'CheckpointTooOld',
      `checkpoint ${newest.id} of deployment ${deployment.number} is ${Math.round(ageMs / 1000)} s old; upgrade.maxCheckpointAge allows ${Math.round(maxAgeMs / 1000)} s`,
    );
  }
  return newest;
}

/** The newest checkpoint by the JobManager's word; null without an answer, because S3 decides in the end. */
async function toldCheckpoint(deps: Dependencies, deployment: Deployment): Promise<NewestCheckpoint | null> {
  const { yarn } = clusterOf(deps, deployment.cluster);
  const { flinkJobId, number } = deployment;
  try {
    const address = (await yarn.application(deployment.applicationId))?.amAddress;
    if (!address) return null;
    const [told, config] = await Promise.all([
      deps.flink.checkpoints(address, flinkJobId),
      deps.flink.checkpointsConfig(address, flinkJobId),
    ]);
    if (config && (!config.externalized || config.deletedOnCancellation)) {
      throw new SluiceError(
        'RestorePointNotKept',
        `the program of deployment ${number} lets Flink delete its checkpoints when it ends: stop it with a savepoint`,
      );
    }
    const newest = told?.latestCompleted;
    if (!newest?.path || newest.discarded) return null;
    return { id: newest.id, path: newest.path, completedAt: new Date(newest.completedAt).toISOString() };
  } catch (error) {
    if (isCode(error, 'ClusterUnreachable', 'FlinkUnreachable', 'FlinkRejected', 'NotFound')) return null;
    throw error;
  }
}

async function storedCheckpoint(deps: Dependencies, deployment: Deployment): Promise<NewestCheckpoint | null> {
  const newest = await retainedCheckpoint(deps, deployment);
  if (newest?.checkpointId == null || newest.completedAt === null) return null;
  return { id: newest.checkpointId, path: newest.path, completedAt: newest.completedAt };
}
