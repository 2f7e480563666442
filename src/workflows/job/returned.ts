/** Ends instances that were given up and that their cluster shows again: only a person's decision let others start. */
import { condition } from '@temporalio/workflow';
import type { GivenUpInstance } from '../../domain/lock/give-up.ts';
import { givenUpEnded, givenUpReturned, returnedInstance } from '../../domain/job/end-transitions.ts';
import { waitFor } from '../activities.ts';
import type { Desk } from '../desk/desk.ts';
import { untilTaken } from '../desk/until-taken.ts';
import { codeAndDetail } from '../failures.ts';
import { recordReturned } from './settled.ts';

const RETURNED_MS = 120_000;
/** The watcher tells of a return once, so after a failure the job itself tries again. */
const TRY_AGAIN = '1m';

/** Tries once to end the instance. The memory keeps its return until its end is confirmed. */
export async function endReturned(desk: Desk, instance: GivenUpInstance): Promise<void> {
  const { memory } = desk;
  const { applicationId } = instance;
  givenUpReturned(memory, applicationId);
  const input = { job: memory.job, instance, deadlineMs: RETURNED_MS };
  const end = () =>
    waitFor(RETURNED_MS).endGivenUp.executeWithOptions({ summary: `End ${applicationId}, which was given up` }, [
      input,
    ]);
  try {
    // An operation does not wait for this; its own look before a start ends what was given up.
    if ((await untilTaken(desk, end)) === null) return;
    givenUpEnded(memory, applicationId);
    await recordReturned(memory, instance);
  } catch (error) {
    if (codeAndDetail(error) === null) throw error;
  }
}

/** Tries again after a pause, unless somebody wants something of this run before. */
export async function endReturnedAgain(desk: Desk, isAwake: () => boolean): Promise<void> {
  if (await condition(isAwake, TRY_AGAIN)) return;
  const instance = returnedInstance(desk.memory);
  if (instance) await endReturned(desk, instance);
}
