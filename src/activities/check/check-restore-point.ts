/** Chooses the restore point of a start, and refuses one that the stop of the running instance would delete. */
import { rulesOf, type JobType } from '../../domain/deployment-file/job-type.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { StopWith } from '../../domain/operation/operation.ts';
import { isWhatStoppingGives, type From, type RestorePoint } from '../../domain/restore-points/restore-point.ts';
import type { DeploymentsOnce } from '../../records/deployments.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { hasInItsFolder, resolvePoint } from '../restore-points/resolve-point.ts';
import { newestCheckpoint } from '../restore-points/restore-points.ts';

/** A start for which a restore point is chosen. */
interface Chosen {
  readonly job: string;
  readonly request: {
    readonly from: From | null;
    readonly discardNewerState: boolean;
    readonly needsState?: boolean;
  };
  readonly last: Deployment | null;
  readonly before: Deployment | null;
  readonly running: boolean;
  readonly stopWith: StopWith;
  readonly deployments: DeploymentsOnce;
}

/** `from-stop`: the savepoint that stopping takes, or the newest checkpoint of the dead instance. */
export type ChosenPoint = RestorePoint | null | 'from-stop';

export async function checkRestorePoint(
  deps: Dependencies,
  { job, request, last, before, running, stopWith, deployments }: Chosen,
  type: JobType,
): Promise<{ point: ChosenPoint; warnings: string[] }> {
  // A job of this type keeps no state; an asker may still name a point.
  if (request.from === null && !rulesOf(type).keepsState) {
    if (request.needsState && !rulesOf(type).runsAllTasks) throw nothingBeginsAnew(job, 'a batch job');
    return { point: null, warnings: [] };
  }
  const from = request.from ?? 'latest';
  const { discardNewerState } = request;
  const resolve = () => resolvePoint(deps, { from, last, before, discardNewerState, job, deployments });
  if (!running || last === null) {
    const resolved = await resolve();
    if (request.needsState && resolved.point === null) throw nothingBeginsAnew(job, 'a job without a restore point');
    return resolved;
  }
  if (from === 'fresh') return { point: null, warnings: ['starts without state, as asked for'] };
  if (isWhatStoppingGives(from, stopWith)) {
    if (stopWith !== 'none') return { point: 'from-stop', warnings: [] };
    throw new SluiceError(
      'DiscardsNewerState',
      `${job} runs, and stopWith: none takes no savepoint to go on from; name from: fresh or a restore point`,
    );
  }
  refuseWhatStoppingDeletes(job, from, { last, stopWith });
  if (!discardNewerState) {
    throw new SluiceError('DiscardsNewerState', `${job} runs, and ${from} is older than what it has done since`);
  }
  if (from !== 'latest-checkpoint') return resolve();
  // A newer checkpoint may complete until the instance is dead, so the newest one is chosen then.
  await newestCheckpoint(deps, last, { maxAgeMs: Infinity });
  return { point: 'from-stop', warnings: [] };
}

const nothingBeginsAnew = (job: string, what: string): SluiceError =>
  new SluiceError(
    'RestorePointNotFound',
    `${job} has nothing to go on from, and Sluice does not begin ${what} anew by itself`,
  );

/**
 * Flink deletes the checkpoints of a job that a stop with a savepoint has FINISHED, also of one that is set to retain them
 * on cancellation (CheckpointProperties, 1.20). While a job runs, each further checkpoint takes the place of an older one.
 * @throws SluiceError `RestorePointNotKept`.
 */
function refuseWhatStoppingDeletes(
  job: string,
  from: From,
  { last, stopWith }: { readonly last: Deployment; readonly stopWith: StopWith },
): void {
  if (from === 'latest-checkpoint' && stopWith === 'savepoint')
    throw new SluiceError(
      'RestorePointNotKept',
      `${job} runs, and Flink deletes its checkpoints when it stops with a savepoint: go on from that savepoint, or say stopWith: checkpoint`,
    );
  if (hasInItsFolder(job, last, from))
    throw new SluiceError(
      'RestorePointNotKept',
      `${job} runs, and Flink deletes ${from} when newer checkpoints take its place or the job stops with a savepoint: say from: latest-checkpoint with stopWith: checkpoint, or kill the job first`,
    );
}
