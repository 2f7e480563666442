/** The proof of a job: what S3 and YARN say of it to a run without memory. */
import type { Deployment } from '../deployment/deployment.ts';
import type { Ownership } from '../identity/ownership.ts';
import type { PublicKeys } from '../operation/signature.ts';
import type { GivenUpInstance } from '../lock/give-up.ts';
import type { SettledState } from './state/state.ts';

/** The answer of S3 and YARN, which replaces the memory of a run that knew nothing for sure. */
export interface Proved {
  readonly state: SettledState;
  readonly stateReason: string | null;
  readonly epoch: number;
  readonly current: Deployment | null;
  readonly previous: Deployment | null;
  readonly deployments: number;
  /** To whom the job belongs; absent in proofs of older workers. */
  readonly ownership?: Ownership | null;
  /** The keys whose signatures count; null: requests need none. Absent in proofs of older workers. */
  readonly signing?: PublicKeys | null;
  /** Instances that were given up, as the fence keeps them; absent in proofs of older workers. */
  readonly givenUp?: readonly GivenUpInstance[];
}
