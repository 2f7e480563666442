/** Writes down how operations ended: into the claim, the audit log and the record of the deployment. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SETTLED } from '../../domain/lifecycle.ts';
import { sameHolder, type Claim, type HolderId } from '../../domain/lock/fence.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { writeAudit } from '../../records/audit.ts';
import { endClaim, readClaim, takeClaim } from '../../records/claims.ts';
import { changeDeployment } from '../../records/deployments.ts';
import { holderIn, type Dependencies } from '../dependencies/dependencies.ts';
import { keepSchedule } from './keep-schedule.ts';

interface RecordInput {
  readonly job: string;
  readonly runId: string;
  /** Oldest first; more than one when S3 was away. */
  readonly records: readonly OperationRecord[];
  readonly deployment: Deployment | null;
}

export const createRecordOperations = (deps: Dependencies) => ({
  async recordOperations({ job, runId, records, deployment }: RecordInput): Promise<void> {
    const { s3 } = deps;
    const holder = holderIn(deps, runId);
    if (deployment) await changeDeployment(s3, deployment);
    for (const record of records) {
      if (record.kind === SETTLED) {
        await writeAudit(s3, await firstToTell(deps, record, holder));
        continue;
      }
      const claim = await readClaim(s3, job, record.id);
      // An attempt before this one, or the run that recovered the job meanwhile, has told the end already.
      if (claim?.value.ended && claim.value.fingerprint === record.fingerprint) continue;
      await writeAudit(s3, record);
      if (claim && mayEnd(claim.value, record, holder)) await endClaim(s3, claim, record);
    }
    if (deployment) await keepSchedule(deps, deployment);
  },
});

/**
 * Two Sluices may see the end of one instance. The first to claim it tells it, and whoever comes later writes the same record
 * again.
 */
async function firstToTell(
  { s3 }: Pick<Dependencies, 's3'>,
  record: OperationRecord,
  holder: HolderId,
): Promise<OperationRecord> {
  const { job, id, kind, fingerprint, actor, acceptedAt } = record;
  const claim = {
    version: 1,
    job,
    id,
    kind,
    fingerprint,
    actor,
    claimedAt: acceptedAt,
    holder,
    ended: record,
  } as const;
  return (await takeClaim(s3, claim))?.ended ?? record;
}

/** A run that has lost the lock leaves the claim to its holder. */
const mayEnd = (claim: Claim, { fingerprint, error }: OperationRecord, holder: HolderId): boolean =>
  claim.fingerprint === fingerprint && (sameHolder(claim.holder, holder) || error?.code !== 'LockLost');
