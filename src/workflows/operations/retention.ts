/** Asks for retention after an operation. It begins when the lock is released (`job/retention.ts`). */
import { patched } from '@temporalio/workflow';
import type { RecordedKind } from '../../domain/lifecycle.ts';
import { retentionDue } from '../../domain/job/transitions.ts';
import { change } from '../activities.ts';
import { codeAndDetail } from '../failures.ts';
import type { OperationRun } from './operation-run.ts';

/** Kinds after which restore points may go. Kill, adopt and recover add none, and a first deploy has nothing to delete. */
const RETIRING: ReadonlySet<RecordedKind> = new Set([
  'savepoint',
  'deploy',
  'stop',
  'resume',
  'restart',
  'rollback',
  'hotfix',
  'revertHotfix',
  'failover',
  'failback',
]);

export async function askForRetention({ memory, operation }: OperationRun): Promise<void> {
  const { current, previous } = memory;
  // A deployment from before Sluice heeded `savepoints.keep` sets no limit, and a pending stop may yet need a point.
  if (!current?.savepoints || !memory.proven || memory.pendingStop) return;
  if (!RETIRING.has(operation.kind) || (operation.kind === 'deploy' && current.number === 1)) return;
  if (patched('2026-11-29-retention-off-lock')) {
    retentionDue(memory, operation.id);
    return;
  }
  // Runs of 0.1.0 deleted here, with the lock held.
  try {
    const input = { current, previous, knownEpoch: memory.epoch };
    const { points, bytes } = await change.tidyRestorePoints(input);
    if (points > 0) operation.deleted = { points, bytes };
  } catch (error) {
    if (codeAndDetail(error) === null) throw error;
  }
}
