/**
 * Who comes in: parses what signals and updates ask, decides at once, and reserves the job for one operation. All of
 * it is synchronous: two askers in one moment meet the same memory, so only one of them finds the job free.
 */
import { currentUpdateInfo, setHandler, uuid4 } from '@temporalio/workflow';
import { OperationId } from '../../domain/identity/ids.ts';
import { fingerprintOf } from '../../domain/identity/fingerprint.ts';
import {
  allowedIn,
  changedSince,
  isAllowedIn,
  memoryLimits,
  rememberedOperations,
  viewOf,
  type JobMemory,
} from '../../domain/job/job-memory.ts';
import { askedOf, fingerprintOfRequest } from '../../domain/operation/asked.ts';
import { operationKinds, type OperationKind } from '../../domain/lifecycle.ts';
import { jobRevision } from '../../domain/plan/revision.ts';
import type { PlanBasis } from '../../domain/plan/plan.ts';
import {
  holderOf,
  requestSchemas,
  SCHEDULE,
  type OperationRecord,
  type Request,
} from '../../domain/operation/operation.ts';
import {
  isRefusal,
  newDesk,
  noteLength,
  noteRejection,
  refuseIfRejected,
  reject,
  undecodableReason,
  type Desk,
  type Refusal,
} from '../desk/desk.ts';
import { handleFacts } from './facts.ts';
import { handleCancelSignal, handleCancelUpdate, interrupt } from '../desk/interruptions.ts';
import {
  historyQuery,
  jobQuery,
  operationSignals,
  operationUpdates,
  planQuery,
  turnOverSignal,
  type Accepted,
} from '../messages.ts';

type Door = 'signal' | 'update';

type Decision =
  | { readonly kind: 'accept'; readonly operation: OperationRecord; readonly request: Request }
  | { readonly kind: 'repeat'; readonly operation: OperationRecord }
  | { readonly kind: 'supersede'; readonly operation: OperationRecord; readonly request: Request }
  | Refusal;

const now = (): string => new Date().toISOString();

/** Signal handlers first: what came before the first task is then decided in the order in which it was sent. */
export function openDesk(memory: JobMemory): Desk {
  const desk = newDesk(memory);
  handleFacts(desk);
  for (const kind of operationKinds) {
    setHandler(operationSignals[kind], (payload) => receiveSignal(desk, kind, payload));
  }
  handleCancelSignal(desk);
  setHandler(turnOverSignal, () => {
    noteLength(desk);
    desk.isToTurnOver = true;
    if (!desk.taken) desk.onTaken?.();
  });
  for (const kind of operationKinds) {
    setHandler(operationUpdates[kind], (payload): Accepted => ({ operation: receiveUpdate(desk, kind, payload) }), {
      validator: (payload) => refuseIfRejected(unlessChanged(desk, decide(desk, kind, payload, 'update'))),
      description: `${kind}: accepted or rejected at once; follow the operation by its id`,
    });
  }
  handleCancelUpdate(desk);
  setHandler(jobQuery, () => viewOf(memory, desk.taken?.operation ?? null, desk.taken ? [] : allowedNow(memory)));
  setHandler(planQuery, ({ kind, request }) => basisOf(desk, kind, request));
  setHandler(historyQuery, () => [
    ...[desk.next, desk.taken].flatMap((taken) => taken?.operation ?? []),
    ...rememberedOperations(memory),
  ]);
  return desk;
}

function receiveSignal(desk: Desk, kind: OperationKind, payload: unknown): void {
  noteLength(desk);
  const decision = unlessChanged(desk, decide(desk, kind, payload, 'signal'));
  if (isRefusal(decision)) noteRejection(desk.memory, kind, payload, decision);
  else reserve(desk, decision);
}

function receiveUpdate(desk: Desk, kind: OperationKind, payload: unknown): OperationRecord {
  noteLength(desk);
  const decision = decide(desk, kind, payload, 'update');
  refuseIfRejected(decision);
  reserve(desk, decision);
  return decision.operation;
}

function reserve(desk: Desk, decision: Exclude<Decision, Refusal>): void {
  if (decision.kind === 'accept') {
    desk.taken = decision;
    desk.onTaken?.();
  }
  if (decision.kind !== 'supersede') return;
  desk.next = decision;
  const { id, actor, reason, acceptedAt } = decision.operation;
  interrupt(desk, { how: 'superseded', at: acceptedAt, actor, reason, by: id });
}

/**
 * Whoever asks by a plan wants the job as the plan found it. An update is held to it by its validator alone, right before it
 * is taken: replays run no validators, so that they never depend on how a revision is made.
 */
function unlessChanged(desk: Desk, decision: Decision): Decision {
  if (decision.kind !== 'accept' && decision.kind !== 'supersede') return decision;
  const { memory } = desk;
  const { ifRevision } = decision.request;
  if (ifRevision === undefined || ifRevision === jobRevision(memory)) return decision;
  return reject('PlanOutdated', `${memory.job} has changed since the plan was made: it is ${memory.state} now`);
}

/** What the plan of this very request begins with; a query, so nothing is drawn or changed. */
function basisOf(desk: Desk, kind: OperationKind, payload: { readonly id: string }): PlanBasis {
  const { memory } = desk;
  const { proven, state, epoch, current, previous } = memory;
  const decision = decide(desk, kind, payload, 'update');
  const refusal = isRefusal(decision) ? { ...decision } : null;
  return { revision: jobRevision(memory), proven, state, epoch, current, previous, refusal };
}

/** Thinks only: nothing is changed by deciding. */
function decide(desk: Desk, kind: OperationKind, payload: unknown, door: Door): Decision {
  const { memory, taken } = desk;
  const undecodable = undecodableReason(payload);
  if (undecodable !== null) return reject('Undecodable', `${kind}: ${undecodable}`);
  const parsed = requestSchemas[kind].safeParse(payload ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || kind}: ${issue.message}`);
    return reject('InvalidRequest', problems.join('; '));
  }
  const request = { kind, ...parsed.data } as Request; // the schema of this very kind produced it
  const { id } = request;
  const fingerprint = fingerprintOfRequest(kind, request);

  if (id !== undefined) {
    const known = [desk.next?.operation, taken?.operation, ...rememberedOperations(memory)].find(
      (operation) => operation?.id === id,
    );
    const outline = known ?? memory.knownOperations.find((operation) => operation.id === id);
    if (outline && outline.fingerprint !== fingerprint) {
      return reject('OperationIdReused', `operation id ${id} was used for another ${outline.kind} of ${memory.job}`);
    }
    if (known) return { kind: 'repeat', operation: known };
    if (outline)
      return { kind: 'repeat', operation: { ...newRecord(memory.job, request, id, door), outcome: outline.outcome } };
  }
  if (taken) {
    if (supersedes(request, desk))
      return { kind: 'supersede', request, operation: newRecord(memory.job, request, id ?? newId(door), door) };
    const holder = holderOf(taken.operation);
    const where = holder.phase ? ` in phase ${holder.phase}` : '';
    return reject(
      'OperationInProgress',
      `${memory.job} is held by ${holder.kind} ${holder.id} of ${holder.actor} since ${holder.since}${where}`,
      { holder },
    );
  }
  if (memory.pendingStop && kind !== 'kill') {
    return reject(
      'StopPending',
      `the stop of operation ${memory.pendingStop.operationId} has no known outcome since ${memory.pendingStop.since}; until it is known only kill is accepted`,
    );
  }
  const { waitingRecords, waitingKills } = memoryLimits;
  if (memory.waitingRecords.length >= waitingRecords + (kind === 'kill' ? waitingKills : 0)) {
    return reject(
      'CommandNotAllowed',
      `${memory.waitingRecords.length} audit records wait for S3; until it answers only kill is accepted`,
    );
  }
  if (isKnown(memory) && !isAllowedIn(memory, kind) && !isForced(request)) {
    const allowed = allowedIn(memory).join(', ');
    return reject(
      'CommandNotAllowed',
      `${memory.job} is ${memory.state}, which does not allow ${kind}; allowed: ${allowed}`,
    );
  }
  const changed = changedSince(memory, request);
  if (changed !== null) return reject('CommandNotAllowed', changed);
  if (request.via === SCHEDULE && memory.health === 'degraded') {
    return reject('CommandNotAllowed', `${memory.job} is degraded: ${memory.healthReasons.join('; ')}`);
  }
  if (kind === 'revertHotfix' && isKnown(memory) && !memory.current?.hotfix)
    return reject('CommandNotAllowed', `${memory.job} has no hotfix that could be reverted`);
  return { kind: 'accept', request, operation: newRecord(memory.job, request, id ?? newId(door), door) };
}

/** What Sluice asks of itself between operations: it is one like any other from then on. */
export function takeForSluice(desk: Desk, request: Request & { readonly id: string }): void {
  desk.taken = {
    request,
    operation: { ...newRecord(desk.memory.job, request, request.id, 'update'), via: 'supervisor' },
  };
}

/** Before the proof a job is `new` only by assumption: what is asked then is decided once it is proven. */
const isKnown = (memory: JobMemory): boolean => memory.proven || memory.state !== 'new';

const allowedNow = (memory: JobMemory): readonly string[] => (isKnown(memory) ? allowedIn(memory) : operationKinds);

/** Killing by force is allowed in every state: to be sure that nothing runs, and to end what holds the job. */
const isForced = (request: Request): boolean => request.kind === 'kill' && request.force === true;

/** One kill by force takes the place of the operation that runs; a kill cannot be hastened by another one. */
const supersedes = (request: Request, { taken, next }: Desk): boolean =>
  isForced(request) && next === null && taken?.operation.kind !== 'kill' && taken?.operation.phase !== 'recording';

/**
 * An id for an asker who chose none. An update's own id, since a validator may draw no random number: a replay does not
 * run it, and would draw another one.
 */
function newId(door: Door): string {
  const updateId = door === 'update' ? currentUpdateInfo()?.id : undefined;
  if (updateId === undefined) return uuid4();
  return OperationId.safeParse(updateId).success ? updateId : fingerprintOf(updateId);
}

function newRecord(job: string, request: Request, id: string, door: Door): OperationRecord {
  const { kind, actor, reason, via } = request;
  const { kind: _kind, ...asked } = askedOf(request);
  return {
    id,
    job,
    kind,
    actor: actor ?? 'unknown',
    via: via ?? door,
    reason: reason ?? null,
    acceptedAt: now(),
    endedAt: null,
    phase: null,
    phases: [],
    outcome: null,
    error: null,
    deployment: null,
    request: asked,
    fingerprint: fingerprintOfRequest(kind, request),
    savepoint: null,
    warnings: [],
    deleted: null,
    interruption: null,
  };
}
