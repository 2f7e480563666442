/** Looks at an unreachable job until a system answers, so that the job gets its true state again. */
import { condition } from '@temporalio/workflow';
import { inTodaysWords } from '../../domain/errors/earlier-words.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { waitOutside } from '../activities.ts';
import { endInProgress, foundClosed } from '../../domain/job/end-transitions.ts';
import { foundAlive, learnt, progressed } from '../../domain/job/transitions.ts';
import { now } from '../desk/now.ts';
import type { Desk } from '../desk/desk.ts';
import { isGone, settleEnd } from './facts.ts';
import { codeAndDetail } from '../failures.ts';
import { untilTaken } from '../desk/until-taken.ts';

const TURN_MS = 60 * 60_000;
const ASK_AGAIN = '1m';

/** Waits one turn, or until somebody asks for the job. */
export async function awaitAnswer(desk: Desk, current: Deployment): Promise<void> {
  const { memory } = desk;
  const { forGood = false, believeLost = false } = endInProgress(memory) ?? {};
  const woken = { byFact: false };
  desk.onFact = () => {
    woken.byFact = true;
    desk.onTaken?.();
  };
  try {
    const answer = await untilTaken(desk, () =>
      waitOutside(TURN_MS).awaitAnswer.executeWithOptions({ summary: `Until somebody can tell of ${memory.job}` }, [
        { deployment: current, deadlineMs: TURN_MS, isEnding: forGood, believeLost },
      ]),
    );
    const observed = answer && inTodaysWords(answer);
    switch (observed?.kind) {
      case 'alive':
        progressed(memory, observed.progress);
        current = learnt(memory, { applicationId: observed.applicationId ?? current.applicationId }) ?? current;
        // Completes the end of an instance that could not be reached before.
        if (endInProgress(memory)?.forGood) {
          await settleEnd(desk, current, { how: 'killed', detail: 'it was ended once its cluster answered again' });
          break;
        }
        foundAlive(memory, now(), { reason: 'it was found running when its cluster answered again' });
        break;
      case 'closed':
        foundClosed(memory, current, observed, now());
        break;
      case 'ended':
        progressed(memory, observed.progress);
        await settleEnd(desk, memory.current ?? current, { ...observed, cause: observed.cause ?? null });
        break;
      case 'unreachable':
      case undefined:
    }
  } catch (error) {
    if (codeAndDetail(error) === null) throw error;
  } finally {
    desk.onFact = null;
  }
  // A fruitless answer, such as a refused kill, would come again at once, so the wait pauses first.
  if (memory.state === 'unreachable' && !woken.byFact)
    await condition(() => desk.taken !== null || isGone(desk), ASK_AGAIN);
}
