/**
 * The transitions of a job's memory. They and `end-transitions.ts` are the only code that changes it. Each transition is
 * named after what happened, changes the facts, and lets the state follow. Callers pass the time, so that no transition
 * reads a clock.
 */
import type { Cause } from '../errors/cause.ts';
import { hasRun, type Deployment } from '../deployment/deployment.ts';
import { clip } from '../values/clip.ts';
import type { HotfixReminder } from '../hotfix/expiry.ts';
import { briefly, recordLimits, type OperationRecord } from '../operation/operation.ts';
import type { PublicKeys } from '../operation/signature.ts';
import { higherOf, noMark, withCheckpoint, type Mark } from '../restore-points/progress.ts';
import { newestPointFirst, type RestorePoint } from '../restore-points/restore-point.ts';
import { memoryLimits, type JobMemory, type PendingStop, type Rejection, type StoredMemory } from './job-memory.ts';
import type { Proved } from './proof.ts';
import { afterOperation, afterProof } from './recovery/recovery.ts';
import { settledStateOf, type Wish } from './state/state.ts';

/** The reasons for the state of the job, for people. */
export interface Circumstances {
  readonly reason?: string | null;
  /** The cause, when something is wrong. */
  readonly cause?: Cause | null;
  /** The health of a running job; a job that does not run has no health. */
  readonly health?: 'healthy' | 'degraded';
  readonly healthReasons?: readonly string[];
}

/** Makes the memory writable, for transitions only. */
export const changing = (memory: JobMemory): StoredMemory => memory as StoredMemory; // lifted here alone

/** Derives the state anew, and says why it is so. */
function settle(memory: JobMemory, at: string, circumstances: Circumstances = {}): void {
  const draft = changing(memory);
  const { reason = null, cause = null, healthReasons = [] } = circumstances;
  const state = settledStateOf(memory);
  const health = state === 'running' ? (circumstances.health ?? 'healthy') : 'unknown';
  if (draft.state !== state) draft.stateSince = at;
  if (draft.health !== health) draft.healthSince = at;
  draft.state = state;
  draft.cause = cause && { class: cause.class, evidence: cause.evidence };
  draft.stateReason = reason && clip(reason, recordLimits.detail);
  draft.health = health;
  draft.healthReasons = healthReasons.map((text) => clip(text, recordLimits.warning));
  draft.observedAt = at;
}

/** Records the wish that counts from now on. */
export function wish(memory: JobMemory, desired: Wish): void {
  changing(memory).desired = desired;
}

export function proved(memory: JobMemory, proof: Proved, at: string): void {
  const draft = changing(memory);
  const { state, stateReason, epoch, current, previous, deployments, ownership = null, givenUp = [] } = proof;
  const isKnown = memory.current !== null && memory.current.epoch === current?.epoch;
  draft.recovery = afterProof(memory, proof);
  Object.assign(draft, {
    epoch,
    previous: previous && asBase(previous),
    deployments,
    ownership,
    givenUp: [...givenUp],
  });
  draft.proven = state !== 'unreachable';
  // A record announces an end before the instance is killed, so the announcement does not count while it may live.
  const mayLive = state === 'running' || state === 'unreachable';
  draft.current = current && mayLive ? { ...current, ended: null } : current;
  const decision = givenUp.find((instance) => instance.epoch === current?.epoch);
  if (decision) draft.decision = { epoch: decision.epoch, kind: 'givenUp', operationId: decision.by, at: decision.at };
  // The intention to end stays while the instance is silent. An instance that runs, or is over, is no longer being
  // ended.
  if (state !== 'unreachable') draft.ending = null;
  switch (state) {
    case 'running':
      draft.contact = 'lives';
      draft.desired = 'running';
      break;
    case 'unreachable':
      draft.contact = 'silent';
      if (draft.ending === null) draft.desired = 'running';
      break;
    case 'new':
      draft.contact = 'none';
      draft.desired = 'stopped';
      break;
    case 'stopped':
    case 'finished':
    case 'failed':
      draft.contact = 'none';
      // Records of before Sluice noted it say nothing of a kill that came after the end.
      if (current?.ended?.staysDown) draft.desired = 'stopped';
      else if (!isKnown) draft.desired = state === 'stopped' ? 'stopped' : 'running';
      // YARN and the fence say that the instance is over, and no record says how.
      if (current && !current.ended)
        draft.current = { ...current, ended: { at, how: 'failed', savepoint: null, counted: false } };
  }
  settle(memory, at, { reason: stateReason });
  draft.health = 'unknown';
}

/** The instance is not proven yet, so the job keeps its state and only the reason changes. */
export function stayedUnproven(memory: JobMemory, reason: string): void {
  changing(memory).stateReason = clip(reason, recordLimits.detail);
}

/** Somebody else acted on this job. The memory counts no more, and the next run asks S3 and YARN. */
export function doubted(memory: JobMemory): void {
  changing(memory).proven = false;
}

/** The fence names the ownership of the job. Workers of before Sluice bound jobs name none. */
export function belongs(memory: JobMemory, ownership: StoredMemory['ownership'] | undefined): void {
  if (ownership) changing(memory).ownership = ownership;
}

/** Null: requests need no signature. */
export function keysLearnt(memory: JobMemory, keys: PublicKeys | null, at: string): void {
  changing(memory).signing = keys && { keys: { ...keys }, learntAt: at };
}

export function epochTaken(memory: JobMemory, epoch: number): void {
  changing(memory).epoch = epoch;
}

/** Adds a new fact to the current deployment: a node, a time, the application's id. */
export function learnt(memory: JobMemory, more: Partial<Omit<Deployment, 'ended'>>): Deployment | null {
  const draft = changing(memory);
  if (draft.current) draft.current = { ...draft.current, ...more };
  return memory.current;
}

/** Somebody looked how far the current deployment has come: its mark only rises. */
export function progressed(memory: JobMemory, mark: Mark | undefined): void {
  const { current } = memory;
  if (current && mark) learnt(memory, higherOf(current, mark));
}

/** The instance was seen alive. A failed intention to end it is dropped, together with the wish behind it. */
export function foundAlive(memory: JobMemory, at: string, circumstances: Circumstances = {}): void {
  const draft = changing(memory);
  if (draft.ending !== null) draft.desired = 'running';
  draft.ending = null;
  draft.contact = 'lives';
  draft.recovery = { ...memory.recovery, left: null, gone: null };
  settle(memory, at, circumstances);
}

/** Drops the intention to end an instance that was found alive, and leaves its health as it was. */
export function endForgotten(memory: JobMemory): void {
  const draft = changing(memory);
  if (draft.ending !== null) draft.desired = 'running';
  draft.ending = null;
}

/** The instance is silent, or its end is not confirmed: an intention to end it stays, and the job counts as running. */
export function fellSilent(memory: JobMemory, at: string, circumstances: Circumstances): void {
  if (memory.current?.ended) return;
  changing(memory).contact = 'silent';
  settle(memory, at, circumstances);
}

/** A start is under way. From here on something may run, until it is seen or confirmed dead. */
export function started(memory: JobMemory, deployment: Deployment): void {
  const draft = changing(memory);
  draft.current = deployment;
  draft.deployments = Math.max(draft.deployments, deployment.number);
  draft.desired = 'running';
  draft.contact = 'silent';
  settle(memory, deployment.startedAt);
}

/** The instance came up. A failed start goes back to the deployment before it, unless that one had failed. */
export function cameUp(memory: JobMemory, before: Deployment | null, at: string, circumstances?: Circumstances): void {
  if (before && hasRun(before) && before.ended?.how !== 'failed') basedOn(memory, before);
  if (memory.current?.ended) return;
  const draft = changing(memory);
  draft.contact = 'lives';
  draft.ending = null;
  settle(memory, at, circumstances);
}

/** Marks the deployment to which a failed start goes back. */
export function basedOn(memory: JobMemory, deployment: Deployment): void {
  changing(memory).previous = asBase(deployment);
}

/** A deployment as a start goes back to it: its record in S3 has its revisions, and a start needs none of them. */
const asBase = ({ revisions: _, ...deployment }: Deployment): Deployment => deployment;

/** Finds the savepoint of the stop of this instance among the remembered ones. */
export const stopSavepointOf = ({ savepoints }: JobMemory, { epoch }: Deployment): RestorePoint | null =>
  savepoints
    .filter((point) => point.taken === 'stop' && point.epoch === epoch)
    .sort(newestPointFirst)
    .at(0) ?? null;

/** Records why the job is in its state, once the reason is clear. */
export const explained = settle;

/** Flink may stop the job from here on, even when its answer is lost. */
export function stopPending(memory: JobMemory, pending: PendingStop): void {
  changing(memory).pendingStop = pending;
}

/** The outcome of a pending stop is known. */
export function stopSettled(memory: JobMemory): void {
  changing(memory).pendingStop = null;
}

/** Drops the wish of a stop that failed: the job runs on, or has ended by itself. */
export function stopFailed(memory: JobMemory): void {
  const draft = changing(memory);
  draft.pendingStop = null;
  draft.desired = 'running';
}

export function savepointTaken(memory: JobMemory, savepoint: RestorePoint): void {
  const others = memory.savepoints.filter(({ path }) => path !== savepoint.path);
  changing(memory).savepoints = [savepoint, ...others].slice(0, memoryLimits.savepoints);
}

/** A deployment that was never seen running may still leave a checkpoint, and with it becomes a base to resume from. */
export function leftBehind(memory: JobMemory, checkpoint: RestorePoint): void {
  progressed(memory, withCheckpoint(noMark, checkpoint));
  changing(memory).left = checkpoint;
}

export function rejectedSignal(memory: JobMemory, rejection: Rejection): void {
  const draft = changing(memory);
  const kept = [...draft.rejections, rejection];
  draft.rejections = kept.slice(-memoryLimits.rejections);
  draft.rejectedBeyond += kept.length - draft.rejections.length;
}

/** Counts a skipped periodic savepoint, because the schedule's refusals would push those of people out of the ring. */
export function savepointSkipped(memory: JobMemory, { at, code, detail }: Rejection): void {
  const { count } = memory.skippedSavepoints;
  changing(memory).skippedSavepoints = { count: count + 1, last: { at, code, detail } };
}

/** Keeps the id, so that a repeated request stays one operation long after its record went to S3. */
export function operationEnded(memory: JobMemory, record: OperationRecord): void {
  const { id, fingerprint, kind, outcome } = record;
  if (outcome === null) return;
  changing(memory).recovery = afterOperation(memory.recovery, record, memory.current);
  const operations = [{ id, fingerprint, kind, outcome }, ...memory.knownOperations];
  changing(memory).knownOperations = operations.slice(0, memoryLimits.knownOperations);
}

/** Keeps a record that could not be written yet; the outcome stands. */
export function recordWaits(memory: JobMemory, record: OperationRecord): void {
  const isFull = memory.waitingRecords.length >= memoryLimits.waitingRecords;
  changing(memory).waitingRecords = [...memory.waitingRecords, isFull ? briefly(record) : record];
}

/** The records are in S3; the memory keeps the newest in full. */
export function recordsWritten(memory: JobMemory, records: readonly OperationRecord[]): void {
  const draft = changing(memory);
  draft.waitingRecords = [];
  draft.operations = [...records.toReversed(), ...memory.operations].slice(0, memoryLimits.operations);
}

/** The operation had ended before, under another run. */
export function operationFound(memory: JobMemory, earlier: OperationRecord): void {
  changing(memory).operations = [earlier, ...memory.operations].slice(0, memoryLimits.operations);
  operationEnded(memory, earlier);
}

export function reminded(memory: JobMemory, reminder: HotfixReminder): void {
  changing(memory).hotfixReminder = reminder;
}

/** Retention is due after an operation. A pass that is under way goes on to its end first, so that it always gets there. */
export function retentionDue(memory: JobMemory, operationId: string): void {
  const { cursor = null, problem = null } = memory.retention ?? {};
  changing(memory).retention = { operationId, cursor, isAgain: cursor !== null, problem };
}

interface Turn {
  readonly cursor: string | null;
  readonly isDone: boolean;
  readonly problem: string | null;
}

/** A turn of retention has come so far, or has failed. */
export function retentionTurned(memory: JobMemory, { cursor, isDone, problem }: Turn): void {
  const { retention } = memory;
  if (retention === null) return;
  const next = { ...retention, cursor, problem: problem && clip(problem, recordLimits.detail) };
  if (!isDone) changing(memory).retention = next;
  else changing(memory).retention = retention.isAgain ? { ...next, cursor: null, isAgain: false } : null;
}
