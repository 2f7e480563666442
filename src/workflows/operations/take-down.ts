/**
 * Takes an instance down: its savepoint is recorded before the end, and the instance is dead before anything follows.
 */
import { patched } from '@temporalio/workflow';
import { betterOf, classify, type Cause } from '../../domain/errors/cause.ts';
import { inTodaysWords } from '../../domain/errors/earlier-words.ts';
import { SluiceError, type ErrorCode } from '../../domain/errors/errors.ts';
import type { Deployment, EndedBy, Ending } from '../../domain/deployment/deployment.ts';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import type { StopWith } from '../../domain/operation/operation.ts';
import type { RestorePoint } from '../../domain/restore-points/restore-point.ts';
import { endBegun, endInProgress, endedAs } from '../../domain/job/end-transitions.ts';
import {
  fellSilent,
  explained,
  learnt,
  savepointTaken,
  stopFailed,
  stopPending,
  stopSavepointOf,
  stopSettled,
  wish,
} from '../../domain/job/transitions.ts';
import { now } from '../desk/now.ts';
import { read, waitFor } from '../activities.ts';
import { codeAndDetail } from '../failures.ts';
import type { OperationRun } from './operation-run.ts';

export interface TakeDown {
  readonly stopWith: StopWith;
  readonly drain: boolean;
  /** Whether another instance is to take its place; then the old one may live on when it could not be ended. */
  readonly isReplaced: boolean;
  /** Milliseconds, from the file that says `stopWith: checkpoint`. */
  readonly maxCheckpointAge: number;
  /** Ends the instance, whose tasks have FINISHED, while a standby takes over from it; absent where none waits. */
  readonly endsAside?: (end: Stopped) => Promise<void>;
}

/** @returns the restore point of the stop, or null when the request asked for none. */
export async function takeDown(run: OperationRun, old: Deployment, how: TakeDown): Promise<RestorePoint | null> {
  switch (how.stopWith) {
    case 'savepoint':
      return stopWithSavepoint(run, await seenRunning(run, old), how);
    case 'checkpoint':
      return stopWithCheckpoint(run, old, how);
    case 'none':
      run.phase('stopping');
      await endInstance(run.memory, old, killing(run, how), run);
      return null;
  }
}

/**
 * Waits for an instance that a run without memory found, and that nobody has seen running, for as long as its start may
 * take. The instance may still be coming up, and Flink would refuse its savepoint. The wait touches nothing, and the
 * caller asks for the savepoint whatever the wait finds.
 */
export async function seenRunning(run: OperationRun, instance: Deployment): Promise<Deployment> {
  const deadlineMs = Date.parse(instance.startedAt) + instance.deadlines.start - Date.now();
  if (instance.runningAt !== null || deadlineMs <= 0 || !patched('seen-running')) return instance;
  const wait = () =>
    waitFor(deadlineMs).awaitRunning.executeWithOptions(
      { summary: `Deployment ${instance.number} may be coming up yet` },
      [{ deployment: instance, deadlineMs }],
    );
  try {
    const { runningAt } = await run.interruptible(wait, ['cancelled', 'superseded']);
    return learnt(run.memory, { runningAt }) ?? instance;
  } catch (error) {
    const code = codeAndDetail(error)?.code;
    if (code === 'StartFailed' || code === 'StartTimedOut' || code === 'OperationTimedOut') return instance;
    throw error;
  }
}

const stopping = ({ isReplaced }: TakeDown): Pick<End, 'how' | 'isWanted'> => ({
  how: isReplaced ? 'replaced' : 'stopped',
  isWanted: !isReplaced,
});

/** Ends an instance without a savepoint, and therefore keeps its evidence. */
const killing = ({ operation }: OperationRun, how: TakeDown): End => ({
  ...stopping(how),
  evidenceOf: operation.id,
  forGood: !how.isReplaced,
});

async function stopWithSavepoint(run: OperationRun, old: Deployment, how: TakeDown): Promise<RestorePoint> {
  const { memory, operation } = run;
  const { drain, isReplaced } = how;
  run.phase('savepointing');
  const deadlineMs = old.deadlines.savepoint;
  // Flink may stop the job even when its answer is lost, so the memory keeps the stop until its outcome is known.
  stopPending(memory, { operationId: operation.id, epoch: old.epoch, since: now(), drain });
  if (!isReplaced) wish(memory, 'stopped');
  const stop = () =>
    waitFor(deadlineMs).stopWithSavepoint.executeWithOptions(
      { summary: `Stop deployment ${old.number} with a savepoint` },
      [{ deployment: old, operationId: operation.id, drain, deadlineMs }],
    );
  // A cancel waits for Flink's answer; a kill by force does not wait, because it ends the instance anyway.
  const result = inTodaysWords(await run.interruptible(stop, ['superseded']));
  if (result.kind !== 'unknown') stopSettled(memory);
  switch (result.kind) {
    case 'completed':
      operation.savepoint = result.savepoint.path;
      run.warn(...result.warnings);
      savepointTaken(memory, result.savepoint);
      run.phase('stopping');
      await endStopped(run, old, how, {
        ...stopping(how),
        savepoint: result.savepoint,
        tasksEnded: result.tasksEnded,
      });
      return result.savepoint;
    case 'failed':
      stopFailed(memory);
      throw new SluiceError(
        'SavepointFailed',
        `${result.detail}; application ${old.applicationId} of deployment ${old.number} runs on`,
        { why: result.cause },
      );
    case 'ended': {
      // The application outlives its Flink job and would block the next start, so it is ended too.
      const { cause: shown } = await endInstance(memory, old, { how: 'failed', evidenceOf: operation.id }, run);
      const cause = betterOf(result.cause ?? null, shown);
      stopFailed(memory);
      explained(memory, now(), { reason: result.detail, cause });
      throw new SluiceError(
        'FlinkRejected',
        `no savepoint was taken, since deployment ${old.number} does not run any more: ${result.detail}`,
        { why: cause ?? undefined },
      );
    }
    case 'unknown':
      doubtIfSilent(memory, result);
      throw new SluiceError('SavepointUnknown', `${result.detail}; look into ${result.folder}`, { why: result.cause });
  }
}

const endStopped = (run: OperationRun, old: Deployment, { endsAside }: TakeDown, end: Stopped): Promise<unknown> =>
  end.tasksEnded === true && endsAside ? endsAside(end) : endInstance(run.memory, old, end, run);

/** A cluster that is silent cannot say that the job runs either. The wait for the outcome of the stop goes on. */
export function doubtIfSilent(
  memory: JobMemory,
  { detail, cause }: { readonly detail: string; readonly cause?: Cause | undefined },
): void {
  if (cause?.class === 'clusterUnreachable') fellSilent(memory, now(), { reason: detail, cause });
}

/** Stops a job that is too sick for a savepoint: kills it, and resumes from its newest completed checkpoint. */
async function stopWithCheckpoint(run: OperationRun, old: Deployment, how: TakeDown): Promise<RestorePoint> {
  const fresh = await read.freshCheckpoint.executeWithOptions(
    { summary: `Newest checkpoint of deployment ${old.number}` },
    [{ deployment: old, maxAgeMs: how.maxCheckpointAge }],
  );
  run.phase('stopping');
  await endInstance(run.memory, old, killing(run, how), run);
  const { highest } = await read.retainedCheckpoint.executeWithOptions(
    { summary: `What deployment ${old.number} left behind` },
    [{ deployment: old }],
  );
  if (highest?.checkpointId != null && highest.checkpointId >= fresh.id) return highest;
  const reason = `checkpoint ${fresh.id} (${fresh.path}) was complete before deployment ${old.number} was killed, and is not found now`;
  stopFailed(run.memory);
  explained(run.memory, now(), { reason, cause: classify({ code: 'RestorePointNotFound', detail: reason }) });
  throw new SluiceError('RestorePointNotFound', reason);
}

/** The end of an instance that Flink has stopped with a savepoint. */
export interface Stopped extends End {
  readonly savepoint: RestorePoint;
}

interface End {
  readonly how: Ending;
  /** Somebody wants the job stopped, and this end fulfils the wish. */
  readonly isWanted?: boolean;
  readonly savepoint?: RestorePoint | null;
  /** Flink said that the job is FINISHED. */
  readonly tasksEnded?: boolean;
  /** The operation that keeps the exceptions and logs as evidence before the kill. */
  readonly evidenceOf?: string;
  /** The operation by which a person decides that nodes which YARN calls lost are gone. */
  readonly decidedBy?: string | null;
  /** The wait for its tasks saw its end before they can have run. */
  readonly neverRan?: boolean;
  /** The one who ended the instance before Sluice. */
  readonly by?: EndedBy | undefined;
  /** Whether the instance must end even when its cluster cannot be reached now. Default true. */
  readonly forGood?: boolean;
  /** Limits the wait in milliseconds; by default the deployment's time-out for stops is the limit. */
  readonly mostMs?: number;
}

/**
 * Ends the application, waits until it is dead, and closes its start in the fence.
 * @returns the cause of an earlier end, by the evidence that the instance left.
 * @throws any failure on the way. The end is then unconfirmed, the job is `unreachable`, and nothing may start.
 */
export async function endInstance(
  memory: JobMemory,
  instance: Deployment,
  end: End,
  run: OperationRun | null = null,
): Promise<{ cause: Cause | null }> {
  const { how, isWanted = false, decidedBy = null, forGood = true } = end;
  const { epoch } = instance;
  if (!instance.ended) {
    endBegun(memory, { epoch, how, forGood, believeLost: decidedBy !== null, by: decidedBy });
    if (isWanted) wish(memory, 'stopped');
  }
  // Every path that ends the instance heeds the decision that was taken by any of them.
  const by = endInProgress(memory)?.by ?? decidedBy;
  try {
    const {
      ended,
      believedLost,
      warnings,
      applicationId = instance.applicationId,
      progress = {},
      left = null,
      cause = null,
    } = inTodaysWords(await askForEnd(memory, instance, end, by !== null));
    run?.warn(...warnings);
    if (isWanted) wish(memory, 'stopped');
    // Where every node could be asked the end is confirmed, whatever a person would have accepted. Older workers don't tell.
    const isDecided = by !== null && believedLost?.length !== 0;
    const decided = isDecided ? ({ kind: 'decided', operationId: by } as const) : null;
    endedAs(memory, { instance: { ...instance, ...progress, applicationId }, ended, left, decided }, now());
    return { cause };
  } catch (error) {
    const failure = codeAndDetail(error);
    // An instance that was over before stays over, even when this question got no answer.
    if (failure !== null && !instance.ended) notConfirmed(memory, instance, failure);
    throw error;
  }
}

/** Asks for the end of an instance, and changes nothing in the memory. */
export const askForEnd = (
  memory: JobMemory,
  instance: Deployment,
  { how, savepoint = null, tasksEnded = false, evidenceOf, mostMs = Infinity, neverRan = false, by }: End,
  believeLost: boolean,
) => {
  const deadlineMs = Math.min(instance.deadlines.stop, mostMs);
  return waitFor(deadlineMs).endApplication.executeWithOptions(
    { summary: `End application ${instance.applicationId}` },
    [
      {
        deployment: instance,
        how,
        // An earlier stop that was answered but not confirmed has left its savepoint in memory.
        savepoint: savepoint ?? stopSavepointOf(memory, instance),
        tasksEnded,
        evidenceOf: evidenceOf ?? null,
        believeLost,
        deadlineMs,
        neverRan,
        ...(by ? { by } : {}),
      },
    ],
  );
};

/** Keeps the intention to end the instance after any failure, because the end may have taken effect all the same. */
function notConfirmed(
  memory: JobMemory,
  { applicationId }: Deployment,
  { code, detail }: { readonly code: ErrorCode; readonly detail: string },
): void {
  const isDoubt = code === 'ApplicationNotEnding' || code === 'OperationTimedOut';
  // Runs of older workers continued as before after any other failure.
  if (!isDoubt && !patched('2026-11-29-end-not-known')) return;
  fellSilent(memory, now(), {
    reason: `application ${applicationId} is not confirmed dead${isDoubt ? '' : `: ${detail}`}`,
    cause: classify({ code: isDoubt ? 'ApplicationNotEnding' : code, detail }),
  });
}
