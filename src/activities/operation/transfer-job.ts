/** Transfers a job: its fence names another owner from then on. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import type { Ownership } from '../../domain/identity/ownership.ts';
import { refuseOtherEpoch } from '../../domain/lock/epoch.ts';
import { boundOf, handedOver, type Recipient } from '../../domain/lock/ownership.ts';
import { changeFence } from '../../records/fences.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';

interface TransferInput {
  readonly job: string;
  readonly to: Recipient;
  /** Newest epoch that the workflow knows; under another epoch somebody else acts on the job. */
  readonly knownEpoch: number;
  /** The deployment that runs or ran last. */
  readonly last: Deployment | null;
}

export const createTransferJob = (deps: Dependencies) => ({
  /** @throws SluiceError `CommandNotAllowed` when the job belongs to nobody yet, `LockLost`. */
  async transferJob({ job, to, knownEpoch, last }: TransferInput): Promise<{ ownership: Ownership | null }> {
    const { ownership } = await changeFence(deps.s3, job, (fence) => {
      refuseOtherEpoch(fence, knownEpoch);
      return { ...fence, ownership: handedOver(job, boundOf(fence, last), to) };
    });
    return { ownership };
  },
});
