/** The operation behind a claim in S3: its record once it has ended, otherwise who took the claim and when. */
import type { Claim } from './fence.ts';
import { operationKinds } from '../lifecycle.ts';
import type { OperationRecord } from '../operation/operation.ts';

/** Reads the operation of a claim. Before its end, the claim has only who took it and when. */
export function recordOfClaim(claim: Claim): OperationRecord | null {
  if (claim.ended) return claim.ended;
  const kind = operationKinds.find((known) => known === claim.kind);
  if (kind === undefined) return null;
  return {
    id: claim.id,
    job: claim.job,
    kind,
    actor: claim.actor,
    via: 'unknown',
    claimed: null,
    reason: null,
    acceptedAt: claim.claimedAt,
    endedAt: null,
    phase: null,
    phases: [],
    outcome: null,
    error: null,
    deployment: null,
    request: {},
    fingerprint: claim.fingerprint,
    savepoint: null,
    deleted: null,
    interruption: null,
    warnings: ['only the claim of this operation is known: its workflow is gone, or its end is not recorded yet'],
  };
}
