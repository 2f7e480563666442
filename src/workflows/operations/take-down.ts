/** Taking an instance down: its savepoint is recorded before it is ended, and it is dead before anything goes on. */
import { patched } from '@temporalio/workflow';
import { betterOf, classify, type Cause } from '../../domain/errors/cause.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { Deployment, Ending } from '../../domain/deployment/deployment.ts';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import type { StopWith } from '../../domain/operation/operation.ts';
import { newestFirst, type RestorePoint } from '../../domain/restore-points/restore-point.ts';
import { memoryLimits } from '../../domain/job/job-memory.ts';
import { read, waitFor } from '../activities.ts';
import { become } from '../desk/become.ts';
import { codeAndDetail } from '../failures.ts';
import type { OperationRun } from './operation-run.ts';

interface TakeDown {
  readonly stopWith: StopWith;
  readonly drain: boolean;
  /** Whether something else is to take its place: then it may live on when it could not be ended. */
  readonly isReplaced: boolean;
  /** Milliseconds; of the file that says `stopWith: checkpoint`. */
  readonly maxCheckpointAge: number;
}

/** @returns the restore point that stopping gave, or null when none was asked for. */
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
 * An instance that nobody has seen running, found so by a run that remembers nothing, may be coming up, and Flink would
 * refuse its savepoint. For as long as its start may take it is waited for, and nothing is touched meanwhile; whatever
 * comes of that, the savepoint is asked for then.
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
    run.memory.current = { ...instance, runningAt };
    return run.memory.current;
  } catch (error) {
    const code = codeAndDetail(error)?.code;
    if (code === 'StartFailed' || code === 'StartTimedOut' || code === 'OperationTimedOut') return instance;
    throw error;
  }
}

/** Ended without a savepoint, so with its evidence. */
const killing = ({ operation }: OperationRun, { isReplaced }: TakeDown): End => ({
  how: 'stopped',
  evidenceOf: operation.id,
  forGood: !isReplaced,
});

async function stopWithSavepoint(run: OperationRun, old: Deployment, { drain }: TakeDown): Promise<RestorePoint> {
  const { memory, operation } = run;
  run.phase('savepointing');
  const deadlineMs = old.deadlines.savepoint;
  // From here on Flink may stop the job whether we hear of it or not: that is remembered until it is known.
  memory.pendingStop = { operationId: operation.id, epoch: old.epoch, since: new Date().toISOString() };
  const stop = () =>
    waitFor(deadlineMs).stopWithSavepoint.executeWithOptions(
      { summary: `Stop deployment ${old.number} with a savepoint` },
      [{ deployment: old, operationId: operation.id, drain, deadlineMs }],
    );
  // A cancel waits for Flink's answer; a kill by force does not, since it ends the instance anyway.
  const result = await run.interruptible(stop, ['superseded']);
  if (result.kind !== 'unknown') memory.pendingStop = null;
  switch (result.kind) {
    case 'completed':
      operation.savepoint = result.savepoint.path;
      run.warn(...result.warnings);
      keepSavepoint(memory, result.savepoint);
      run.phase('stopping');
      await endInstance(
        memory,
        old,
        { how: 'stopped', savepoint: result.savepoint, tasksEnded: result.tasksEnded },
        run,
      );
      return result.savepoint;
    case 'failed':
      throw new SluiceError(
        'SavepointFailed',
        `${result.cause}; application ${old.applicationId} of deployment ${old.number} runs on`,
        { why: result.why },
      );
    case 'ended': {
      // The application outlives its Flink job; left alone it would stand in the way of the next start.
      const { why: left } = await endInstance(memory, old, { how: 'failed', evidenceOf: operation.id }, run);
      const why = betterOf(result.why ?? null, left);
      run.become('failed', result.cause, why);
      throw new SluiceError(
        'FlinkRejected',
        `no savepoint was taken, since deployment ${old.number} does not run any more: ${result.cause}`,
        { why: why ?? undefined },
      );
    }
    case 'unknown':
      throw new SluiceError('SavepointUnknown', `${result.detail}; look into ${result.folder}`, { why: result.why });
  }
}

/** For a job that is too sick for a savepoint: killed, and gone on from its newest completed checkpoint. */
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
  run.become('failed', reason, classify({ code: 'RestorePointNotFound', detail: reason }));
  throw new SluiceError('RestorePointNotFound', reason);
}

export function keepSavepoint(memory: JobMemory, savepoint: RestorePoint): void {
  const others = memory.savepoints.filter(({ path }) => path !== savepoint.path);
  memory.savepoints = [savepoint, ...others].slice(0, memoryLimits.savepoints);
}

interface End {
  readonly how: Ending;
  readonly savepoint?: RestorePoint | null;
  /** Flink said that the job is FINISHED. */
  readonly tasksEnded?: boolean;
  /** Operation below which its exceptions and logs are kept before it is killed. */
  readonly evidenceOf?: string;
  /** A person has decided that nodes which YARN calls lost are gone. */
  readonly believeLost?: boolean;
  /** Whether it is to end even when its cluster cannot be reached now. Default true. */
  readonly forGood?: boolean;
}

/**
 * Ends the application, waits until it is dead, closes its start in the fence.
 * @returns why it had come to its end, by the evidence that it left.
 * @throws ApplicationFailure `ApplicationNotEnding`: then the job is `unreachable`, and nothing may be started.
 */
export async function endInstance(
  memory: JobMemory,
  instance: Deployment,
  { how, savepoint = null, tasksEnded = false, evidenceOf, believeLost = false, forGood = true }: End,
  run: OperationRun | null = null,
): Promise<{ why: Cause | null }> {
  let evidence: Cause | null;
  const deadlineMs = instance.deadlines.stop;
  // A stop whose answer came but whose end was not confirmed has left its savepoint in memory.
  const kept = savepoint ?? stopSavepointOf(memory, instance);
  if (!instance.ended) memory.ending = { epoch: instance.epoch, how, forGood };
  try {
    const { ended, nodes, warnings, applicationId, left, why } = await waitFor(
      deadlineMs,
    ).endApplication.executeWithOptions({ summary: `End application ${instance.applicationId}` }, [
      {
        deployment: instance,
        how,
        savepoint: kept,
        tasksEnded,
        evidenceOf: evidenceOf ?? null,
        believeLost,
        deadlineMs,
      },
    ]);
    run?.warn(...warnings);
    memory.current = { ...instance, applicationId: applicationId ?? instance.applicationId, nodes: [...nodes], ended };
    memory.left = left ?? null;
    evidence = why ?? null;
    memory.ending = null;
  } catch (error) {
    const code = codeAndDetail(error)?.code;
    const isUnknown = code === 'ApplicationNotEnding' || code === 'OperationTimedOut';
    // One that was over before is not made doubtful by a question that nobody answered.
    if (isUnknown && !instance.ended)
      become(memory, 'unreachable', {
        reason: `application ${instance.applicationId} is not confirmed dead`,
        cause: classify({ code: 'ApplicationNotEnding', detail: codeAndDetail(error)?.detail ?? '' }),
      });
    else memory.ending = null;
    throw error;
  }
  if (memory.pendingStop?.epoch === instance.epoch) memory.pendingStop = null;
  become(memory, how === 'failed' || how === 'finished' ? how : 'stopped');
  return { why: evidence };
}

/** Its start was found closed in the fence: the end was confirmed before, and only the answer was lost. */
export function becomeClosed(
  memory: JobMemory,
  instance: Deployment,
  { at, how }: { readonly at: string; readonly how: Ending },
): void {
  memory.current = { ...instance, ended: { at, how, savepoint: stopSavepointOf(memory, instance) } };
  memory.ending = null;
  if (memory.pendingStop?.epoch === instance.epoch) memory.pendingStop = null;
  if (memory.state === 'running' || memory.state === 'unreachable') become(memory, how === 'killed' ? 'stopped' : how);
}

const stopSavepointOf = ({ savepoints }: JobMemory, { epoch }: Deployment): RestorePoint | null =>
  savepoints
    .filter((point) => point.taken === 'stop' && point.epoch === epoch)
    .sort(newestFirst)
    .at(0) ?? null;
