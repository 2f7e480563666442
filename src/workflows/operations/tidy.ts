/** What an operation does last, with its outcome standing and the lock held: restore points that nobody needs any more go. */
import type { OperationKind } from '../../domain/lifecycle.ts';
import { change } from '../activities.ts';
import { codeAndDetail } from '../failures.ts';
import type { OperationRun } from './operation-run.ts';

/** A kill is for haste; who adopts or recovers a job only looks; and a first deploy has nothing that could go. */
const TIDYING: ReadonlySet<OperationKind> = new Set([
  'savepoint',
  'deploy',
  'stop',
  'resume',
  'restart',
  'rollback',
  'hotfix',
  'revertHotfix',
]);

/** Never changes the outcome: what stays though it may go is a warning. */
export async function tidy(run: OperationRun): Promise<void> {
  const { memory, operation } = run;
  const { current, previous } = memory;
  // A deployment of before `savepoints.keep` was heeded says nothing; a stop without a known outcome may yet need a point.
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
