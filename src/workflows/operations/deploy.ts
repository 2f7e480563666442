/** Deploy: a release takes the place of what runs, and goes on from its state. */
import type { RequestOf } from '../../domain/operation.ts';
import type { OperationRun } from '../operation-run.ts';
import { mergeOf } from './hotfix.ts';
import { replace } from './replace.ts';

export const deploy = (run: OperationRun, request: RequestOf<'deploy'>): Promise<void> =>
  replace(
    run,
    { release: request.release, launcher: request.launcher ?? null },
    request,
    request.hotfix && mergeOf(run.operation, request.hotfix),
  );
