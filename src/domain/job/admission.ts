/**
 * Admission decides whether a job takes a request. The decision is one pure function of the job's memory, the
 * operations that hold it and the request; validators, handlers, plans and the API all call this function, so that no
 * two of them can disagree.
 */
import { operationKinds, type OperationKind, type Outcome } from '../lifecycle.ts';
import { fingerprintOfRequest } from '../operation/asked.ts';
import { projectOf } from '../identity/ownership.ts';
import { allowedFor, askerOf, SCHEDULE, type Asker } from '../operation/asker.ts';
import { holderOf, type CancelRequest, type OperationRecord, type Request } from '../operation/operation.ts';
import {
  hasNoHotfix,
  isHeld,
  isNotOfState,
  refusalNow,
  refusalOfKind,
  takesPlace,
  waitsForRecords,
  waitsForStop,
  type JobByState,
  type JobFacts,
  type KindCheck,
} from './admission-by-kind.ts';
import { ownershipIn } from './belonging.ts';
import { rememberedOperations, type JobMemory } from './job-memory.ts';
import { readCancel, readRequest, type Letter } from './read-request.ts';
import { isOwnAct, isOwnFailover } from './recovery/recovery.ts';
import { judgeFailover } from './recovery/failover.ts';
import { judgeRestart } from './recovery/restart.ts';
import { isRefusal, reject, reuseOf, type Refusal } from './refusal.ts';

/** The occupation of a job at the moment of a request. */
export interface Occupation {
  readonly memory: JobMemory;
  /** The operation that holds the job. */
  readonly holder: OperationRecord | null;
  /** The operation that was accepted to take the holder's place. */
  readonly next: OperationRecord | null;
}

export type Admission =
  | { readonly kind: 'accept'; readonly request: Request; readonly asker: Asker }
  /** The request takes the place of the operation that holds the job. */
  | { readonly kind: 'supersede'; readonly request: Request; readonly asker: Asker }
  /** The same request was made before. `operation` is null when only its outcome is remembered. */
  | {
      readonly kind: 'repeat';
      readonly request: Request;
      readonly asker: Asker;
      readonly operation: OperationRecord | null;
      readonly outcome: Outcome | null;
    }
  | Refusal;

interface Question extends Occupation {
  readonly request: Request;
  readonly asker: Asker;
}

/** A check decides the question, or leaves it to the next one. */
type Check = (question: Question) => Admission | null;

/** Makes a check of a request from one of its kind. */
const byKind =
  (check: KindCheck): Check =>
  ({ memory, holder, request }) =>
    check(factsOf({ memory, holder }), request.kind);

const factsOf = ({ memory, holder }: Pick<Occupation, 'memory' | 'holder'>): JobFacts => ({
  job: memory.job,
  state: memory.state,
  stateReason: null,
  hasRecorded: hasRecorded(memory),
  holder: holder && holderOf(holder),
  proven: memory.proven,
  pendingStop: memory.pendingStop,
  waitingRecords: memory.waitingRecords.length,
  hasHotfix: memory.current?.hotfix != null,
  hasDeployment: memory.current !== null,
});

/** Parses a payload and decides whether the job takes it. */
export function admit(occupation: Occupation, kind: OperationKind, payload: unknown, letter: Letter): Admission {
  const request = readRequest(kind, payload);
  if (isRefusal(request)) return request;
  return admitRequest({ ...occupation, request, asker: askerOf(letter.transport, letter.sender, request) });
}

function admitRequest(question: Question): Admission {
  for (const check of checks) {
    const decision = check(question);
    if (decision !== null) return decision;
  }
  return { kind: 'accept', request: question.request, asker: question.asker };
}

/** Answers a known id: with its operation for the same request, with a refusal for another request. */
const repeats: Check = ({ memory, holder, next, request, asker }) => {
  const { id, kind } = request;
  if (id === undefined) return null;
  const isIt = (operation: { readonly id: string } | null): boolean => operation?.id === id;
  const operation = [next, holder, ...rememberedOperations(memory)].find(isIt) ?? null;
  const earlier = operation ?? memory.knownOperations.find(isIt);
  if (!earlier) return null;
  const reuse = reuseOf(memory.job, { id, fingerprint: fingerprintOfRequest(kind, request) }, earlier);
  return reuse ?? { kind: 'repeat', request, asker, operation, outcome: earlier.outcome };
};

/** Refuses every request while an operation runs, except a kill by force and a failover, which take its place. */
const waitsForHolder: Check = ({ memory, holder, next, request, asker }) => {
  if (holder === null) return null;
  if (isForced(request) && isSuperseded({ holder, next })) return { kind: 'supersede', request, asker };
  const facts = factsOf({ memory, holder });
  if (!takesPlace(facts, request.kind)) return isHeld(facts, request.kind);
  return next === null ? { kind: 'supersede', request, asker } : isHeld(facts, request.kind);
};

/** Kills by force are allowed in every state: they make sure that nothing runs, and end what holds the job. */
const isForced = (request: Request): boolean => request.kind === 'kill' && request.force === true;

/** A kill by force is a person's decision that nodes which YARN calls lost are gone. */
export const decidesAboutLost = isForced;

/** Tells whether a kill by force can take the place of the running operation; a second kill cannot hasten the first. */
const isSuperseded = ({ holder, next }: Pick<Occupation, 'holder' | 'next'>): boolean =>
  holder !== null && next === null && holder.kind !== 'kill' && holder.phase !== 'recording';

/** A drill takes no place and no chance: it begins only with a job that runs. */
const isNoTimeForDrill: Check = ({ memory, holder, request }) => {
  if (!isDrill(request)) return null;
  return isHeld(factsOf({ memory, holder }), request.kind) ?? refusalOfDrill(memory, request);
};

function refusalOfDrill({ job, state, proven, pendingStop }: JobMemory, request: Request): Refusal | null {
  if (!isDrill(request) || (state === 'running' && pendingStop === null) || !(proven || state !== 'new')) return null;
  const why = pendingStop ? `the stop of operation ${pendingStop.operationId} is open` : `${job} is ${state}`;
  return reject('CommandNotAllowed', `${why}: a drill needs a job that runs`);
}

const isDrill = (request: Request): boolean => request.kind === 'failover' && request.drill === true;

const isNotAllowed: Check = ({ memory, holder, request }) =>
  isForced(request) ? null : isNotOfState(factsOf({ memory, holder }), request.kind);

const hasChanged: Check = ({ memory, request }) => refusalByChange(memory, request);

function refusalByChange(memory: JobMemory, request: Request): Refusal | null {
  const changed = changedSince(memory, request);
  return changed === null ? null : reject('CommandNotAllowed', changed);
}

const isTooIllForSchedule: Check = ({ memory: { job, health, healthReasons }, asker }) =>
  asker.via === SCHEDULE && health === 'degraded'
    ? reject('CommandNotAllowed', `${job} is degraded: ${healthReasons.join('; ')}`)
    : null;

/** The order of the checks is part of the rule: the asker is told the answer of the first check that decides. */
const checks: readonly Check[] = [
  repeats,
  isNoTimeForDrill,
  waitsForHolder,
  byKind(waitsForStop),
  byKind(waitsForRecords),
  isNotAllowed,
  hasChanged,
  isTooIllForSchedule,
  byKind(hasNoHotfix),
];

/** Tells whether the workflow has recorded an operation. Only a workflow that begins anew can be recovered. */
export const hasRecorded = ({ knownOperations }: Pick<JobMemory, 'knownOperations'>): boolean =>
  knownOperations.length > 0;

/** Decides by the state alone. The desk asks this on arrival and again after the claim, and the plan asks it too. */
export const refusalByState = (job: JobByState, request: Request): Refusal | null =>
  isForced(request) ? null : refusalOfKind(job, request.kind);

/**
 * Decides again after the claim, because the claim may have found a changed job: the instance may have failed
 * meanwhile.
 */
export function refusalAfterClaim(
  memory: JobMemory,
  request: Request,
  operation: Pick<OperationRecord, 'id' | 'kind' | 'via'>,
): Refusal | null {
  if (isOwnAct(operation)) return refusalOfOwnAct(memory, operation);
  const isInPlace = request.kind === 'failover' && tookPlace(memory, operation.id);
  const byState = isInPlace ? null : refusalByState({ ...memory, hasRecorded: hasRecorded(memory) }, request);
  return byState ?? refusalOfDrill(memory, request) ?? refusalByChange(memory, request);
}

/** Sluice restarts what is failed; people resume it, so that the state alone would refuse a restart. */
function refusalOfOwnAct(memory: JobMemory, operation: Pick<OperationRecord, 'id' | 'kind' | 'via'>): Refusal | null {
  const judged = isOwnFailover(operation) ? judgeFailover(memory) : judgeRestart(memory);
  if (judged.kind === 'planned') return null;
  const { job, state } = memory;
  return reject('CommandNotAllowed', `${job} is ${state} and needs no ${operation.kind} by Sluice any more`);
}

/** Tells whether the operation before this one made room for it, in whatever state that left the job. */
function tookPlace(memory: JobMemory, id: string): boolean {
  const [before] = rememberedOperations(memory);
  return before?.outcome === 'superseded' && before.interruption?.by === id;
}

/**
 * Refuses a release of a project to which the job does not belong, at the door. The checks of the operation hold the
 * rule for every door, by the fence.
 */
export function refusalByOwner(memory: JobMemory, request: Request): Refusal | null {
  if (request.kind !== 'deploy' && request.kind !== 'adopt') return null;
  const project = ownershipIn(memory)?.project;
  if (project === undefined || project === projectOf(request.release)) return null;
  return reject('NotOwner', `${memory.job} belongs to project ${project}, not to ${projectOf(request.release)}`);
}

/**
 * Refuses what was allowed for another owner than the job has now, because the job was handed over, or deployed first,
 * after the API had decided who may do it.
 */
export function refusalByNewOwner(memory: JobMemory, { transport, sender }: Letter): Refusal | null {
  const allowed = allowedFor(transport, sender);
  const now = ownershipIn(memory);
  if (!allowed || !now || (allowed.team === now.team && allowed.environment === now.environment)) return null;
  return reject(
    'CommandNotAllowed',
    `${memory.job} has just come to team ${now.team} in ${now.environment}, so it is decided anew who may do this: ask again`,
  );
}

/**
 * Kinds that continue while a cluster is silent: a kill and a failover are made for silence, and a recovery only wants to
 * know the job.
 */
export const mayNotKnow = ({ kind }: Pick<OperationRecord, 'kind'>): boolean =>
  kind === 'kill' || kind === 'failover' || kind === 'recover';

export const nothingToRecover = (job: string): string => `neither S3 nor YARN knows anything of ${job}`;

/**
 * Explains how the job differs from what the asker saw; null when nothing differs, or when the asker set no condition.
 */
function changedSince(memory: JobMemory, request: Request): string | null {
  const onlyIf = request.kind === 'deploy' ? request.onlyIf : undefined;
  if (onlyIf === undefined) return null;
  const { job, state } = memory;
  if (onlyIf.state !== state) return `${job} is ${state}; this was asked for only if it is ${onlyIf.state}`;
  const newest = rememberedOperations(memory)[0]?.id ?? null;
  if (onlyIf.after === newest) return null;
  return `the newest operation of ${job} is ${newest ?? 'none'}; this was asked for only if it is ${onlyIf.after ?? 'none'}`;
}

/** Lists the kinds that the job would take now, as its view shows them. */
export function allowedNow({ memory, holder, next }: Occupation): readonly OperationKind[] {
  const facts = factsOf({ memory, holder });
  const mayTakePlace = (kind: OperationKind): boolean => next === null || !takesPlace(facts, kind);
  return operationKinds.filter((kind) => refusalNow(facts, kind) === null && mayTakePlace(kind));
}

/** A cancel that reaches the operation that it names. */
export type CancelAdmission =
  | {
      readonly kind: 'hear';
      readonly operation: OperationRecord;
      readonly request: CancelRequest;
      readonly asker: Asker;
    }
  | Refusal;

/** Decides whether the operation that a cancel names can still be cancelled. */
export function admitCancel(
  { memory, holder, next }: Occupation,
  payload: unknown,
  { transport, sender }: Letter,
): CancelAdmission {
  const request = readCancel(payload);
  if ('kind' in request) return request;
  const { operation: id } = request;
  const { job } = memory;
  if (holder?.id === id) {
    return holder.phase === 'recording'
      ? reject('CommandNotAllowed', `operation ${id} of ${job} has ended and is being recorded`)
      : { kind: 'hear', operation: holder, request, asker: askerOf(transport, sender, request) };
  }
  if (next?.id === id) {
    const whose = holder?.id ?? 'another';
    return reject(
      'CommandNotAllowed',
      `operation ${id} of ${job} takes the place of ${whose}, which was told so already`,
    );
  }
  const ended =
    rememberedOperations(memory).find((operation) => operation.id === id) ??
    memory.knownOperations.find((operation) => operation.id === id);
  return ended
    ? reject('CommandNotAllowed', `operation ${id} of ${job} has ended: ${ended.outcome ?? 'unknown'}`)
    : reject('NotFound', `${job} has no operation ${id} that could be cancelled`);
}
