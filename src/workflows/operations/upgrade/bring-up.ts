/** Brings an instance up: submits it, waits until it runs, and verifies it; on failure ends it and rolls back. */
import { patched } from '@temporalio/workflow';
import { betterOf, type Cause } from '../../../domain/errors/cause.ts';
import { hasRun, planOf, type Deployment } from '../../../domain/deployment/deployment.ts';
import type { RestorePoint } from '../../../domain/restore-points/restore-point.ts';
import { change, read, waitFor } from '../../activities.ts';
import {
  basedOn,
  cameUp,
  explained,
  learnt,
  leftBehind,
  progressed,
  started,
  wish,
} from '../../../domain/job/transitions.ts';
import { now } from '../../desk/now.ts';
import { errorOf, withCause } from '../../../domain/job/account.ts';
import { recordLimits } from '../../../domain/operation/operation.ts';
import { clip } from '../../../domain/values/clip.ts';
import { SluiceError } from '../../../domain/errors/errors.ts';
import { codeAndDetail } from '../../failures.ts';
import type { OperationRun } from '../operation-run.ts';
import { promoted, standingDeployment } from './handover.ts';
import { deploymentOf, giveBack, Ordinal, prepareStart, type Staged } from './stage.ts';
import { endInstance } from '../take-down.ts';

interface Fallback {
  readonly deployment: Deployment;
  readonly restorePoint: RestorePoint | null;
  /** Whether to go back whatever the deployment file says about starts that fail. */
  readonly always?: boolean;
}

interface BringUp {
  readonly staged: Staged;
  readonly restorePoint: RestorePoint | null;
  /** The deployment to go back to when the new instance does not come up. */
  readonly fallback: Fallback | null;
}

export async function bringUp(run: OperationRun, { staged, restorePoint, fallback }: BringUp): Promise<void> {
  const failure = await tryStart(run, staged, restorePoint);
  if (failure === null) return;
  const isToGoBack = fallback !== null && (fallback.always === true || staged.plan.onFailedStart === 'rollback');
  if (fallback && isToGoBack && failure.completed === 'none') {
    await rollBack(run, fallback, failure.error);
    return;
  }
  endWithout(run, failure, restorePoint, isToGoBack);
}

/**
 * Ends the operation with nothing running. The detail always has room for the location of the state, because people
 * need it however long the cause is.
 */
function endWithout(
  run: OperationRun,
  { error, completed, checkpoint }: StartFailure,
  restorePoint: RestorePoint | null,
  isToGoBack = false,
): void {
  const unknown = isToGoBack && completed === 'unknown' ? NOT_KNOWN : '';
  const kept = `${whereTheStateIs(checkpoint, restorePoint)}${unknown}`;
  const detail = `${clip(error.detail, Math.max(ROOM_FOR_CAUSE, recordLimits.detail - kept.length))}${kept}`;
  const isCancelled = error.code === 'Cancelled';
  // A cancelled start leaves the job stopped until somebody asks for a start.
  if (isCancelled) wish(run.memory, 'stopped');
  explained(run.memory, now(), { reason: detail, cause: isCancelled ? null : error.cause });
  run.end(isCancelled ? 'cancelled' : 'failed', { ...error, detail });
}

/**
 * Names the restore point of this start, and the checkpoint that the new instance completed with its output committed:
 * a person decides between them.
 */
function whereTheStateIs(checkpoint: string | null, restorePoint: RestorePoint | null): string {
  const before = restorePoint ? `; the restore point ${restorePoint.path} is kept` : '';
  return checkpoint === null ? before : `${before}; the new instance completed ${checkpoint}`;
}

const NOT_KNOWN =
  '; whether the new instance completed a checkpoint is not known, so Sluice does not go back by itself';

/** The least length of a cause that shares the text with the fate of the operation. */
const ROOM_FOR_CAUSE = 150;

interface StartFailure {
  readonly error: NonNullable<OperationRun['operation']['error']>;
  /** Whether the wait for its tasks saw its end before they can have run. */
  readonly neverRan: boolean;
  /**
   * Whether the new instance completed a checkpoint. Its output is then committed, so Sluice goes back by itself only from
   * an instance that is known to have completed none.
   */
  readonly completed: 'none' | 'some' | 'unknown';
  /** The checkpoint that it completed, as far as it is known. */
  readonly checkpoint: string | null;
}

/** @returns null when the instance runs and is verified; otherwise the failure, with the instance confirmed dead. */
async function tryStart(
  run: OperationRun,
  staged: Staged,
  restorePoint: RestorePoint | null,
): Promise<StartFailure | null> {
  const { memory } = run;
  const before = memory.current;
  try {
    if (!staged.standby?.promotedAs) run.safePoint(); // a promoted one runs, and is ended like every start
  } catch (error) {
    await giveBack(run, staged);
    return failureOf(error);
  }
  const deployment = deploymentOf(run, staged, restorePoint);
  try {
    const instance = await submitted(run, staged, deployment);
    await start(run, instance, staged.standby?.promotedAs != null);
    cameUp(memory, before, now());
    return null;
  } catch (error) {
    const failed = memory.current ?? deployment;
    // A deployment that never ran is no base for `latest`, so the deployment before it stays the base, also for an
    // operation that takes over.
    const isOurs = before?.operationId === run.operation.id; // a rollback never returns to this operation's own start
    if (before && hasRun(before) && failed.runningAt === null && !isOurs) basedOn(memory, before);
    const failure = failureOf(error);
    const { cause, ...end } = await endFailed(run, failed, failure.neverRan);
    return { ...failure, error: withCause(failure.error, betterOf(failure.error.cause, cause)), ...end };
  }
}

/** @throws the error itself when the start must not answer it: a defect, a lost lock, an operation that takes over. */
function failureOf(error: unknown): StartFailure {
  const failure = codeAndDetail(error);
  if (failure === null || failure.code === 'LockLost' || failure.code === 'Superseded') throw error;
  const { code, detail, cause, neverRan = false } = failure; // absent from earlier workers
  return { error: errorOf(code, detail, cause), neverRan, completed: 'none', checkpoint: null };
}

/** Submits the instance, or opens the gate of its standby. */
async function submitted(run: OperationRun, staged: Staged, deployment: Deployment): Promise<Deployment> {
  const { memory, operation } = run;
  const { standby } = staged;
  run.phase('submitting');
  const next = standby ? standingDeployment(deployment, standby) : deployment;
  started(memory, next);
  operation.deployment = next.number;
  const instead = standby ? await promoted(run, staged, next) : null;
  if (instead) return submitted(run, instead, deploymentOf(run, instead, deployment.restorePoint));
  if (standby) return next;
  const summary = `Submit ${next.applicationId} to ${next.cluster}`;
  const {
    configuration,
    gated = false,
    lease = null,
    classArchive = null,
  } = await change.submitStart.executeWithOptions({ summary }, [{ deployment: next, runId: run.runId }]);
  return learnt(memory, { configuration, gated, lease, classArchive }) ?? next;
}

/** Waits until a submitted instance runs, and verifies it. The memory keeps each new fact at once. */
async function start(run: OperationRun, deployment: Deployment, isWarm: boolean): Promise<void> {
  const { memory } = run;
  const { deadlines, number } = deployment;
  let instance = deployment;
  if (deployment.runner !== null) instance = learnt(memory, await launched(run, instance)) ?? instance;
  run.phase('starting');
  const { runningAt } = await run.interruptible(
    () =>
      waitFor(deadlines.start).awaitRunning.executeWithOptions(
        { summary: `All tasks of deployment ${number} RUNNING` },
        [{ deployment: instance, deadlineMs: deadlines.start, ...(isWarm ? { isWarm } : {}) }],
      ),
    ['cancelled', 'superseded'],
  );
  instance = learnt(memory, { runningAt }) ?? instance;
  run.phase('verifying');
  const { completedCheckpoint, newestCheckpoint, isFinished, maxParallelism, warnings } = await verified(run, instance);
  run.warn(...(warnings ?? [])); // absent in answers of earlier workers
  const verifiedAt = new Date().toISOString();
  progressed(memory, { completedCheckpoint, newestCheckpoint });
  const proven = learnt(memory, { verifiedAt, maxParallelism });
  // A bounded job has already reached its end, and its application would outlive it.
  if (isFinished && proven) await endInstance(memory, proven, { how: 'finished', tasksEnded: true }, run);
}

/** Waits for the proof of health; once more, where the program alone decides how rarely it checkpoints. */
async function verified(run: OperationRun, deployment: Deployment) {
  const { deadlines, verify } = deployment;
  const wait = (deadlineMs: number, mayExtend: boolean) =>
    run.interruptible(
      () =>
        waitFor(deadlineMs).verifyRunning.executeWithOptions(
          { summary: `${verify.checkpoints} completed checkpoints` },
          [{ deployment, deadlineMs, mayExtend }],
        ),
      ['cancelled', 'superseded'],
    );
  const first = await wait(deadlines.verify, true);
  const answer = 'needsMs' in first ? await wait(first.needsMs - deadlines.verify, false) : first;
  if ('needsMs' in answer) throw new SluiceError('Internal', 'a verification asked for more time twice');
  return answer;
}

/** Flink's client runs on the cluster, so its application is found by the tag of the start. */
const launched = (run: OperationRun, deployment: Deployment): Promise<{ readonly applicationId: string }> =>
  run.interruptible(
    () =>
      waitFor(deployment.deadlines.start).awaitApplication.executeWithOptions(
        { summary: `Flink's client in ${deployment.applicationId} submits deployment ${deployment.number}` },
        [{ deployment, deadlineMs: deployment.deadlines.start }],
      ),
    ['cancelled', 'superseded'],
  );

/** Keeps the evidence, ends the instance, confirms it dead, and looks whether it completed a checkpoint. */
async function endFailed(
  run: OperationRun,
  failed: Deployment,
  neverRan: boolean,
): Promise<Pick<StartFailure, 'completed' | 'checkpoint'> & { cause: Cause | null }> {
  const { memory, operation } = run;
  const { cause } = await endInstance(memory, failed, { how: 'failed', evidenceOf: operation.id, neverRan }, run);
  const left = await leftBy(run, failed);
  const highest = left?.highest ?? null;
  // A deployment that was never seen running may still leave a checkpoint, and with it becomes a base to resume from.
  if (highest) leftBehind(memory, highest);
  const { completedCheckpoint, newestCheckpoint, ended } = memory.current ?? failed;
  if (completedCheckpoint !== null) {
    const checkpoint = highest?.path ?? newestCheckpoint ?? `checkpoint ${completedCheckpoint}`;
    return { completed: 'some', checkpoint, cause };
  }
  // Runs of older workers took an empty folder for a proof.
  const isKnown = ended?.counted === true || (left !== null && !patched('2026-11-29-completed-nothing'));
  return { completed: isKnown ? 'none' : 'unknown', checkpoint: null, cause };
}

/** Looks for checkpoints of a failed instance. A failure to look hides neither the failure of the start nor its end. */
async function leftBy(
  run: OperationRun,
  failed: Deployment,
): Promise<{ readonly highest: RestorePoint | null } | null> {
  try {
    return await read.retainedCheckpoint.executeWithOptions({ summary: 'Checkpoints of the failed instance' }, [
      { deployment: failed },
    ]);
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    run.warn(`whether deployment ${failed.number} left a checkpoint is not known: ${failure.detail}`);
    return null;
  }
}

async function rollBack(run: OperationRun, to: Fallback, because: StartFailure['error']): Promise<void> {
  run.phase('rollingBack');
  const { number } = to.deployment;
  const failure = await startAgain(run, to);
  if (failure === null) {
    const detail = `${clip(because.detail, ROOM_FOR_CAUSE)}; deployment ${number} was started again as ${run.memory.current?.number ?? '?'}`;
    run.end(because.code === 'Cancelled' ? 'cancelled' : 'rolledBack', { ...because, detail });
    return;
  }
  const [why, whyAgain] = [because, failure.error].map(({ detail: text }) => clip(text, ROOM_FOR_CAUSE));
  const detail = `${why}; going back to deployment ${number} failed too: ${whyAgain}`;
  const error = {
    ...(failure.error.code === 'Cancelled'
      ? failure.error
      : errorOf('StartFailed', detail, betterOf(because.cause, failure.error.cause))),
    detail,
  };
  endWithout(run, { ...failure, error }, to.restorePoint);
}

async function startAgain(run: OperationRun, { deployment, restorePoint }: Fallback): Promise<StartFailure | null> {
  let staged: Staged;
  try {
    staged = await prepareStart(run, planOf(deployment), Ordinal.back);
  } catch (error) {
    return failureOf(error);
  }
  return tryStart(run, staged, restorePoint);
}
