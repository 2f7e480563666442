/** Restart: the running deployment is stopped with its state and started once more. */
import { SluiceError } from '../../domain/errors.ts';
import type { RequestOf } from '../../domain/operation.ts';
import type { OperationRun } from '../operation-run.ts';
import { replace } from './replace.ts';

export async function restart(run: OperationRun, request: RequestOf<'restart'>): Promise<void> {
  const { current } = run.memory;
  if (!current) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to restart`);
  await replace(run, { again: current }, request);
}
