/** The epoch check: a workflow acts on a job only while the epoch that it knows is the newest in the fence. */
import { SluiceError } from '../errors/errors.ts';
import type { Fence } from './fence.ts';

/** Explains why a workflow whose newest epoch is `known` may not act; null when it may. */
export function epochRefusal({ job, epoch }: Fence, known: number): string | null {
  if (epoch === known) return null;
  return epoch > known
    ? `epoch ${epoch} of ${job} was taken by somebody else; its workflow knows epoch ${known}`
    : `the fence of ${job} has epoch ${epoch}; its workflow knows epoch ${known}, so records in S3 were lost`;
}

/** @throws SluiceError `LockLost`. */
export function refuseOtherEpoch(fence: Fence, known: number): void {
  const refusal = epochRefusal(fence, known);
  if (refusal !== null) throw new SluiceError('LockLost', refusal);
}

/**
 * Lets an older fence pass, because data lost from S3 must not keep people from stopping a job.
 * @throws SluiceError `LockLost` only for a newer epoch.
 */
export function refuseNewerEpoch(fence: Fence, known: number): void {
  if (fence.epoch > known) refuseOtherEpoch(fence, known);
}
