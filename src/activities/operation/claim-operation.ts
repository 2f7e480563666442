/** Taking the claim of an operation, and looking at what runs before it acts. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { Claim, sameHolder } from '../../domain/lock/fence.ts';
import { OperationRecord } from '../../domain/operation/operation.ts';
import { claimKey } from '../../domain/identity/storage-keys.ts';
import { holderIn, now, type Dependencies } from '../dependencies/dependencies.ts';
import { readFence } from '../../records/fences.ts';
import { observe, type Observed } from '../instance/observe-instance.ts';
import { proveJob, type Proof } from './prove-job.ts';

export interface ClaimInput {
  readonly job: string;
  readonly runId: string;
  readonly operation: {
    readonly id: string;
    readonly kind: string;
    readonly fingerprint: string;
    readonly actor: string;
  };
  /** Newest epoch that the workflow knows of; null when it knows nothing for sure: then S3 and YARN are asked. */
  readonly knownEpoch: number | null;
  /** The deployment whose end is not known. */
  readonly current: Deployment | null;
}

export interface ClaimAnswer {
  /** The record of this operation if it ended before, under another run: asking twice is one operation. */
  readonly ended: OperationRecord | null;
  /** What replaces the memory of a workflow that knew nothing for sure. */
  readonly proof: Proof | null;
  readonly observed: Observed | null;
}

export const createClaimOperation = (deps: Dependencies) => ({
  /** @throws SluiceError `LockLost` when another run holds this operation or took a newer epoch. */
  async claimOperation(input: ClaimInput): Promise<ClaimAnswer> {
    const ended = await takeClaim(deps, input);
    if (ended) return { ended, proof: null, observed: null };
    const { job, runId, knownEpoch } = input;
    const proof = knownEpoch === null ? await proveJob(deps, { job, runId }) : null;
    const { fence } = await readFence(deps.s3, job);
    const known = proof?.epoch ?? knownEpoch ?? 0;
    if (fence.epoch > known) {
      throw new SluiceError(
        'LockLost',
        `epoch ${fence.epoch} of ${job} was taken by somebody else; this workflow knows only ${known}`,
      );
    }
    const current = proof ? (proof.state === 'running' ? proof.current : null) : input.current;
    return { ended: null, proof, observed: current ? await observe(deps, current, fence) : null };
  },
});

async function takeClaim(deps: Dependencies, { job, runId, operation }: ClaimInput): Promise<OperationRecord | null> {
  const holder = holderIn(deps, runId);
  const key = claimKey(job, operation.id);
  const claim: Claim = { version: 1, job, ...operation, claimedAt: now(), holder, ended: null };
  if ((await deps.s3.putIfAbsent(key, JSON.stringify(claim))) === 'created') return null;
  const found = await deps.s3.get(key);
  const known = Claim.parse(JSON.parse(found?.body ?? 'null'));
  if (known.fingerprint !== operation.fingerprint) {
    throw new SluiceError(
      'OperationIdReused',
      `operation id ${operation.id} was used for another ${known.kind} of ${job}`,
    );
  }
  if (known.ended) return OperationRecord.parse(known.ended);
  if (sameHolder(known.holder, holder)) return null;
  throw new SluiceError(
    'LockLost',
    `operation ${operation.id} of ${job} was claimed at ${known.claimedAt} by run ${known.holder.runId} of ${known.holder.installation}`,
  );
}
