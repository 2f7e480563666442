/** Tells which operation a rollback or revertHotfix took back, and which one took an operation back, by the deployments of the job. */
import { inTime } from '../../concurrency/in-time.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { recordOfClaim } from '../../domain/lock/claimed-operation.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { OperationItem } from '../contract.ts';

type Records = Pick<RecordStore, 'deployments' | 'claim'>;
type Find = (operation: string) => Promise<OperationRecord | null>;

/** A slow S3 keeps nobody from a history. */
const BUDGET_MS = 1_000;

/** Operations of one job with what they undid. They stay as they are where S3 does not tell of each deployment in time. */
export async function withUndone(
  records: Records,
  job: string,
  operations: readonly OperationRecord[],
): Promise<readonly OperationItem[]> {
  return (await inTime(told(records, job, operations), BUDGET_MS).catch(() => null)) ?? operations;
}

async function told(
  records: Records,
  job: string,
  operations: readonly OperationRecord[],
): Promise<readonly OperationItem[] | null> {
  const { values, unreadable } = await records.deployments(job);
  if (unreadable.length > 0) return null;
  const deployments = values.toSorted((a, b) => a.number - b.number);
  const find: Find = async (id) => {
    const known = operations.find((one) => one.id === id);
    const claim = known ? null : await records.claim(job, id);
    return known ?? (claim && recordOfClaim(claim));
  };
  return await inTurns(operations, async (operation) => ({
    ...operation,
    undoes: undoesOf(operation, deployments),
    undoneBy: await undoneBy(operation.id, deployments, find),
  }));
}

/** A rollback takes back what the deployment before it brought; a revertHotfix the operation that brought the hotfix. */
function undoesOf(
  { id, kind, outcome }: Pick<OperationRecord, 'id' | 'kind' | 'outcome'>,
  deployments: readonly Deployment[],
): string | null {
  const made = deployments.findIndex(({ operationId }) => operationId === id);
  const before = made > 0 ? deployments[made - 1] : undefined;
  if (!before || outcome !== 'succeeded') return null;
  if (kind === 'rollback') return before.operationId;
  return kind === 'revertHotfix' ? (before.hotfix?.operationId ?? null) : null;
}

async function undoneBy(id: string, deployments: readonly Deployment[], find: Find): Promise<string | null> {
  const made = deployments.findLastIndex(({ operationId }) => operationId === id);
  if (made < 0) return null;
  const after = deployments.slice(made + 1);
  // A hotfix lasts from one deployment to the next, until one is without it.
  const without = after.find(({ hotfix }) => hotfix?.operationId !== id);
  for (const next of new Set([after[0]?.operationId, without?.operationId])) {
    const record = next === undefined ? null : await find(next);
    if (record && undoesOf(record, deployments) === id) return record.id;
  }
  return null;
}
