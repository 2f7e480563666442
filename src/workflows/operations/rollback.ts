/** Rollback: an earlier deployment takes the place of the last one, and goes on from its state. */
import { SluiceError } from '../../domain/errors.ts';
import type { RequestOf } from '../../domain/operation.ts';
import type { OperationRun } from '../operation-run.ts';
import { replace } from './replace.ts';

export async function rollback(run: OperationRun, request: RequestOf<'rollback'>): Promise<void> {
  const { current } = run.memory;
  if (!current) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to go back from`);
  await replace(run, { back: { from: current, to: request.to ?? null } }, request);
}
