/** Operations whose workflow was lost while they ran: the audit log gets what their claims still tell. */
import { recordOfClaim } from '../../domain/lock/claimed-operation.ts';
import { errorOf } from '../../domain/job/account.ts';
import { sameHolder, type Claim } from '../../domain/lock/fence.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { listAudit, writeAudit } from '../../records/audit.ts';
import { claimedOperations, endClaim, readClaim } from '../../records/claims.ts';
import { holderIn, now, type Dependencies } from '../dependencies/dependencies.ts';

interface LostInput {
  readonly job: string;
  readonly runId: string;
}

export const createLostOperations = (deps: Dependencies) => ({
  /** Ends every claim whose holder is lost. @returns how many operations that were. */
  async closeLostOperations({ job, runId }: LostInput): Promise<{ closed: number }> {
    const recorded = new Set((await listAudit(deps.s3, job)).map(({ id }) => id));
    let closed = 0;
    for (const id of await claimedOperations(deps.s3, job)) {
      if (!recorded.has(id) && (await close(deps, { job, id, runId }))) closed += 1;
    }
    return { closed };
  },
});

async function close(deps: Dependencies, { job, id, runId }: LostInput & { readonly id: string }): Promise<boolean> {
  const stored = await readClaim(deps.s3, job, id);
  const holder = holderIn(deps, runId);
  if (!stored || sameHolder(stored.value.holder, holder)) return false;
  const claim = stored.value;
  // Another Sluice may still run the operation, and records its end itself.
  if (!claim.ended && claim.holder.installation !== holder.installation) return false;
  const record = claim.ended ?? lost(claim);
  if (!record) return false;
  // The claim comes first: an attempt that ends here leaves its record in the claim, and the next one writes the same.
  if (!claim.ended && !(await endClaim(deps.s3, stored, record))) return await close(deps, { job, id, runId });
  await writeAudit(deps.s3, record);
  return true;
}

/** The record of an operation whose phases and outcome are lost: its claim tells who asked for it, and when. */
function lost(claim: Claim): OperationRecord | null {
  const record = recordOfClaim(claim);
  return (
    record && {
      ...record,
      endedAt: now(),
      outcome: 'failed',
      error: errorOf(
        'HistoryLost',
        `the workflow was lost while this ${record.kind} ran; what it did is part of what was found afterwards`,
      ),
      warnings: [],
    }
  );
}
