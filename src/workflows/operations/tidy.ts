/**
 * Tidies up as the last step of an operation, with the outcome fixed and the lock held: deletes restore points that are
 * no longer needed.
 */
import type { RecordedKind } from '../../domain/lifecycle.ts';
import { change } from '../activities.ts';
import { codeAndDetail } from '../failures.ts';
import type { OperationRun } from './operation-run.ts';

/** Kinds that tidy. A kill must be quick, adopt and recover only look, and a first deploy has nothing to delete. */
const TIDYING: ReadonlySet<RecordedKind> = new Set([
  'savepoint',
  'deploy',
  'stop',
  'resume',
  'restart',
  'rollback',
  'hotfix',
  'revertHotfix',
]);

/** Deletes restore points without changing the outcome: a failed deletion is a warning. */
export async function tidy(run: OperationRun): Promise<void> {
  const { memory, operation } = run;
  const { current, previous } = memory;
  // A deployment from before Sluice heeded `savepoints.keep` sets no limit, and a pending stop may yet need a point.
  if (!current?.savepoints || !memory.proven || memory.pendingStop) return;
  if (!TIDYING.has(operation.kind) || (operation.kind === 'deploy' && current.number === 1)) return;
  try {
    const { points, bytes, left, problem } = await change.tidyRestorePoints.executeWithOptions(
      { summary: `Restore points of ${run.job} that may go` },
      [{ current, previous, knownEpoch: memory.epoch }],
    );
    if (points > 0) operation.deleted = { points, bytes };
    if (left > 0) run.warn(`${left} restore points that may go are left for the next operation`);
    if (problem !== null) run.warn(`restore points that may go are left: ${problem}`);
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    run.warn(`restore points that may go are left: ${failure.detail}`);
  }
}
