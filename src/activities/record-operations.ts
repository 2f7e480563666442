/** Writing down how operations ended: the claim gets its end, the audit log its object, the deployment its record. */
import type { Deployment } from '../domain/deployment.ts';
import { Claim, sameHolder, type HolderId } from '../domain/fence.ts';
import type { OperationRecord } from '../domain/operation.ts';
import { auditKey, claimKey, deploymentKey } from '../domain/storage-keys.ts';
import { holderIn, type Dependencies } from './dependencies.ts';

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
      await deps.s3.putIfAbsent(auditKey(job, record.endedAt ?? record.acceptedAt, record.id), JSON.stringify(record));
      await endClaim(deps, record, holder);
    }
  },
});

/** Only the claim's own holder ends it: one that lost the lock leaves the claim to whom it belongs. */
async function endClaim({ s3 }: Dependencies, record: OperationRecord, holder: HolderId): Promise<void> {
  const key = claimKey(record.job, record.id);
  const found = await s3.get(key);
  if (!found) return;
  const claim = Claim.parse(JSON.parse(found.body));
  if (
    claim.ended ||
    claim.fingerprint !== record.fingerprint ||
    (!sameHolder(claim.holder, holder) && record.error?.code === 'LockLost')
  )
    return;
  await s3.putIfMatch(key, JSON.stringify({ ...claim, ended: record } satisfies Claim), found.etag);
}
