/**
 * Retires restore points between operations, when nobody holds the job: each turn is one activity. A request or a fact ends
 * the wait at once, and the next turn goes on where the last whole one stopped.
 */
import { CancellationScope, condition, log } from '@temporalio/workflow';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import { retentionTurned } from '../../domain/job/transitions.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import { waitFor } from '../activities.ts';
import type { Desk } from '../desk/desk.ts';
import { codeAndDetail } from '../failures.ts';

/** Time after a turn that failed. */
const TRY_AGAIN = '10m';

/** A job that failed or is out of sight may need points that no rule knows of, so it loses none. */
export const isRetentionDue = ({ retention, proven, current, state }: JobMemory): boolean =>
  retention !== null && proven && current !== null && (state === 'running' || state === 'stopped');

/** Takes one turn, or a part of it until somebody wants something of this run. */
export async function retire({ memory }: Desk, isAwake: () => boolean): Promise<void> {
  const { retention, current, previous, epoch, job } = memory;
  if (!retention || !current) return;
  const { operationId, cursor } = retention;
  const input = { current, previous, knownEpoch: epoch, operationId, cursor };
  const summary = `Restore points of ${job} that may go`;
  try {
    const turn = await unlessAwake(isAwake, () =>
      waitFor(timeLimits.retiringTurn).retireRestorePoints.executeWithOptions({ summary }, [input]),
    );
    if (turn === null) return;
    retentionTurned(memory, turn);
    if (turn.problem === null) return;
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    retentionTurned(memory, { cursor, isDone: false, problem: failure.detail });
  }
  log.warn(`restore points that may go are left: ${memory.retention?.problem ?? ''}`);
  await condition(isAwake, TRY_AGAIN);
}

/** @returns null when the run awoke first. A turn that is left behind does no harm: what it condemned is gone for good. */
function unlessAwake<T>(isAwake: () => boolean, act: () => Promise<T>): Promise<T | null> {
  return CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    try {
      return await Promise.race([act(), condition(isAwake).then(() => null)]);
    } finally {
      scope.cancel();
    }
  });
}
