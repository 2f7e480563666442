/**
 * Kill: ends the application at once, without a savepoint; the retained checkpoints stay. With `giveUp` a person decides
 * that the job goes on without an instance whose end cannot be confirmed.
 */
import { withoutCheckpoints } from '../../../domain/deployment-file/job-type.ts';
import { SluiceError } from '../../../domain/errors/errors.ts';
import type { RequestOf } from '../../../domain/operation/operation.ts';
import { codeAndDetail } from '../../failures.ts';
import { doubts, giveUpOn, LAST_TRY_MS } from './give-up.ts';
import type { OperationRun } from '../operation-run.ts';
import { endInstance } from '../take-down.ts';

export async function kill(
  run: OperationRun,
  { force = false, giveUp = false, reason = '' }: RequestOf<'kill'>,
): Promise<void> {
  const { current } = run.memory;
  if (!current && force) {
    if (giveUp && (await giveUpOn(run, null, reason))) return;
    run.warn('nothing was ever started, so nothing was killed');
    return;
  }
  if (!current) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to kill`);
  run.about(current);
  const loses = current.ended === null ? withoutCheckpoints(current) : null;
  if (loses !== null) run.warn(loses);
  run.phase('stopping');
  const end = { how: 'killed', isWanted: true, evidenceOf: run.operation.id } as const;
  const decidedBy = force ? run.operation.id : null;
  try {
    await endInstance(run.memory, current, { ...end, decidedBy, ...(giveUp ? { mostMs: LAST_TRY_MS } : {}) }, run);
  } catch (error) {
    const failure = codeAndDetail(error);
    if (!giveUp || failure === null || !doubts.has(failure.code)) throw error;
    if (!(await giveUpOn(run, current, reason))) throw error;
  }
}
