/** Stop: on purpose, with a savepoint unless somebody says otherwise. */
import { SluiceError } from '../../domain/errors.ts';
import type { RequestOf } from '../../domain/operation.ts';
import type { OperationRun } from '../operation-run.ts';
import { takeDown } from './take-down.ts';

export async function stop(run: OperationRun, request: RequestOf<'stop'>): Promise<void> {
  const { current } = run.memory;
  if (!current) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to stop`);
  run.operation.deployment = current.number;
  await takeDown(run, current, {
    stopWith: request.stopWith ?? 'savepoint',
    drain: request.drain ?? false,
    instead: null,
  });
}
