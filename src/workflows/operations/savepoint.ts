/** Savepoint: taken while the job runs on. */
import { SluiceError } from '../../domain/errors.ts';
import { memoryLimits } from '../../domain/job-memory.ts';
import { waitFor } from '../activities.ts';
import type { OperationRun } from '../operation-run.ts';

export async function savepoint(run: OperationRun): Promise<void> {
  const { memory, operation } = run;
  const { current } = memory;
  if (!current) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to take a savepoint of`);
  operation.deployment = current.number;
  run.phase('savepointing');
  const { savepoint: taken } = await waitFor(current.deadlines.savepoint).takeSavepoint.executeWithOptions(
    { summary: `Savepoint of deployment ${current.number}` },
    [{ deployment: current, operationId: operation.id, deadlineMs: current.deadlines.savepoint }],
  );
  operation.savepoint = taken.path;
  memory.savepoints = [taken, ...memory.savepoints].slice(0, memoryLimits.savepoints);
}
