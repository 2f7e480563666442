/**
 * Staging: does everything that is possible before the old instance is touched, and gives it back when it is not
 * needed.
 */
import type { CheckInput } from '../../../activities/check/checked.ts';
import type { Submitted } from '../../../activities/start/submit.ts';
import type { Ready } from '../../../activities/start/start.ts';
import { undecidedCodes } from '../../../domain/errors/errors.ts';
import { reservedId, type Deployment, type DeploymentPlan } from '../../../domain/deployment/deployment.ts';
import type { JobMemory } from '../../../domain/job/job-memory.ts';
import type { RestorePoint } from '../../../domain/restore-points/restore-point.ts';
import type { Start } from '../../../domain/lock/fence.ts';
import { belongs, doubted, epochTaken } from '../../../domain/job/transitions.ts';
import { startKeyOf } from '../../../domain/identity/ids.ts';
import { change } from '../../activities.ts';
import { codeAndDetail } from '../../failures.ts';
import type { OperationRun } from '../operation-run.ts';

/** A standby that is up. */
export interface Standby extends Submitted {
  /** The deployment that it became when its gate was opened; null before. */
  promotedAs: Deployment | null;
}

/** A start that is ready before the old instance is touched. */
export interface Staged {
  readonly plan: DeploymentPlan;
  readonly start: Start;
  /** The standby that waits for the gate of the start; absent where the start is yet to be submitted. */
  readonly standby?: Standby;
}

/** The starts that one operation may take, each once. */
export const Ordinal = {
  first: 1,
  /** A failed start goes back to the deployment before it. */
  back: 2,
  /** A standby is not there, so the same deployment starts without one. */
  cold: 3,
} as const;

/**
 * Checks everything that can be wrong, then reserves the application id and takes the next epoch. The intention is
 * written down before the act, and the running instance stays untouched.
 * @param isChecked whether the operation has made these checks before, as far as it could.
 */
export async function readyStart(run: OperationRun, check: CheckInput, isChecked = false): Promise<Ready> {
  run.phase(isChecked ? 'staging' : 'checking');
  const { operation } = run;
  const ready = await takingAnEpoch(run, () =>
    change.readyStart.executeWithOptions({ summary: `Check and stage ${operation.kind} of ${run.job}` }, [
      { check, prepare: preparation(run, Ordinal.first) },
    ]),
  );
  belongs(run.memory, ready.ownership);
  if (!isChecked) run.phase('staging', ready.checkedAt);
  run.warn(...ready.warnings);
  operation.release = ready.plan.release;
  if (ready.backTo) operation.backTo = ready.backTo;
  return ready;
}

/**
 * Prepares a start of a deployment that was checked before.
 * @param number of the deployment, where the operation has taken one that was never recorded.
 */
export async function prepareStart(
  run: OperationRun,
  plan: DeploymentPlan,
  ordinal: number,
  number?: number,
): Promise<Staged> {
  run.phase('staging');
  const { start } = await takingAnEpoch(run, () =>
    change.prepareStart.executeWithOptions({ summary: `Reserve an application on ${plan.cluster}` }, [
      { ...preparation(run, ordinal), plan, ...(number === undefined ? {} : { number }) },
    ]),
  );
  return { plan, start };
}

const preparation = ({ memory, operation, runId }: OperationRun, ordinal: number) => ({
  startKey: startKeyOf(operation.id, ordinal),
  number: memory.deployments + 1,
  runId,
  running: memory.state === 'running' && memory.current ? reservedId(memory.current) : null,
  knownEpoch: memory.epoch,
});

/** Takes an epoch. */
export const takingAnEpoch = <T extends { readonly start: Start }>(
  { memory }: OperationRun,
  act: () => Promise<T>,
): Promise<T> =>
  changingTheFence(memory, async () => {
    const taken = await act();
    epochTaken(memory, taken.start.epoch);
    return taken;
  });

/**
 * Changes the fence. After a failure that leaves open whether it was changed, the memory counts no more, and the next run
 * asks S3 and YARN.
 */
export async function changingTheFence<T>(memory: JobMemory, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const failure = codeAndDetail(error);
    if (!failure?.untouched && (failure === null || undecidedCodes.has(failure.code))) doubted(memory);
    throw error;
  }
}

/** Closes a start that is given up, so that it can never submit and hinders no later start. */
export async function orGiveBack<T>(run: OperationRun, staged: Staged, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    await giveBack(run, staged);
    throw error;
  }
}

/** Gives a start back. A failure is no error, because the next start closes one that stays open. */
export async function giveBack(run: OperationRun, staged: Staged): Promise<void> {
  const { start, standby } = staged;
  if (standby) {
    await giveBackStandby(run, staged);
    return;
  }
  try {
    await change.giveBackStart.executeWithOptions({ summary: `Give back ${start.applicationId}` }, [
      { job: run.job, startKey: start.startKey },
    ]);
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    run.warn(`start ${start.startKey} was not given back: ${failure.detail}`);
  }
}

/** @returns whether YARN has confirmed the end. A failure is no error: the revoked gate, or its own time, ends a standby. */
export async function giveBackStandby(run: OperationRun, { start }: Staged): Promise<boolean> {
  try {
    const { kind } = await change.giveBackStandby.executeWithOptions(
      { summary: `End the standby ${start.applicationId}` },
      [{ job: run.job, start }],
    );
    if (kind === 'runs') doubted(run.memory); // the next run finds it, by the fence and by YARN
    if (kind === 'unconfirmed')
      run.warn(`the end of standby ${start.applicationId} is not confirmed; its program can never run`);
    return kind === 'over';
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    run.warn(`start ${start.startKey} was not given back: ${failure.detail}`);
    doubted(run.memory); // the next run proves the job, and closes the start
    return false;
  }
}

/** The deployment that a start makes. */
export const deploymentOf = (
  { operation }: OperationRun,
  { plan, start }: Staged,
  restorePoint: RestorePoint | null,
): Deployment => ({
  ...plan,
  number: start.deployment,
  operationId: operation.id,
  startKey: start.startKey,
  epoch: start.epoch,
  applicationId: start.applicationId,
  runner: plan.launcher === 'direct' ? null : start.applicationId,
  flinkJobId: start.flinkJobId,
  startedAt: new Date().toISOString(),
  configuration: null,
  restorePoint,
  runningAt: null,
  verifiedAt: null,
  maxParallelism: null,
  nodes: [],
  completedCheckpoint: null,
  ended: null,
  gated: false,
  lease: null,
  adopted: null,
});
