/** Tells how long an instance may outlive the revocation of its gate. */
import { SluiceError } from '../errors/errors.ts';
import { riskOf, type GivenUpInstance } from './give-up.ts';

/** The part of a deployment that tells how its JVMs heed the gate while they run. */
interface Revocable {
  /** Whether its JVMs began only with the job's gate open. They do not read it again while they run. */
  readonly gated: boolean;
}

/**
 * Milliseconds after which an instance whose gate is revoked is dead, wherever it runs; null: nobody can say.
 * A JVM reads the gate once, before it begins, so a running instance outlives the revocation for as long as it likes.
 */
export const deadAfterRevoking = (_instance: Revocable): number | null => null;

/** An instance that a job is to leave because nobody can ask its cluster. */
export interface Left extends Pick<GivenUpInstance, 'deployment' | 'cluster' | 'applicationId'> {
  /** Whether the instance is known to end once its gate is revoked, or somebody accepts that it may still run. */
  readonly isAccepted: boolean;
}

/** @throws SluiceError `NotFenced` that names the risk. */
export function refuseUnfenced({ isAccepted, ...instance }: Left): void {
  if (!isAccepted) throw new SluiceError('NotFenced', `nobody can end the old instance: ${riskOf(instance)}`);
}
