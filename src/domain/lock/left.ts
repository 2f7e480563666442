/** Instances that a job leaves because nobody can ask their cluster. */
import { SluiceError } from '../errors/errors.ts';
import { riskOf, type GivenUpInstance } from './give-up.ts';

export interface Left extends Pick<GivenUpInstance, 'deployment' | 'cluster' | 'applicationId'> {
  /** Whether the instance is known to end once its gate is revoked, or somebody accepts that it may still run. */
  readonly isAccepted: boolean;
  /** Milliseconds from the revocation of its gate until its lease is over; null: nobody can say. */
  readonly deadAfterMs: number | null;
}

/** @throws SluiceError `NotFenced` that names the risk. */
export function refuseUnfenced({ isAccepted, deadAfterMs: _waits, ...instance }: Left): void {
  if (!isAccepted) throw new SluiceError('NotFenced', `nobody can end the old instance: ${riskOf(instance)}`);
}
