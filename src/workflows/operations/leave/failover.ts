/**
 * Failover: moves the job to another cluster that its deployment file names. An instance that runs and answers is moved as
 * any replacement. An instance that nobody can ask is left, once the start elsewhere has passed its checks and the old start
 * can never run again.
 */
import { classify } from '../../../domain/errors/cause.ts';
import { inTodaysWords } from '../../../domain/errors/earlier-words.ts';
import { SluiceError } from '../../../domain/errors/errors.ts';
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import { endBegun, endInProgress } from '../../../domain/job/end-transitions.ts';
import { wayToLeave } from '../../../domain/job/state/ending.ts';
import { rememberedOperations } from '../../../domain/job/job-memory.ts';
import { isOwnFailover } from '../../../domain/job/recovery/recovery.ts';
import {
  explained,
  fellSilent,
  foundAlive,
  savepointTaken,
  stopFailed,
  wish,
} from '../../../domain/job/transitions.ts';
import { change, waitFor } from '../../activities.ts';
import { now } from '../../desk/now.ts';
import { codeAndDetail } from '../../failures.ts';
import type { OperationRun } from '../operation-run.ts';
import { doubts, giveUpOn } from './give-up.ts';
import { replace, type Before } from '../upgrade/replace.ts';
import { doubtIfSilent, endInstance } from '../take-down.ts';
import { checkOf, wantedOf, type StartRequest } from '../upgrade/wanted.ts';

export type FailoverRequest = Extract<StartRequest, { readonly kind: 'failover' }>;

export async function failover(run: OperationRun, request: FailoverRequest): Promise<void> {
  const { memory } = run;
  const { current } = memory;
  if (!current) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to move`);
  const { drill = false } = request;
  const way = drill ? 'leave' : wayToLeave(memory, rememberedOperations(memory)[0] ?? null);
  if (way === 'replace') {
    await replace(run, request);
    return;
  }
  run.phase('checking');
  const wanted = wantedOf(memory, run.operation, request);
  const { cluster: target } = await change.checkElsewhere.executeWithOptions(
    { summary: `Check the start of ${run.job} elsewhere` },
    [checkOf(memory, run.operation.id, wanted, way === 'leave' ? 'silent' : 'answers')],
  );
  run.safePoint(); // the last safe point at which the old instance stays as it is
  if (isOwnFailover(run.operation) && run.isClusterBack) {
    const back = `cluster ${current.cluster} has given a sign of life meanwhile, so ${run.job} stays there`;
    throw new SluiceError('CommandNotAllowed', back);
  }
  switch (way) {
    case 'awaitStop':
      await awaitOutcome(run, current);
      break;
    case 'end':
      await endOrLeave(run, current, request);
      break;
    case 'leave':
      await fenceOff(run, current, request.reason ?? '', drill);
  }
  await startElsewhere(run, request, { target, goesBackTo: drill ? current : null });
}

/** Ends an instance that is coming up. A person may have accepted that it lives on where nobody can confirm its end. */
async function endOrLeave(run: OperationRun, old: Deployment, request: FailoverRequest): Promise<void> {
  run.phase('stopping');
  try {
    const neverRan = old.runningAt === null; // this run has watched it since its submission
    await endInstance(
      run.memory,
      old,
      { how: 'replaced', evidenceOf: run.operation.id, forGood: false, neverRan },
      run,
    );
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null || !doubts.has(failure.code) || request.confirmUnfenced !== true) throw error;
    await fenceOff(run, old, request.reason ?? '');
  }
}

/** Waits for the outcome of a stop that was under way. The instance has ended then, or runs on and is moved as any other. */
async function awaitOutcome(run: OperationRun, old: Deployment): Promise<void> {
  const { memory } = run;
  const { pendingStop } = memory;
  if (!pendingStop) return;
  const { operationId, drain } = pendingStop;
  run.phase('savepointing');
  const deadlineMs = old.deadlines.savepoint;
  const wait = () =>
    waitFor(deadlineMs).awaitStop.executeWithOptions({ summary: `Outcome of the stop of operation ${operationId}` }, [
      { deployment: old, operationId, deadlineMs, drain },
    ]);
  const result = inTodaysWords(await run.interruptible(wait, ['cancelled', 'superseded']));
  switch (result.kind) {
    case 'completed': {
      const { savepoint, tasksEnded } = result;
      savepointTaken(memory, savepoint);
      run.phase('stopping');
      await endInstance(memory, old, { how: 'replaced', savepoint, tasksEnded, forGood: false }, run);
      return;
    }
    case 'failed':
      stopFailed(memory);
      foundAlive(memory, now());
      return;
    case 'ended':
      await endInstance(memory, old, { how: 'failed', evidenceOf: run.operation.id, forGood: false }, run);
      return;
    case 'unknown':
      doubtIfSilent(memory, result);
      throw new SluiceError('SavepointUnknown', `${result.detail}; look into ${result.folder}`, { why: result.cause });
  }
}

/** Revokes the gate of the old instance and closes its start. The start that follows waits until its lease is over. */
async function fenceOff(run: OperationRun, old: Deployment, reason: string, isDrill = false): Promise<void> {
  const { memory } = run;
  run.phase('fencing');
  // A kill that could not be confirmed keeps its meaning, should S3 not take the revocation.
  if (!endInProgress(memory)) endBegun(memory, { epoch: old.epoch, how: 'replaced', forGood: false });
  try {
    await giveUpOn(run, old, reason || `failover ${run.operation.id}`, 'replaced', isDrill);
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure !== null) {
      const { code, detail } = failure;
      fellSilent(memory, now(), { reason: detail, cause: classify({ code, detail }) });
    }
    throw error;
  }
}

/**
 * The old instance is over or given up, so a cancel leaves nothing running until somebody asks for a start.
 */
async function startElsewhere(run: OperationRun, request: FailoverRequest, before: Before): Promise<void> {
  try {
    await replace(run, request, before);
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure?.code === 'Cancelled' && run.memory.current?.ended) {
      // A job that Sluice was moving has failed, so that a person can move it to where it may run.
      if (!isOwnFailover(run.operation)) wish(run.memory, 'stopped');
      explained(run.memory, now(), { reason: failure.detail });
    }
    throw error;
  }
}
