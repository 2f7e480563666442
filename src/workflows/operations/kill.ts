/** Kill: ends the application at once, without a savepoint; the retained checkpoints stay. */
import { SluiceError } from '../../domain/errors/errors.ts';
import type { RequestOf } from '../../domain/operation/operation.ts';
import type { OperationRun } from './operation-run.ts';
import { endInstance } from './take-down.ts';

export async function kill(run: OperationRun, { force = false }: RequestOf<'kill'>): Promise<void> {
  const { current } = run.memory;
  if (!current && force) {
    run.warn('nothing was ever started, so nothing was killed');
    return;
  }
  if (!current) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to kill`);
  run.operation.deployment = current.number;
  run.phase('stopping');
  await endInstance(
    run.memory,
    current,
    { how: 'killed', isWanted: true, evidenceOf: run.operation.id, believeLost: force },
    run,
  );
}
