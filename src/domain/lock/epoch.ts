/** The epoch check: a workflow acts on a job only while the epoch that it knows is the newest in the fence. */
import { SluiceError } from '../errors/errors.ts';
import type { Fence } from './fence.ts';

/** Why a workflow may not act that knows `known` as the newest epoch; null when it may. */
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

/** @throws SluiceError `LockLost` only for a newer epoch: what was lost from S3 must not keep a job from being stopped. */
export function refuseNewerEpoch(fence: Fence, known: number): void {
  if (fence.epoch > known) refuseOtherEpoch(fence, known);
}
