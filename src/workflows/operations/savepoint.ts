/** Savepoint: Flink takes it while the job runs on. */
import { SluiceError } from '../../domain/errors/errors.ts';
import { savepointTaken } from '../../domain/job/transitions.ts';
import { SCHEDULE } from '../../domain/operation/asker.ts';
import { waitFor } from '../activities.ts';
import type { OperationRun } from './operation-run.ts';
import { seenRunning } from './take-down.ts';

export async function savepoint(run: OperationRun): Promise<void> {
  const { memory, operation } = run;
  if (!memory.current)
    throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to take a savepoint of`);
  run.about(memory.current);
  const current = await seenRunning(run, memory.current);
  run.phase('savepointing');
  const deadlineMs = current.deadlines.savepoint;
  const taken = operation.via === SCHEDULE ? 'periodic' : 'manual';
  // Flink cannot forget a savepoint, so a cancelled one may still complete in the operation's folder.
  const { savepoint: point } = await run.interruptible(
    () =>
      waitFor(deadlineMs).takeSavepoint.executeWithOptions({ summary: `Savepoint of deployment ${current.number}` }, [
        { deployment: current, operationId: operation.id, deadlineMs, taken },
      ]),
    ['cancelled', 'superseded'],
  );
  operation.savepoint = point.path;
  savepointTaken(memory, point);
}
