/**
 * Undoes a rescaling between operations that no operation has decided: its JobManager or S3 was silent, or the workflow was lost in
 * the middle. The deployment has its values of before, so Flink goes back to them.
 */
import { condition, patched } from '@temporalio/workflow';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import { isLeftAsIs } from '../../domain/deployment/revision.ts';
import { rescaleRefused, rescaleUndone } from '../../domain/job/rescale.ts';
import { waitOutside } from '../activities.ts';
import type { Desk } from '../desk/desk.ts';
import { untilTaken } from '../desk/until-taken.ts';
import { codeAndDetail } from '../failures.ts';

const TURN_MS = 10 * 60_000;
const ASK_AGAIN = '1m';

export const isRescalePending = ({ state, current }: JobMemory): boolean =>
  state === 'running' && current?.ended === null && current.rescaling != null && !isLeftAsIs(current.rescaling);

/** Waits one turn, or until somebody asks for the job or the watcher tells something. */
export async function undoPendingRescale(desk: Desk, isAwake: () => boolean): Promise<void> {
  const { memory } = desk;
  const { current } = memory;
  if (!current) return;
  // A fact, such as that the cluster is gone, decides more than this wait.
  desk.onFact = () => desk.onTaken?.();
  try {
    const answer = await untilTaken(desk, () =>
      waitOutside(TURN_MS).undoRescale.executeWithOptions(
        { summary: `Require parallelism ${current.parallelism} of deployment ${current.number} again` },
        [{ deployment: current, deadlineMs: TURN_MS }],
      ),
    );
    if (answer && answer.kind !== 'unknown') rescaleUndone(memory);
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    // Runs of earlier workers asked for ever.
    if (failure.code === 'RescaleFailed' && patched('2026-12-01-rescale-refused'))
      rescaleRefused(memory, failure.detail);
    await condition(isAwake, ASK_AGAIN);
  } finally {
    desk.onFact = null;
  }
}
