/** Writing down how operations ended: the claim gets its end, the audit log its object, the deployment its record. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { Claim, sameHolder, type HolderId } from '../../domain/lock/fence.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { auditKey, claimKey, deploymentKey } from '../../domain/identity/storage-keys.ts';
import { holderIn, type Dependencies } from '../dependencies/dependencies.ts';
import { keepSchedule } from '../restore-points/periodic-savepoints.ts';

interface RecordInput {
  readonly job: string;
  readonly runId: string;
  /** Oldest first; more than one when S3 was away. */
  readonly records: readonly OperationRecord[];
  readonly deployment: Deployment | null;
}

export const createRecordOperations = (deps: Dependencies) => ({
  async recordOperations({ job, runId, records, deployment }: RecordInput): Promise<void> {
    const holder = holderIn(deps, runId);
    if (deployment) await deps.s3.put(deploymentKey(job, deployment.number), JSON.stringify(deployment));
    for (const record of records) {
      const claim = await readClaim(deps, record);
      // Somebody has told its end already: an attempt before this one, or whoever recovered the job meanwhile.
      if (claim?.isTold) continue;
      await deps.s3.putIfAbsent(auditKey(job, record.endedAt ?? record.acceptedAt, record.id), JSON.stringify(record));
      if (claim) await endClaim(deps, record, claim, holder);
    }
    if (deployment) await keepSchedule(deps, deployment);
  },
});

interface FoundClaim {
  readonly claim: Claim;
  readonly etag: string;
  readonly isTold: boolean;
}

async function readClaim({ s3 }: Dependencies, { job, id, fingerprint }: OperationRecord): Promise<FoundClaim | null> {
  const found = await s3.get(claimKey(job, id));
  if (!found) return null;
  const claim = Claim.parse(JSON.parse(found.body));
  return { claim, etag: found.etag, isTold: claim.ended !== null && claim.fingerprint === fingerprint };
}

/** Only the claim's own holder ends it: one that lost the lock leaves the claim to whom it belongs. */
async function endClaim(
  { s3 }: Dependencies,
  record: OperationRecord,
  { claim, etag }: FoundClaim,
  holder: HolderId,
): Promise<void> {
  if (claim.fingerprint !== record.fingerprint) return;
  if (!sameHolder(claim.holder, holder) && record.error?.code === 'LockLost') return;
  await s3.putIfMatch(
    claimKey(record.job, record.id),
    JSON.stringify({ ...claim, ended: record } satisfies Claim),
    etag,
  );
}
