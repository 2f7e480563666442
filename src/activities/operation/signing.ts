/** Reads the configured keys and signs, which no workflow can do itself. */
import { SCHEDULE, type Sender } from '../../domain/operation/asker.ts';
import { introduce, type PublicKeys } from '../../domain/operation/signature.ts';
import type { RequestOf } from '../../domain/operation/operation.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';

interface PeriodicInput {
  readonly job: string;
  readonly request: RequestOf<'savepoint'>;
}

export const createSigning = ({ signing: { required, signer } }: Dependencies) => ({
  /** The keys whose signatures count; null: requests need none. */
  readSigningKeys: (): Promise<PublicKeys | null> => Promise.resolve(required),
  /** Introduces the schedule, and signs nothing but a savepoint, because others than Sluice may start workflows too. */
  signPeriodicSavepoint: ({ job, request: payload }: PeriodicInput): Promise<Sender> =>
    Promise.resolve(introduce(signer, { job, kind: 'savepoint', payload, sender: { door: SCHEDULE } })),
});
