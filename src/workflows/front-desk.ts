/**
 * Who comes in: parses what signals and updates ask, decides at once, and reserves the job for one operation. All of
 * it is synchronous: two askers in one moment meet the same memory, so only one of them finds the job free.
 */
import { ApplicationFailure } from '@temporalio/common';
import { currentUpdateInfo, setHandler, uuid4 } from '@temporalio/workflow';
import { errorTable, type ErrorCode } from '../domain/errors.ts';
import { OperationId, fingerprintOf } from '../domain/identity.ts';
import {
  memoryLimits,
  rememberedOperations,
  viewOf,
  type JobMemory,
  type RejectionDetails,
} from '../domain/job-memory.ts';
import { allowedOperations, isAllowed, operationKinds, type OperationKind } from '../domain/lifecycle.ts';
import {
  clip,
  holderOf,
  recordLimits,
  requestSchemas,
  type OperationRecord,
  type Request,
} from '../domain/operation.ts';
import { historyQuery, jobQuery, operationSignals, operationUpdates, type Accepted } from './messages.ts';

/** What the job is doing and what it remembers; shared by handlers and loop of one run. */
export interface Desk {
  readonly memory: JobMemory;
  /** Reserved the moment it is accepted; cleared when it has ended. */
  taken: { readonly operation: OperationRecord; readonly request: Request } | null;
}

type Door = 'signal' | 'update';

type Decision =
  | { readonly kind: 'accept'; readonly operation: OperationRecord; readonly request: Request }
  | { readonly kind: 'repeat'; readonly operation: OperationRecord }
  | { readonly kind: 'reject'; readonly code: ErrorCode; readonly detail: string; readonly details: RejectionDetails };

const now = (): string => new Date().toISOString();

/** Signal handlers first: what came before the first task is then decided in the order in which it was sent. */
export function openDesk(memory: JobMemory): Desk {
  const desk: Desk = { memory, taken: null };
  for (const kind of operationKinds) {
    setHandler(operationSignals[kind], (payload) => receiveSignal(desk, kind, payload));
  }
  for (const kind of operationKinds) {
    setHandler(operationUpdates[kind], (payload): Accepted => ({ operation: receiveUpdate(desk, kind, payload) }), {
      validator: (payload) => refuseIfRejected(decide(desk, kind, payload, 'update')),
      description: `${kind}: accepted or rejected at once; follow the operation by its id`,
    });
  }
  setHandler(jobQuery, () => viewOf(memory, desk.taken?.operation ?? null, desk.taken ? [] : allowedNow(memory)));
  setHandler(historyQuery, () => [...(desk.taken ? [desk.taken.operation] : []), ...rememberedOperations(memory)]);
  return desk;
}

function receiveSignal(desk: Desk, kind: OperationKind, payload: unknown): void {
  const decision = decide(desk, kind, payload, 'signal');
  if (decision.kind === 'accept') desk.taken = decision;
  if (decision.kind === 'reject') noteRejection(desk.memory, kind, payload, decision.code, decision.detail);
}

function receiveUpdate(desk: Desk, kind: OperationKind, payload: unknown): OperationRecord {
  const decision = decide(desk, kind, payload, 'update');
  refuseIfRejected(decision);
  if (decision.kind === 'accept') desk.taken = decision;
  return decision.operation;
}

function refuseIfRejected(decision: Decision): asserts decision is Exclude<Decision, { kind: 'reject' }> {
  if (decision.kind !== 'reject') return;
  throw ApplicationFailure.create({
    type: decision.code,
    message: decision.detail,
    details: [decision.details],
    nonRetryable: true,
  });
}

/** Thinks only: nothing is changed by deciding. */
function decide(desk: Desk, kind: OperationKind, payload: unknown, door: Door): Decision {
  const { memory, taken } = desk;
  const reject = (code: ErrorCode, detail: string, details: RejectionDetails = {}): Decision => ({
    kind: 'reject',
    code,
    detail,
    details,
  });
  const undecodable = undecodableReason(payload);
  if (undecodable !== null) return reject('Undecodable', `${kind}: ${undecodable}`);
  const parsed = requestSchemas[kind].safeParse(payload ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || kind}: ${issue.message}`);
    return reject('InvalidRequest', problems.join('; '));
  }
  const request = { kind, ...parsed.data } as Request; // the schema of this very kind produced it
  const { id } = request;
  const fingerprint = fingerprintOf(askedOf(request));

  if (id !== undefined) {
    const known = [taken?.operation, ...rememberedOperations(memory)].find((operation) => operation?.id === id);
    const outline = known ?? memory.knownOperations.find((operation) => operation.id === id);
    if (outline && outline.fingerprint !== fingerprint) {
      return reject('OperationIdReused', `operation id ${id} was used for another ${outline.kind} of ${memory.job}`);
    }
    if (known) return { kind: 'repeat', operation: known };
    if (outline)
      return { kind: 'repeat', operation: { ...newRecord(memory.job, request, id, door), outcome: outline.outcome } };
  }
  if (taken) {
    const holder = holderOf(taken.operation);
    const where = holder.phase ? ` in phase ${holder.phase}` : '';
    return reject(
      'OperationInProgress',
      `${memory.job} is held by ${holder.kind} ${holder.id} of ${holder.actor} since ${holder.since}${where}`,
      { holder },
    );
  }
  if (memory.waitingRecords.length >= memoryLimits.waitingRecords && kind !== 'kill') {
    return reject(
      'CommandNotAllowed',
      `${memory.waitingRecords.length} audit records wait for S3; until it answers only kill is accepted`,
    );
  }
  if (isKnown(memory) && !isAllowed(memory.state, kind)) {
    const allowed = allowedOperations(memory.state).join(', ');
    return reject(
      'CommandNotAllowed',
      `${memory.job} is ${memory.state}, which does not allow ${kind}; allowed: ${allowed}`,
    );
  }
  return { kind: 'accept', request, operation: newRecord(memory.job, request, id ?? newId(door), door) };
}

/** Before the proof a job is `new` only by assumption: what is asked then is decided once it is proven. */
const isKnown = (memory: JobMemory): boolean => memory.proven || memory.state !== 'new';

const allowedNow = (memory: JobMemory): readonly string[] =>
  isKnown(memory) ? allowedOperations(memory.state) : operationKinds;

/** The payload converter turns what it cannot decode into this, since one such signal would block every task. */
function undecodableReason(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null || !('undecodable' in payload)) return null;
  return typeof payload.undecodable === 'string' ? payload.undecodable : 'it names itself undecodable';
}

/** What is asked, without who asks, why and by which door: two requests are the same when this is. */
function askedOf(request: Request) {
  const { id: _id, actor: _actor, reason: _reason, via: _via, ...asked } = request;
  return asked;
}

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
    fingerprint: fingerprintOf(askedOf(request)),
    savepoint: null,
    warnings: [],
  };
}

function noteRejection(memory: JobMemory, kind: string, payload: unknown, code: ErrorCode, detail: string): void {
  const text = (field: string): string | null => {
    const value: unknown = typeof payload === 'object' && payload !== null ? Reflect.get(payload, field) : undefined;
    return typeof value === 'string' ? clip(value, 64) : null;
  };
  memory.rejections.push({
    at: now(),
    kind,
    id: text('id'),
    actor: text('actor'),
    code,
    detail: clip(detail, recordLimits.warning),
  });
  if (memory.rejections.length <= memoryLimits.rejections) return;
  memory.rejections.shift();
  memory.rejectedBeyond += 1;
}

/** The error of an operation as it is recorded: only code and detail travel, what to do comes from the table. */
export function errorOf(code: ErrorCode, detail: string): NonNullable<OperationRecord['error']> {
  return { code, detail, hint: errorTable[code].hint };
}
