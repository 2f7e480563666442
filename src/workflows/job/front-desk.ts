/**
 * The front desk parses signals and updates, decides them at once, and reserves the job for one operation. Everything
 * here is synchronous: two requests at one moment meet the same memory, and only one finds the job free.
 */
import { currentUpdateInfo, patched, setHandler, uuid4 } from '@temporalio/workflow';
import { OperationId } from '../../domain/identity/ids.ts';
import { fingerprintOf } from '../../domain/identity/fingerprint.ts';
import { admit, allowedNow, hasRecorded, refusalByNewOwner, refusalByOwner } from '../../domain/job/admission.ts';
import { refusalOfClaims, type Letter } from '../../domain/job/read-request.ts';
import { rememberedOperations, viewOf, type JobMemory } from '../../domain/job/job-memory.ts';
import { isRefusal, reject, type Refusal } from '../../domain/job/refusal.ts';
import { askedOf, fingerprintOfRequest } from '../../domain/operation/asked.ts';
import { problemsRefusedBefore, SLUICE, type Asker, type Transport } from '../../domain/operation/asker.ts';
import { operationKinds, type OperationKind } from '../../domain/lifecycle.ts';
import { jobRevision } from '../../domain/plan/revision.ts';
import type { PlanBasis } from '../../domain/plan/plan.ts';
import type { Signable } from '../../domain/operation/signature.ts';
import type { OperationRecord, Request } from '../../domain/operation/operation.ts';
import { PlanQuestion } from '../../domain/plan/plan-question.ts';
import {
  answering,
  defectIn,
  newDesk,
  noteLength,
  noteRejection,
  occupationOf,
  receiving,
  refuseIfRejected,
  type Desk,
} from '../desk/desk.ts';
import { now } from '../desk/now.ts';
import { handleFacts } from './facts.ts';
import { refusalAtDoor, requestSigned } from '../desk/signed.ts';
import { handleTurns } from '../desk/turn.ts';
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

type Decision =
  | { readonly kind: 'accept' | 'supersede'; readonly operation: OperationRecord; readonly request: Request }
  | { readonly kind: 'repeat'; readonly operation: OperationRecord }
  | Refusal;

/**
 * Registers the handlers, signals first, so that messages from before the first task are decided in the order in which
 * people sent them.
 */
export function openDesk(memory: JobMemory, isCarriedOn: boolean): Desk {
  const desk = newDesk(memory, isCarriedOn);
  handleFacts(desk);
  for (const kind of operationKinds) {
    setHandler(operationSignals[kind], (payload, sender) =>
      receiving(desk, kind, payload, () => receiveSignal(desk, kind, payload, { transport: 'signal', sender })),
    );
  }
  handleTurns(desk);
  handleCancelSignal(desk);
  setHandler(turnOverSignal, (what) => {
    noteLength(desk);
    desk.isToLearnKeys ||= what === 'keys';
    desk.isToTurnOver = true;
    if (!desk.taken) desk.onTaken?.();
  });
  for (const kind of operationKinds) {
    setHandler(
      operationUpdates[kind],
      (payload, sender): Accepted =>
        answering(kind, () => ({ operation: receiveUpdate(desk, kind, payload, { transport: 'update', sender }) })),
      {
        validator: (payload: unknown, sender: unknown) => {
          const letter = { transport: 'update', sender } as const;
          answering(kind, () => {
            const decision = unlessForged(kind, unlessChanged(desk, decide(desk, kind, payload, letter)), letter);
            const signed = unlessUnsigned(desk, decision, requestSigned(desk, kind, payload, letter));
            refuseIfRejected(unlessForeign(desk, signed, letter));
          });
        },
        description: `${kind}: accepted or rejected at once; follow the operation by its id`,
      },
    );
  }
  handleCancelUpdate(desk);
  setHandler(jobQuery, () => viewOf(memory, desk.taken?.operation ?? null, allowedNow(occupationOf(desk))));
  setHandler(planQuery, (question) => basisOf(desk, question));
  setHandler(historyQuery, () => [
    ...[desk.next, desk.taken].flatMap((taken) => taken?.operation ?? []),
    ...rememberedOperations(memory),
  ]);
  return desk;
}

function receiveSignal(desk: Desk, kind: OperationKind, payload: unknown, letter: Letter): void {
  const decided = unlessChanged(desk, decide(desk, kind, payload, letter));
  const checked = unlessForged(kind, decided, letter);
  // Earlier workers took what is forged. The marker is written for such a signal only.
  const told = checked === decided || patched(patchOfClaims(kind, decided)) ? checked : decided;
  if (isRefusal(told)) {
    noteRejection(desk.memory, kind, payload, told, letter);
    return;
  }
  const asked = requestSigned(desk, kind, payload, letter);
  const decision = unlessUnsigned(desk, told, asked);
  // Without its letter, because whoever forges a periodic savepoint must not hide among the skipped ones.
  if (isRefusal(decision)) noteRejection(desk.memory, kind, payload, decision);
  else reserve(desk, decision, asked);
}

function receiveUpdate(desk: Desk, kind: OperationKind, payload: unknown, letter: Letter): OperationRecord {
  noteLength(desk);
  const decision = decide(desk, kind, payload, letter);
  refuseIfRejected(decision);
  reserve(desk, decision, requestSigned(desk, kind, payload, letter));
  return decision.operation;
}

function reserve(desk: Desk, decision: Exclude<Decision, Refusal>, asked: Signable): void {
  if (decision.kind === 'accept') {
    desk.taken = { ...decision, asked };
    desk.onTaken?.();
  }
  if (decision.kind !== 'supersede') return;
  desk.next = { ...decision, asked };
  const { id, actor, reason, acceptedAt } = decision.operation;
  interrupt(desk, { how: 'superseded', at: acceptedAt, actor, reason, by: id }, asked);
}

/**
 * Refuses a request that was made by a plan when the job has changed since. For an update only the validator checks
 * this, right before the acceptance: replays run no validators, so they never depend on how a revision is made.
 */
function unlessChanged(desk: Desk, decision: Decision): Decision {
  if (decision.kind !== 'accept' && decision.kind !== 'supersede') return decision;
  const { memory } = desk;
  const { ifRevision } = decision.request;
  if (ifRevision === undefined || ifRevision === jobRevision(memory)) return decision;
  return reject('PlanOutdated', `${memory.job} has changed since the plan was made: it is ${memory.state} now`);
}

/** Refuses what `refusalOfClaims` refuses. For an update only the validator asks, as in `unlessChanged`. */
function unlessForged(kind: OperationKind, decision: Decision, letter: Letter): Decision {
  if (decision.kind !== 'accept' && decision.kind !== 'supersede') return decision;
  return refusalOfClaims(kind, decision.request, letter) ?? decision;
}

/** Names the patch since which such claims are refused: the ids of releases and campaigns were reserved later. */
const patchOfClaims = (kind: OperationKind, decision: Decision): string =>
  'request' in decision && problemsRefusedBefore(kind, decision.request).length > 0
    ? '2026-11-29-claims'
    : '2026-11-30-reserved-ids';

/** Refuses what is not signed as it must be. For an update only the validator asks, as in `unlessChanged`. */
const unlessUnsigned = (desk: Desk, decision: Decision, asked: Signable): Decision =>
  isRefusal(decision) ? decision : (refusalAtDoor(desk, asked, { mayWait: desk.taken === null }) ?? decision);

/**
 * Refuses a release of another project at the door, and what was allowed for an owner of before. Only the validator of an
 * update asks, because replays run no validators; the checks of the operation refuse what came by a signal.
 */
function unlessForeign({ memory }: Desk, decision: Decision, letter: Letter): Decision {
  if (decision.kind !== 'accept' && decision.kind !== 'supersede') return decision;
  return refusalByNewOwner(memory, letter) ?? refusalByOwner(memory, decision.request) ?? decision;
}

/**
 * Answers the query for a plan's basis, for this very request. A query must change nothing and draw no random number.
 */
function basisOf(desk: Desk, question: unknown): PlanBasis {
  const { memory } = desk;
  const { proven, state, epoch, current, previous } = memory;
  const decision = decideQuestion(desk, question);
  const refusal = isRefusal(decision) ? { ...decision } : null;
  const revision = jobRevision(memory);
  return { revision, proven, hasRecorded: hasRecorded(memory), state, epoch, current, previous, refusal };
}

/** Decides the request of a query, which may have any shape. */
function decideQuestion(desk: Desk, question: unknown): Decision {
  const letter = { transport: 'update' } as const;
  try {
    const read = PlanQuestion.safeParse(question);
    if (!read.success) return reject('InvalidRequest', 'plan: needs the kind and the request');
    const { kind, request } = read.data;
    return unlessForged(kind, decide(desk, kind, request, letter), letter);
  } catch (error) {
    return defectIn('plan', error);
  }
}

/** Decides a request without changing anything. An admitted request gets its id and its time here. */
function decide(desk: Desk, kind: OperationKind, payload: unknown, letter: Letter): Decision {
  const admission = admit(occupationOf(desk), kind, payload, letter);
  if (isRefusal(admission)) return admission;
  const { request, asker } = admission;
  const record = () => newRecord(desk.memory.job, request, request.id ?? newId(letter.transport), asker);
  if (admission.kind !== 'repeat') return { kind: admission.kind, request, operation: record() };
  const { operation, outcome } = admission;
  return { kind: 'repeat', operation: operation ?? { ...record(), outcome } };
}

/** Takes a request that Sluice makes itself between operations. From then on it is an operation like any other. */
export function takeForSluice(desk: Desk, request: Request & { readonly id: string }, actor = SLUICE): void {
  desk.taken = {
    request,
    asked: null,
    operation: newRecord(desk.memory.job, request, request.id, { actor, via: 'supervisor', claimed: null }),
  };
}

/**
 * Makes an id for an asker who chose none. An update gives its own id, because its validator may draw no random number:
 * a replay does not run validators, and would draw another number.
 */
function newId(transport: Transport): string {
  const updateId = transport === 'update' ? currentUpdateInfo()?.id : undefined;
  if (updateId === undefined) return uuid4();
  return OperationId.safeParse(updateId).success ? updateId : fingerprintOf(updateId);
}

function newRecord(job: string, request: Request, id: string, asker: Asker): OperationRecord {
  const { kind, reason } = request;
  const { kind: _kind, ...asked } = askedOf(request);
  return {
    id,
    job,
    kind,
    ...asker,
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
