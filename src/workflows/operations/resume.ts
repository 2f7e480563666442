/** Resume: the last deployment once more, from its newest state. */
import { SluiceError } from '../../domain/errors.ts';
import type { RequestOf } from '../../domain/operation.ts';
import type { OperationRun } from '../operation-run.ts';
import { replace } from './replace.ts';

export async function resume(run: OperationRun, request: RequestOf<'resume'>): Promise<void> {
  const last = run.memory.current;
  if (!last) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to resume; deploy a release`);
  await replace(run, { again: last }, { allowNonRestoredState: last.allowNonRestoredState, ...request });
}
