/** Takes the claim of an operation, and looks at what runs before the operation acts. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { knowsLess } from '../../domain/deployment/revision.ts';
import { SluiceError, isCode } from '../../domain/errors/errors.ts';
import { reuseOf } from '../../domain/job/refusal.ts';
import { refuseNewerEpoch } from '../../domain/lock/epoch.ts';
import { sameHolder } from '../../domain/lock/fence.ts';
import type { Ownership } from '../../domain/identity/ownership.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { signatureProblem, type PublicKeys, type Signable } from '../../domain/operation/signature.ts';
import { holderIn, now, type Dependencies } from '../dependencies/dependencies.ts';
import { readDeployment } from '../../records/deployments.ts';
import { takeClaim } from '../../records/claims.ts';
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
    /** A stop that drains; absent for all else, and in calls of older workflow code. */
    readonly drains?: boolean;
  };
  /** Newest epoch that the workflow knows; null when it knows nothing for sure: then S3 and YARN are asked. */
  readonly knownEpoch: number | null;
  /** The deployment whose end is not known. */
  readonly current: Deployment | null;
  /** A person has decided that nodes which YARN calls lost are gone; absent in calls of older workflow code. */
  readonly believeLost?: boolean;
  /**
   * The message that asked for the operation, and its time: the keys of the workflow may be of yesterday, or it may have
   * none yet. Absent when Sluice itself asks, and in calls of older workflow code.
   */
  readonly asked?: { readonly message: Signable; readonly at: string };
  /** The run leaves the operation to another run that holds it; absent for what people ask, and in calls of older workflow code. */
  readonly mayLeave?: true;
}

export interface ClaimAnswer {
  /** The record of this operation if it ended before, under another run: asking twice is one operation. */
  readonly ended: OperationRecord | null;
  /** Replaces the memory of a workflow that knew nothing for sure. */
  readonly proof: Proof | null;
  readonly observed: Observed | null;
  /** To whom the job belongs; null when its fence does not say it. */
  readonly ownership: Ownership | null;
  /** The keys whose signatures count; null: requests need none. Absent in answers of older workers. */
  readonly signing?: PublicKeys | null;
  /** The deployment by its record, where that has a change in place that the caller does not know; absent for all else. */
  readonly revised?: Omit<Deployment, 'ended'>;
  /** Why the message does not count; nothing is claimed then. */
  readonly notSigned?: string;
  /** Which other run holds the operation; only where the caller may leave it. */
  readonly heldBy?: string;
}

const nothing = { ended: null, proof: null, observed: null, ownership: null } as const;

export const createClaimOperation = (deps: Dependencies) => ({
  /** @throws SluiceError `LockLost` when another run holds this operation or took a newer epoch. */
  async claimOperation(input: ClaimInput): Promise<ClaimAnswer> {
    const { required: signing } = deps.signing;
    const { asked } = input;
    const problem = signing && asked && signatureProblem(signing, asked.message, Date.parse(asked.at));
    if (problem) return { ...nothing, signing, notSigned: problem.detail };
    const claimed = await claim(deps, input);
    if (claimed.kind === 'held') return { ...nothing, signing, heldBy: claimed.heldBy };
    if (claimed.kind === 'ended') return { ...nothing, ended: claimed.ended, signing };
    const { job, runId, knownEpoch } = input;
    const proof = knownEpoch === null ? await proveJob(deps, { job, runId }) : null;
    const { fence } = await readFence(deps.s3, job);
    refuseNewerEpoch(fence, proof?.epoch ?? knownEpoch ?? 0);
    const known = proof ? (proof.state === 'running' ? proof.current : null) : input.current;
    const revised = known && !proof ? await revisedSince(deps, known) : null;
    const current = revised ?? known;
    const { ownership } = fence;
    const observed = current ? await observe(deps, current, fence, { believeLost: input.believeLost ?? false }) : null;
    return { ended: null, proof, observed, ownership, signing, ...(revised ? { revised } : {}) };
  },
});

type Claimed =
  | { readonly kind: 'taken' }
  /** The operation has ended before. */
  | { readonly kind: 'ended'; readonly ended: OperationRecord }
  /** Another run holds the operation, and the caller may leave it. */
  | { readonly kind: 'held'; readonly heldBy: string };

const taken: Claimed = { kind: 'taken' };

/** A change in place takes no epoch, so only the record tells a run of one that another run has made. */
async function revisedSince({ s3 }: Dependencies, known: Deployment): Promise<Deployment | null> {
  try {
    const record = await readDeployment(s3, known.job, known.number);
    if (!record || !knowsLess(known, record)) return null;
    const { parallelism, hotfix, configuration, revisions, rescaling } = record;
    return { ...known, parallelism, hotfix, configuration, revisions, rescaling };
  } catch (error) {
    if (isCode(error, 'RecordInvalid')) return null;
    throw error;
  }
}

/**
 * Takes the claim.
 * @throws SluiceError `OperationIdReused`, or `LockLost` when another run holds the operation.
 */
async function claim(deps: Dependencies, { job, runId, operation, mayLeave }: ClaimInput): Promise<Claimed> {
  const holder = holderIn(deps, runId);
  const other = await takeClaim(deps.s3, { version: 1, job, ...operation, claimedAt: now(), holder, ended: null });
  if (other === null) return taken;
  const reuse = reuseOf(job, operation, other);
  if (reuse) throw new SluiceError(reuse.code, reuse.detail);
  if (other.ended) return { kind: 'ended', ended: other.ended };
  if (sameHolder(other.holder, holder)) return taken;
  const heldBy = `operation ${operation.id} of ${job} was claimed at ${other.claimedAt} by run ${other.holder.runId} of ${other.holder.installation}`;
  if (mayLeave) return { kind: 'held', heldBy };
  throw new SluiceError('LockLost', heldBy);
}
