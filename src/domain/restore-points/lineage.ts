/**
 * Which restore points are on the way that led to a deployment, and which were left behind: what completed after a newer
 * epoch began, or on a branch that was rolled back or discarded. Starting from one of those would repeat or lose what the
 * job has done since.
 */
import type { Deployment } from '../deployment/deployment.ts';
import type { RestorePoint } from './restore-point.ts';

/** The part of a deployment that tells where it came from. */
export type Descent = Pick<Deployment, 'epoch'> & {
  readonly restorePoint: Pick<RestorePoint, 'epoch' | 'checkpointId'> | null;
};

/** One deployment on the way, newest first. */
interface Hop<D extends Descent> {
  readonly deployment: D;
  /** The checkpoint id that the next deployment of the way started from; null for the newest, which goes on. */
  readonly upTo: number | null;
}

export interface Lineage<D extends Descent> {
  /** Whether a point is on the way; null where nobody knows, such as for a path from elsewhere. */
  has(point: Pick<RestorePoint, 'epoch' | 'checkpointId'>): boolean | null;
  readonly hops: readonly Hop<D>[];
}

/** Follows restore points back from `current`. A start without state has nothing before it. */
export function lineageOf<D extends Descent>(deployments: readonly D[], current: D): Lineage<D> {
  const byEpoch = new Map(deployments.map((deployment) => [deployment.epoch, deployment]));
  const hops: Hop<D>[] = [{ deployment: current, upTo: null }];
  /** For each epoch on the way the highest checkpoint id that counts; null when it is not known. */
  const bounds = new Map<number, number | null>([[current.epoch, Infinity]]);
  let oldest = current.epoch;
  let point = current.restorePoint;
  while (point !== null) {
    // A path from elsewhere, or a record that contradicts itself: what was before it is not known.
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
