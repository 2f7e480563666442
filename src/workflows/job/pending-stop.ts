/**
 * Waits between operations for the unknown outcome of a stop, so that a job that stopped late is not called running.
 */
import { condition, patched } from '@temporalio/workflow';
import { betterOf } from '../../domain/errors/cause.ts';
import { inTodaysWords } from '../../domain/errors/earlier-words.ts';
import type { PendingStop } from '../../domain/job/job-memory.ts';
import { waitOutside } from '../activities.ts';
import { endInProgress } from '../../domain/job/end-transitions.ts';
import { explained, foundAlive, savepointTaken, stopFailed, stopSettled } from '../../domain/job/transitions.ts';
import { now } from '../desk/now.ts';
import type { Desk } from '../desk/desk.ts';
import { codeAndDetail } from '../failures.ts';
import { endInstance } from '../operations/take-down.ts';
import { settleEnd } from './facts.ts';
import { untilTaken } from '../desk/until-taken.ts';

/** Each turn is one activity, however long it waits. */
const TURN_MS = 60 * 60_000;
const ASK_AGAIN = '1m';

/** Waits one turn, or until somebody asks for the job. */
export async function awaitPendingStop(desk: Desk, { operationId, epoch, drain }: PendingStop): Promise<void> {
  const { memory } = desk;
  const { current } = memory;
  if (current?.epoch !== epoch || current.ended) {
    stopSettled(memory);
    return;
  }
  try {
    const answer = await untilTaken(desk, () =>
      waitOutside(TURN_MS).awaitStop.executeWithOptions(
        { summary: `Outcome of the stop of operation ${operationId}` },
        [{ deployment: current, operationId, deadlineMs: TURN_MS, drain }],
      ),
    );
    const result = answer && inTodaysWords(answer);
    switch (result?.kind) {
      case 'completed': {
        savepointTaken(memory, result.savepoint);
        const { savepoint, tasksEnded } = result;
        const isWanted = memory.desired === 'stopped';
        await endInstance(memory, current, { how: isWanted ? 'stopped' : 'replaced', isWanted, savepoint, tasksEnded });
        explained(memory, now(), {
          reason: `the stop of operation ${operationId} ended after its time-out, with savepoint ${savepoint.path}`,
        });
        return;
      }
      case 'failed':
        // A person has asked for the end meanwhile, and that could not be confirmed: the intention outlives the stop.
        if (endInProgress(memory)?.forGood && patched('2026-11-29-end-after-stop')) {
          stopSettled(memory);
          await settleEnd(desk, current, {
            how: 'killed',
            detail: `${result.detail}; it was to be ended all the same`,
          });
          return;
        }
        stopFailed(memory);
        foundAlive(memory, now(), {
          reason: `the stop of operation ${operationId} failed in the end: ${result.detail}`,
        });
        return;
      case 'ended': {
        const meant = endInProgress(memory);
        const how = meant?.how ?? 'failed';
        const { cause: shown } = await endInstance(memory, current, { how, evidenceOf: operationId });
        if (!meant?.forGood) stopFailed(memory);
        explained(memory, now(), { reason: result.detail, cause: betterOf(result.cause ?? null, shown) });
        return;
      }
      case 'unknown':
      case undefined:
    }
  } catch (error) {
    if (codeAndDetail(error) === null) throw error;
    await condition(() => desk.taken !== null, ASK_AGAIN);
  }
}
