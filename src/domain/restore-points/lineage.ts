/**
 * The lineage of a deployment: the restore points that led to it. A point outside of the lineage was left behind, because
 * it completed after a newer epoch began, or on a branch that was rolled back or discarded. A start from such a point would
 * repeat or lose work of the job.
 */
import type { RestorePoint } from './restore-point.ts';

type PointOrder = Pick<RestorePoint, 'epoch' | 'checkpointId'>;

/** The part of a deployment that tells from which restore point it started. */
export interface Descent {
  readonly epoch: number;
  readonly restorePoint: PointOrder | null;
}

/** A deployment of the lineage. */
interface Hop<D extends Descent> {
  readonly deployment: D;
  /** The checkpoint id from which the next deployment started; null for the newest, which still makes checkpoints. */
  readonly upTo: number | null;
}

export interface Lineage<D extends Descent> {
  /** Tells whether a point led to the deployment; null where that is unknown, such as for a path from elsewhere. */
  has(point: PointOrder): boolean | null;
  /** Newest first. */
  readonly hops: readonly Hop<D>[];
}

/** Follows restore points back from `current`. The lineage ends at a start without state. */
export function lineageOf<D extends Descent>(deployments: readonly D[], current: D): Lineage<D> {
  const byEpoch = new Map(deployments.map((deployment) => [deployment.epoch, deployment]));
  const hops: Hop<D>[] = [{ deployment: current, upTo: null }];
  /** The highest checkpoint id that counts, by epoch; null when that id is unknown. */
  const bounds = new Map<number, number | null>([[current.epoch, Infinity]]);
  let oldest = current.epoch;
  let point = current.restorePoint;
  while (point !== null) {
    // The lineage before a path from elsewhere, or before a record that contradicts itself, is unknown.
    if (point.epoch === null || point.epoch >= oldest) break;
    bounds.set(point.epoch, point.checkpointId);
    oldest = point.epoch;
    const deployment = byEpoch.get(point.epoch);
    if (deployment === undefined) break;
    hops.push({ deployment, upTo: point.checkpointId });
    point = deployment.restorePoint;
  }
  const endIsKnown = point === null;
  return {
    hops,
    has({ epoch, checkpointId }) {
      if (epoch === null) return null;
      const bound = bounds.get(epoch);
      if (bound === undefined) return endIsKnown || epoch > oldest ? false : null;
      if (bound === Infinity) return true;
      return bound === null || checkpointId === null ? null : checkpointId <= bound;
    },
  };
}
