/** Resume: the last deployment once more, from its newest state. */
import { SluiceError } from '../../domain/errors.ts';
import type { RequestOf } from '../../domain/operation.ts';
import type { OperationRun } from '../operation-run.ts';
import { bringUp, checkStart, stageStart } from './bring-up.ts';

export async function resume(run: OperationRun, request: RequestOf<'resume'>): Promise<void> {
  const last = run.memory.current;
  if (!last) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to resume; deploy a release`);
  const checked = await checkStart(run, {
    source: { again: last },
    from: request.from ?? 'latest',
    stopWith: null,
    allowNonRestoredState: request.allowNonRestoredState ?? last.allowNonRestoredState,
    discardNewerState: request.discardNewerState ?? false,
  });
  const staged = await stageStart(run, checked.plan, 1);
  if (checked.restorePoint === 'stop-savepoint')
    throw new SluiceError('Internal', `${run.job} does not run, yet a savepoint of stopping it was expected`);
  const { restorePoint } = checked;
  await bringUp(run, { staged, restorePoint, fallback: null });
}
