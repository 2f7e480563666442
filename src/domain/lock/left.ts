/** Instances that a job leaves because nobody can ask their cluster. */
import { SluiceError } from '../errors/errors.ts';
import { riskOf, type GivenUpInstance } from './give-up.ts';

export interface Left extends Pick<GivenUpInstance, 'deployment' | 'cluster' | 'applicationId'> {
  /** Whether somebody accepts that it may still run, or its cluster answers, so that it is ended before anything starts. */
  readonly isAccepted: boolean;
  /** Milliseconds from the revocation of its gate until its lease is over; null: nobody can say. */
  readonly deadAfterMs: number | null;
}

/** @throws SluiceError `NotFenced` that names the risk, where no lease ends the instance and nobody accepts that it runs on. */
export function refuseUnfenced({ isAccepted, deadAfterMs, ...instance }: Left): void {
  if (isAccepted || deadAfterMs !== null) return;
  throw new SluiceError('NotFenced', `nobody can end the old instance: ${riskOf(instance)}`);
}
