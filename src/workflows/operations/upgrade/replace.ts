/**
 * Deploy, restart, rollback, resume, hotfixes and planned moves: check while the old instance runs, stage, take the old instance down
 * with its state, bring the new one up. `wanted.ts` decides what each kind starts.
 */
import { sleep } from '@temporalio/workflow';
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import type { Checked } from '../../../activities/check/checked.ts';
import { SluiceError } from '../../../domain/errors/errors.ts';
import { leasesOverAt } from '../../../domain/lock/give-up.ts';
import { withoutTakeOver } from '../../../domain/job/recovery/take-over.ts';
import { isOwnAct, isOwnFailover } from '../../../domain/job/recovery/recovery.ts';
import { choicesFrom } from '../../../domain/deployment/placed-words.ts';
import { rulesOf } from '../../../domain/deployment-file/job-type.ts';
import type { Ready } from '../../../activities/start/start.ts';
import type { RestorePoint } from '../../../domain/restore-points/restore-point.ts';
import { standBy, takesOver } from './handover.ts';
import type { OperationRun } from '../operation-run.ts';
import { bringUp } from './bring-up.ts';
import { orGiveBack, readyStart, type Staged } from './stage.ts';
import { takeDown, type TakeDown } from '../take-down.ts';
import { endAside } from './end-aside.ts';
import { checkOf, wantedOf, type StartRequest } from './wanted.ts';

export interface Before {
  /** The cluster that the operation has chosen by checks, as far as it could make them before; null where it made none. */
  readonly target: string | null;
  /** A deployment that a drill has left, and goes back to; null: there is none. */
  readonly goesBackTo: Deployment | null;
}

export async function replace(
  run: OperationRun,
  request: StartRequest,
  { target, goesBackTo }: Before = { target: null, goesBackTo: null },
): Promise<void> {
  const isChecked = target !== null;
  await leasesAreOver(run);
  if (isOwnFailover(run.operation)) await turnElsewhere(run, target);
  const needsState = isOwnAct(run.operation);
  const isTooLate = needsState && request.kind === 'restart' && run.memory.state !== 'running';
  const fitting = isTooLate ? withoutTakeOver(request) : request;
  const wanted = { ...wantedOf(run.memory, run.operation, fitting), needsState };
  const check = { ...checkOf(run.memory, run.operation.id, wanted), ...(isChecked ? { isChecked } : {}) };
  const checked = await readyStart(run, check, isChecked);
  const old = run.memory.state === 'running' ? run.memory.current : null;
  const staged = await handedOver(run, checked, old);
  const aside =
    old && staged.standby
      ? endAside(run, old, (savepoint) =>
          takesOver(run, staged, { after: old, restorePoint: pointOf(checked, savepoint) }),
        )
      : null;
  const given = await orGiveBack(run, staged, async () => {
    run.safePoint(); // the last safe point at which the old instance stays
    if (!old) return null;
    const how = { ...stopOf(checked), drain: false, isReplaced: true };
    return takeDown(run, old, aside ? { ...how, endsAside: aside.end } : how);
  });
  if (checked.restorePoint === 'from-stop' && !given) {
    throw new SluiceError('Internal', `${run.job} was stopped without the state that the new deployment goes on from`);
  }
  const restorePoint = pointOf(checked, given);
  const back = old && (given || !rulesOf(old.jobType).keepsState) ? { deployment: old, restorePoint: given } : null;
  const fallback = goesBackTo ? { deployment: goesBackTo, restorePoint, always: true } : back;
  await bringUp(run, { staged, restorePoint, fallback });
  await aside?.atLast();
}

/** The point that the new instance goes on from: the state of the stop, unless somebody asked for another, or for none. */
const pointOf = ({ restorePoint }: Checked, given: RestorePoint | null): RestorePoint | null =>
  restorePoint === 'from-stop' ? given : restorePoint;

/** The start, with its application up beside the old instance where that is possible. */
async function handedOver(run: OperationRun, checked: Ready, old: Deployment | null): Promise<Staged> {
  const { plan, start, handover, isOnlyWarm = false } = checked;
  const staged: Staged = { plan, start };
  if (!old || !handover) return staged;
  if (handover.how === 'warm') return standBy(run, staged, { old, isOnlyWarm });
  run.operation.handover = handover;
  return staged;
}

/** With `stopWith: none`, the newest checkpoint of the dead instance was asked for by name, so its age does not matter. */
const stopOf = ({ stopWith, restorePoint, plan }: Checked): Pick<TakeDown, 'stopWith' | 'maxCheckpointAge'> =>
  stopWith === 'none' && restorePoint === 'from-stop'
    ? { stopWith: 'checkpoint', maxCheckpointAge: Number.MAX_SAFE_INTEGER }
    : { stopWith, maxCheckpointAge: plan.maxCheckpointAge };

/** Waits until the leases of instances that were given up are over: nobody can reach them, and they end by themselves. */
async function leasesAreOver(run: OperationRun): Promise<void> {
  const waitMs = leasesOverAt(run.memory.givenUp) - Date.now();
  if (waitMs <= 0) return;
  run.phase('fencing');
  await run.interruptible(() => sleep(waitMs), ['cancelled', 'superseded']);
}

/**
 * Waits for a turn on the cluster that the job moves to, after the lease, so that the leases of all jobs run out meanwhile.
 * @param checked null: the first one that its file names.
 */
async function turnElsewhere(run: OperationRun, checked: string | null): Promise<void> {
  const { current } = run.memory;
  const [first] = current?.placed ? choicesFrom(current.placed, current.cluster) : [];
  const target = checked ?? first;
  if (target !== undefined) await run.turnOn(target);
}
