/** Deploy: check while the old instance runs, stage, take the old one down with its savepoint, bring the new one up. */
import { SluiceError } from '../../domain/errors.ts';
import type { RequestOf } from '../../domain/operation.ts';
import type { OperationRun } from '../operation-run.ts';
import { bringUp, checkStart, stageStart } from './bring-up.ts';
import { takeDown } from './take-down.ts';

export async function deploy(run: OperationRun, request: RequestOf<'deploy'>): Promise<void> {
  const checked = await checkStart(run, {
    source: { release: request.release, launcher: request.launcher ?? null },
    from: request.from ?? 'latest',
    stopWith: request.stopWith ?? null,
    allowNonRestoredState: request.allowNonRestoredState ?? false,
    discardNewerState: request.discardNewerState ?? false,
  });
  const staged = await stageStart(run, checked.plan, 1);
  const old = run.memory.state === 'running' ? run.memory.current : null;
  const taken = old ? await takeDown(run, old, { stopWith: checked.stopWith, drain: false, instead: staged }) : null;
  if (checked.restorePoint === 'stop-savepoint' && !taken) {
    throw new SluiceError(
      'Internal',
      `${run.job} was stopped without the savepoint that the new deployment goes on from`,
    );
  }
  await bringUp(run, {
    staged,
    restorePoint: checked.restorePoint === 'stop-savepoint' ? taken : checked.restorePoint,
    fallback: old && taken ? { deployment: old, restorePoint: taken } : null,
  });
}
