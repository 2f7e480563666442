/** Operations whose workflow was lost while they ran: the audit log gets what can still be said of them. */
import { recordOfClaim } from '../../domain/operation/claimed-operation.ts';
import { errorOf } from '../../domain/job/account.ts';
import { Claim, sameHolder } from '../../domain/lock/fence.ts';
import { OperationRecord } from '../../domain/operation/operation.ts';
import {
  auditKey,
  auditPrefix,
  claimsPrefix,
  idOfClaimKey,
  operationOfAuditKey,
} from '../../domain/identity/storage-keys.ts';
import { holderIn, now, type Dependencies } from '../dependencies/dependencies.ts';

interface LostInput {
  readonly job: string;
  readonly runId: string;
}

export const createLostOperations = (deps: Dependencies) => ({
  /** Ends every claim that nobody will end any more. @returns how many operations that were. */
  async closeLostOperations({ job, runId }: LostInput): Promise<{ closed: number }> {
    const { s3 } = deps;
    const recorded = new Set<string>();
    for await (const entry of s3.list(auditPrefix(job), { delimiter: '/' })) {
      const id = entry.kind === 'object' ? operationOfAuditKey(entry.key)?.id : undefined;
      if (id !== undefined) recorded.add(id);
    }
    let closed = 0;
    for await (const entry of s3.list(claimsPrefix(job))) {
      const id = entry.kind === 'object' ? idOfClaimKey(entry.key) : null;
      if (entry.kind !== 'object' || id === null || recorded.has(id)) continue;
      if (await close(deps, entry.key, runId)) closed += 1;
    }
    return { closed };
  },
});

async function close(deps: Dependencies, key: string, runId: string): Promise<boolean> {
  const found = await deps.s3.get(key);
  const claim = found && Claim.parse(JSON.parse(found.body));
  const holder = holderIn(deps, runId);
  if (!found || !claim || sameHolder(claim.holder, holder)) return false;
  // Of another Sluice nobody can tell from here that it is lost: it records its end itself.
  if (!claim.ended && claim.holder.installation !== holder.installation) return false;
  const record = claim.ended ? OperationRecord.parse(claim.ended) : lost(claim);
  if (!record) return false;
  await deps.s3.putIfAbsent(
    auditKey(record.job, record.endedAt ?? record.acceptedAt, record.id),
    JSON.stringify(record),
  );
  if (!claim.ended) await deps.s3.putIfMatch(key, JSON.stringify({ ...claim, ended: record }), found.etag);
  return true;
}

/** Neither its phases nor its outcome are known; that it was accepted, by whom and when, is not lost with them. */
function lost(claim: Claim): OperationRecord | null {
  const known = recordOfClaim(claim);
  return (
    known && {
      ...known,
      endedAt: now(),
      outcome: 'failed',
      error: errorOf(
        'HistoryLost',
        `the workflow was lost while this ${known.kind} ran; what it did is part of what was found afterwards`,
      ),
      warnings: [],
    }
  );
}
