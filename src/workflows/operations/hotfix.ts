/** Hotfix: the same release once more, with other values than its deployment file has; and the way back to the file. */
import { SluiceError } from '../../domain/errors.ts';
import type { HotfixChange } from '../../domain/hotfix.ts';
import type { OperationRecord, RequestOf } from '../../domain/operation.ts';
import type { OperationRun } from '../operation-run.ts';
import { replace } from './replace.ts';

export async function hotfix(run: OperationRun, request: RequestOf<'hotfix'>): Promise<void> {
  await again(run, request, mergeOf(run.operation, request));
}

export async function revertHotfix(run: OperationRun, request: RequestOf<'revertHotfix'>): Promise<void> {
  if (!run.memory.current?.hotfix)
    throw new SluiceError('CommandNotAllowed', `${run.job} has no hotfix that could be reverted`);
  await again(run, request, { kind: 'drop' });
}

/** Starts the job, also one that is stopped or failed: what is changed is proven by running. */
async function again(run: OperationRun, request: RequestOf<'revertHotfix'>, change: HotfixChange): Promise<void> {
  const { current, state } = run.memory;
  if (!current) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment; deploy a release`);
  const { allowNonRestoredState } = current;
  const asked = state === 'running' ? request : { allowNonRestoredState, ...request };
  await replace(run, { again: current }, asked, change);
}

/** The author of the newest values is the author of the hotfix. */
export const mergeOf = (
  { id, actor, reason, acceptedAt }: OperationRecord,
  {
    set = {},
    unset = [],
    expiresAt,
    expiresIn,
  }: Pick<RequestOf<'hotfix'>, 'set' | 'unset' | 'expiresAt' | 'expiresIn'>,
): HotfixChange => ({
  kind: 'merge',
  set,
  unset,
  expiresAt,
  expiresIn,
  by: { actor, reason, at: acceptedAt, operationId: id },
});
