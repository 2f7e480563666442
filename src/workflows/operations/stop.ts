/** Stop: ends the job on purpose, with a savepoint unless the request says otherwise or there is nothing to save. */
import { SluiceError } from '../../domain/errors/errors.ts';
import { rulesOf } from '../../domain/deployment-file/job-type.ts';
import type { RequestOf } from '../../domain/operation/operation.ts';
import type { OperationRun } from './operation-run.ts';
import { takeDown } from './take-down.ts';

export async function stop(run: OperationRun, request: RequestOf<'stop'>): Promise<void> {
  const { current } = run.memory;
  if (!current) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to stop`);
  run.about(current);
  if (request.drain === true)
    run.warn('it drains the job: a later start from its savepoint needs acceptStateRisk, because all windows fire');
  await takeDown(run, current, {
    stopWith: request.stopWith ?? rulesOf(current.jobType).stopWith,
    drain: request.drain ?? false,
    isReplaced: false,
    maxCheckpointAge: current.maxCheckpointAge,
  });
}
