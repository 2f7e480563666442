/**
 * Ends an instance whose tasks have FINISHED while a standby takes over from it. The savepoint is taken and the gate is revoked, so an
 * end that YARN does not confirm holds nobody up: its start stays open in the fence until somebody has the proof.
 */
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import { endedAs } from '../../../domain/job/end-transitions.ts';
import { doubted } from '../../../domain/job/transitions.ts';
import type { RestorePoint } from '../../../domain/restore-points/restore-point.ts';
import { now } from '../../desk/now.ts';
import { codeAndDetail } from '../../failures.ts';
import type { OperationRun } from '../operation-run.ts';
import { askForEnd, endInstance, type Stopped } from '../take-down.ts';

export interface EndAside {
  /** Ends the instance, and meanwhile lets the standby take over from the savepoint of the stop. */
  readonly end: (end: Stopped) => Promise<void>;
  /** Asks once more for an end that was not confirmed, when the next instance has come up. */
  readonly atLast: () => Promise<void>;
}

/** @param takeOver lets the standby take over from a savepoint; tells whether the new instance runs. */
export function endAside(
  run: OperationRun,
  old: Deployment,
  takeOver: (savepoint: RestorePoint) => Promise<boolean>,
): EndAside {
  const lingering: Stopped[] = [];
  return {
    end: async (end) => {
      if (!(await endedBeside(run, old, end, takeOver(end.savepoint)))) lingering.push(end);
    },
    atLast: async () => {
      for (const end of lingering) await askAtLast(run, old, end);
    },
  };
}

/** @returns whether the end is confirmed. */
async function endedBeside(
  run: OperationRun,
  old: Deployment,
  end: Stopped,
  takingOver: Promise<boolean>,
): Promise<boolean> {
  const [taken, confirmed] = await Promise.allSettled([takingOver, endInstance(run.memory, old, end, run)]);
  if (taken.status === 'rejected' && isFinal(taken.reason)) throw taken.reason;
  if (confirmed.status === 'fulfilled') return true; // a promotion that failed is tried again as part of the start
  if (codeAndDetail(confirmed.reason) === null || taken.status === 'rejected' || !taken.value) throw confirmed.reason;
  const ended = { at: now(), how: 'replaced', savepoint: end.savepoint } as const;
  endedAs(run.memory, { instance: old, ended }, now());
  return false;
}

/** A defect, or the loss of the job to another holder. */
const isFinal = (error: unknown): boolean => [undefined, 'LockLost'].includes(codeAndDetail(error)?.code);

async function askAtLast(run: OperationRun, old: Deployment, end: Stopped): Promise<void> {
  try {
    await askForEnd(run.memory, old, end, false);
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    run.warn(`the end of ${old.applicationId}, whose job has FINISHED, is not confirmed: ${failure.detail}`);
    doubted(run.memory); // the next run proves the job, and ends what its successor has replaced
  }
}
