/**
 * Progress of a Flink job: the highest checkpoint that is known to have completed, wherever it lies. A listing shows which
 * restore points are left; the mark tells how far the job had come. The mark only rises.
 */
import { lineageOf, type Descent } from './lineage.ts';
import type { RestorePoint } from './restore-point.ts';

export interface Mark {
  /** Flink's id of the highest checkpoint that is known to have completed; null while none is known. */
  readonly completedCheckpoint: number | null;
  /** URI of that checkpoint; absent where Flink names none. */
  readonly newestCheckpoint?: string | undefined;
}

export const noMark: Mark = { completedCheckpoint: null };

/** Merges two marks of one Flink job. */
export function higherOf(a: Mark, b: Mark): Mark {
  const { completedCheckpoint, newestCheckpoint } =
    (b.completedCheckpoint ?? -1) > (a.completedCheckpoint ?? -1) ? b : a;
  return { completedCheckpoint, newestCheckpoint };
}

/** Adds a checkpoint that was found in S3 to a mark. */
export const withCheckpoint = (
  mark: Mark,
  point: Pick<RestorePoint, 'path' | 'checkpointId'> | null | undefined,
): Mark => (point ? higherOf(mark, { completedCheckpoint: point.checkpointId, newestCheckpoint: point.path }) : mark);

/** The part of a deployment that tells how far its job had come. */
export interface Progressed extends Descent, Mark {
  readonly number: number;
  readonly runningAt: string | null;
  /** Whether its deployment file asks for periodic checkpoints. */
  readonly checkpointing: boolean;
  readonly restorePoint: RestorePoint | null;
  readonly ended: {
    readonly how: string;
    readonly savepoint: RestorePoint | null;
    /**
     * Whether it is known how far the job had come when it ended: then no mark means no checkpoint. Absent in records of
     * releases that did not note it.
     */
    readonly counted?: boolean | undefined;
  } | null;
}

/**
 * Tells whether the mark of an ended deployment is its last word. Flink keeps the newest checkpoint of a job unless the
 * job is FINISHED, so that one that is left is the newest.
 * @param isCheckpointLeft whether a retained checkpoint of it was found.
 */
export function isMarkFinal(
  { ended, runningAt, completedCheckpoint, checkpointing }: Progressed,
  isCheckpointLeft: boolean,
): boolean {
  if (isCheckpointLeft || ended?.savepoint || ended?.counted === true) return true;
  if (ended === null || ended.how === 'finished') return false;
  if (!checkpointing) return completedCheckpoint === null;
  return ended.counted === undefined && runningAt === null && completedCheckpoint === null;
}

/** The newest state that a job is known to have had. */
interface Height {
  readonly epoch: number | null;
  readonly checkpointId: number | null;
  /** The height in words. */
  readonly named: string;
}

/** Finds the newest state on the way to a deployment: its own, otherwise the state that it started from. */
function heightOf({
  number,
  epoch,
  completedCheckpoint,
  newestCheckpoint,
  restorePoint,
  ended,
}: Progressed): Height | null {
  const stop = ended?.savepoint ?? null;
  if (stop && (stop.checkpointId ?? Infinity) >= (completedCheckpoint ?? 0))
    return { epoch, checkpointId: stop.checkpointId, named: `deployment ${number} was stopped with ${stop.path}` };
  if (completedCheckpoint !== null) {
    const path = newestCheckpoint === undefined ? '' : ` (${newestCheckpoint})`;
    return {
      epoch,
      checkpointId: completedCheckpoint,
      named: `deployment ${number} completed checkpoint ${completedCheckpoint}${path}`,
    };
  }
  return restorePoint && { ...restorePoint, named: `deployment ${number} was started from ${restorePoint.path}` };
}

/**
 * Tells what a start from a restore point would lose.
 * @param base the deployment whose state is the newest of the job.
 * @param point null: without state.
 * @returns the newer state in words; null when the start loses nothing, or nobody can know.
 */
export function newerThan<D extends Progressed>(
  deployments: readonly D[],
  base: D,
  point: Pick<RestorePoint, 'epoch' | 'checkpointId'> | null,
): string | null {
  const height = heightOf(base);
  if (height === null) return null;
  if (point === null) return height.named;
  // A path from elsewhere has no place in the order.
  if (point.epoch === null || height.epoch === null) return null;
  if (lineageOf(deployments, base).has(point) === false) return height.named;
  const isOlder =
    point.epoch < height.epoch ||
    (point.epoch === height.epoch && (point.checkpointId ?? -1) < (height.checkpointId ?? -1));
  return isOlder ? height.named : null;
}
