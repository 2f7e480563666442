/** Taking an instance down: its savepoint is recorded before it is ended, and it is dead before anything goes on. */
import { SluiceError } from '../../domain/errors.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { RestorePoint } from '../../domain/restore-point.ts';
import { memoryLimits } from '../../domain/job-memory.ts';
import { change, waitFor } from '../activities.ts';
import type { OperationRun } from '../operation-run.ts';
import type { Staged } from './staged.ts';

interface TakeDown {
  readonly stopWith: 'savepoint' | 'none';
  readonly drain: boolean;
  /** The start that was to follow; given back when the old instance stays. */
  readonly instead: Staged | null;
}

/** @returns the restore point that stopping took, or null when none was asked for. */
export async function takeDown(run: OperationRun, old: Deployment, how: TakeDown): Promise<RestorePoint | null> {
  try {
    const taken = how.stopWith === 'savepoint' ? await stopWithSavepoint(run, old, how.drain) : null;
    run.phase('stopping');
    await endInstance(run, old, 'stopped', taken);
    return taken;
  } catch (error) {
    if (how.instead) await giveBack(run, how.instead);
    throw error;
  }
}

async function stopWithSavepoint(run: OperationRun, old: Deployment, drain: boolean): Promise<RestorePoint> {
  run.phase('savepointing');
  const deadlineMs = old.deadlines.savepoint;
  const result = await waitFor(deadlineMs).stopWithSavepoint.executeWithOptions(
    { summary: `Stop deployment ${old.number} with a savepoint` },
    [{ deployment: old, operationId: run.operation.id, drain, deadlineMs }],
  );
  switch (result.kind) {
    case 'completed':
      run.operation.savepoint = result.savepoint.path;
      run.warn(...result.warnings);
      run.memory.savepoints = [result.savepoint, ...run.memory.savepoints].slice(0, memoryLimits.savepoints);
      return result.savepoint;
    case 'failed':
      throw new SluiceError(
        'SavepointFailed',
        `${result.cause}; application ${old.applicationId} of deployment ${old.number} runs on`,
      );
    case 'ended':
      // The application outlives its Flink job; left alone it would stand in the way of the next start.
      await endInstance(run, old, 'failed', null);
      run.become('failed', result.cause);
      throw new SluiceError(
        'FlinkRejected',
        `no savepoint was taken, since deployment ${old.number} does not run any more: ${result.cause}`,
      );
    case 'unknown':
      throw new SluiceError('SavepointUnknown', `${result.detail}; look into ${result.folder}`);
  }
}

/** Ends the application, waits until it is dead, closes its start in the fence. */
export async function endInstance(
  run: OperationRun,
  instance: Deployment,
  how: 'stopped' | 'killed' | 'failed' | 'finished',
  savepoint: RestorePoint | null,
): Promise<void> {
  const deadlineMs = instance.deadlines.stop;
  // A stop whose answer came but whose end was not confirmed has left its savepoint in memory.
  const kept = savepoint ?? stopSavepointOf(run, instance);
  const { endedAt } = await waitFor(deadlineMs).endApplication.executeWithOptions(
    { summary: `End application ${instance.applicationId}` },
    [{ deployment: instance, how, savepoint: kept, deadlineMs }],
  );
  run.memory.current = { ...instance, ended: { at: endedAt, how, savepoint: kept } };
  run.become(how === 'failed' || how === 'finished' ? how : 'stopped');
}

const stopSavepointOf = ({ memory }: OperationRun, { epoch }: Deployment): RestorePoint | null =>
  memory.savepoints.find((point) => point.taken === 'stop' && point.epoch === epoch) ?? null;

/** A start that never submitted is closed, so that it can never submit and hinders nobody. */
async function giveBack(run: OperationRun, staged: Staged): Promise<void> {
  await change.giveBackStart.executeWithOptions({ summary: `Give back ${staged.start.applicationId}` }, [
    { job: run.job, startKey: staged.start.startKey },
  ]);
}
