/** Runs one operation from claim to record; the file of each kind has its steps. */
import { betterOf, classify } from '../../domain/errors/cause.ts';
import { inTodaysWords } from '../../domain/errors/earlier-words.ts';
import { reject, type Refusal } from '../../domain/job/refusal.ts';
import { decidesAboutLost, mayNotKnow, refusalAfterClaim } from '../../domain/job/admission.ts';
import { endInProgress, foundClosed, overUnconfirmed } from '../../domain/job/end-transitions.ts';
import { endedByOf, unmeant } from '../../domain/deployment/deployment.ts';
import {
  belongs,
  doubted,
  endForgotten,
  explained,
  fellSilent,
  foundAlive,
  learnt,
  operationFound,
  progressed,
  proved,
} from '../../domain/job/transitions.ts';
import { actLeft } from '../../domain/job/recovery-transitions.ts';
import { isOwnAct } from '../../domain/job/recovery/recovery.ts';
import { now } from '../desk/now.ts';
import type { Outcome } from '../../domain/lifecycle.ts';
import type { OperationRecord, Request } from '../../domain/operation/operation.ts';
import { SluiceError, type ErrorCode } from '../../domain/errors/errors.ts';
import type { Observed } from '../../activities/instance/observe-instance.ts';
import { change } from '../activities.ts';
import { codeAndDetail } from '../failures.ts';
import { errorOf } from '../../domain/job/account.ts';
import type { OperationRun } from './operation-run.ts';
import { writeDown } from './recording.ts';
import { askForRetention } from './retention.ts';
import { adopt } from './adopt.ts';
import { failover } from './leave/failover.ts';
import { doubts, LAST_TRY_MS } from './leave/give-up.ts';
import { kill } from './leave/kill.ts';
import { recover } from './recover.ts';
import { replace } from './upgrade/replace.ts';
import { rescaleInPlace } from './upgrade/rescale.ts';
import { savepoint } from './savepoint.ts';
import { stop } from './stop.ts';
import { transfer } from './transfer.ts';
import { endInstance } from './take-down.ts';

/** Turns every failure of an operation into an outcome; only a defect is thrown. */
export async function runOperation(run: OperationRun, request: Request): Promise<void> {
  try {
    const earlier = await claim(run, request);
    if (earlier && 'code' in earlier) {
      run.leave(earlier);
      return;
    }
    if (earlier) {
      operationFound(run.memory, earlier);
      // Another run has changed the deployment in place, and this one does not remember it: the next run asks the records.
      if (earlier.how === 'rescaled') doubted(run.memory);
      return;
    }
    await tell(run, request);
    if (!run.isEnding) run.end('succeeded');
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    const failed = errorOf(failure.code, failure.detail, failure.cause);
    // Somebody else acted on this job. The memory counts no more, and the next run asks S3 and YARN.
    if (failure.code === 'LockLost') doubted(run.memory);
    tellWhyNothingRuns(run, failed);
    run.end(outcomes[failure.code] ?? 'failed', failed);
  }
  if (run.ended.outcome === 'succeeded') await askForRetention(run);
  await writeDown(run);
}

/** Explains why the job is down after an operation took the old instance away and failed to replace it. */
function tellWhyNothingRuns({ memory }: OperationRun, { detail, cause }: ReturnType<typeof errorOf>): void {
  const { state, stateReason, current } = memory;
  if (state !== 'failed' || stateReason !== null || current?.ended?.how !== 'replaced') return;
  explained(memory, now(), { reason: `deployment ${current.number} was taken down to be replaced: ${detail}`, cause });
}

/** Outcomes by error code; every other code means `failed`. */
const outcomes: Partial<Record<ErrorCode, Outcome>> = {
  CommandNotAllowed: 'rejected',
  ClusterCordoned: 'rejected',
  MoveRefused: 'rejected',
  HandoverRefused: 'rejected',
  NotFenced: 'rejected',
  NotOwner: 'rejected',
  ForeignState: 'rejected',
  Cancelled: 'cancelled',
  Superseded: 'superseded',
};

/**
 * Takes the claim in S3 and looks at the instance, because the job may have ended by itself since the last operation.
 * @returns the record of an operation that ended before, or the refusal of one that is not signed.
 */
async function claim(run: OperationRun, request: Request): Promise<OperationRecord | Refusal | null> {
  run.phase('claiming');
  const { memory, operation, asked } = run;
  const { current, proven } = memory;
  const answer = await change.claimOperation.executeWithOptions({ summary: `${operation.kind} ${operation.id}` }, [
    {
      job: run.job,
      runId: run.runId,
      operation: {
        id: operation.id,
        kind: operation.kind,
        fingerprint: operation.fingerprint,
        actor: operation.actor,
        ...(request.kind === 'stop' && request.drain ? { drains: true } : {}),
      },
      knownEpoch: proven ? memory.epoch : null,
      current: current?.ended === null ? current : null,
      believeLost: decidesAboutLost(request) || endInProgress(memory)?.believeLost === true,
      ...(asked ? { asked: { message: asked, at: operation.acceptedAt } } : {}),
      ...(isOwnAct(operation) ? { mayLeave: true as const } : {}),
    },
  ]);
  if (answer.signing !== undefined) run.heedKeys(answer.signing);
  if (answer.notSigned !== undefined) return reject('SignatureRefused', answer.notSigned);
  // Another installation acts for the job too, and its record is the trace of this act.
  if (answer.heldBy !== undefined) {
    actLeft(memory, now());
    return reject('LockLost', answer.heldBy);
  }
  if (answer.ended) return answer.ended;
  if (answer.proof) proved(memory, answer.proof, now());
  if (answer.revised) learnt(memory, answer.revised);
  belongs(memory, answer.ownership);
  if (memory.state === 'unreachable' && !memory.proven && !mayNotKnow(request))
    throw new SluiceError('ClusterUnreachable', memory.stateReason ?? `what runs of ${run.job} is not known`);
  const observed = answer.observed && inTodaysWords(answer.observed);
  await believe(run, observed, decidesAboutLost(request) ? run.operation.id : null);
  // A kill that finds its instance already ended has reached its aim.
  const isLate = request.kind === 'kill' && answer.observed?.kind === 'ended';
  const refusal = isLate ? null : refusalAfterClaim(memory, request, operation);
  if (refusal !== null) throw new SluiceError(refusal.code, refusal.detail);
  run.safePoint();
  return null;
}

/**
 * Believes the look at the instance: it may have ended, or its cluster may have fallen silent, since the last
 * operation.
 * @param decidedBy the operation of a person who has decided that lost nodes are gone, before anybody looked.
 */
async function believe(run: OperationRun, observed: Observed | null, decidedBy: string | null): Promise<void> {
  const { memory } = run;
  const { current } = memory;
  if (!observed || !current) return;
  switch (observed.kind) {
    case 'alive':
      learnt(memory, { applicationId: observed.applicationId ?? current.applicationId });
      progressed(memory, observed.progress);
      if (memory.state === 'running') endForgotten(memory);
      else foundAlive(memory, now(), { reason: 'it was found running' });
      return;
    case 'closed':
      foundClosed(memory, current, observed, now());
      return;
    case 'unreachable':
      // Unreachable is not dead: the job is presumed to run as before, and only what `mayNotKnow` names continues.
      fellSilent(memory, now(), {
        reason: observed.detail,
        cause: classify({ code: 'ClusterUnreachable', detail: observed.detail }),
      });
      if (mayNotKnow(run.operation)) return;
      throw new SluiceError('ClusterUnreachable', observed.detail);
    case 'ended': {
      // The application may outlive its Flink job. In either case its start is closed before anything follows.
      const how = endInProgress(memory)?.how ?? unmeant(observed.how);
      progressed(memory, observed.progress);
      overUnconfirmed(memory, now(), { reason: observed.detail, cause: observed.cause ?? null });
      const isLeft = run.operation.kind === 'failover';
      const end = {
        how,
        evidenceOf: run.operation.id,
        decidedBy,
        by: endedByOf(observed),
        ...(isLeft ? { mostMs: LAST_TRY_MS } : {}),
      };
      const last = memory.current ?? current;
      const shown = await unlessLeft(isLeft, () => endInstance(memory, last, end, run));
      if (shown === undefined) return;
      const cause = memory.state === 'failed' ? betterOf(observed.cause ?? null, shown.cause) : null;
      explained(memory, now(), { reason: observed.detail, cause });
    }
  }
}

/** A failover goes on without an instance whose end nobody can confirm. @returns undefined where that is so. */
async function unlessLeft<T>(isLeft: boolean, end: () => Promise<T>): Promise<T | undefined> {
  try {
    return await end();
  } catch (error) {
    const failure = codeAndDetail(error);
    if (isLeft && failure !== null && doubts.has(failure.code)) return undefined;
    throw error;
  }
}

async function tell(run: OperationRun, request: Request): Promise<void> {
  switch (request.kind) {
    case 'hotfix':
    case 'revertHotfix':
      if (await rescaleInPlace(run, request)) return;
      return replace(run, request);
    case 'deploy':
    case 'resume':
    case 'restart':
    case 'rollback':
    case 'failback':
      return replace(run, request);
    case 'failover':
      return failover(run, request);
    case 'savepoint':
      return savepoint(run);
    case 'stop':
      return stop(run, request);
    case 'kill':
      return kill(run, request);
    case 'adopt':
      return adopt(run, request);
    case 'recover':
      return recover(run);
    case 'transfer':
      return transfer(run, request);
  }
}
