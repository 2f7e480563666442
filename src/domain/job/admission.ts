/**
 * Admission: whether a job takes what is asked of it. One pure function of what the job remembers, what holds it and the
 * request; validators, handlers, plans and the API all call it, so that no two of them can disagree.
 */
import { allowedOperations, operationKinds, type JobState, type OperationKind, type Outcome } from '../lifecycle.ts';
import { fingerprintOfRequest } from '../operation/asked.ts';
import {
  CancelRequest,
  holderOf,
  requestSchemas,
  SCHEDULE,
  type OperationRecord,
  type Request,
} from '../operation/operation.ts';
import { memoryLimits, rememberedOperations, type JobMemory } from './job-memory.ts';
import { isHeldBy, isRefusal, reject, wasUsedForAnother, type Refusal } from './refusal.ts';

/** What a job is doing when somebody asks. */
export interface Occupation {
  readonly memory: JobMemory;
  /** The operation that holds the job. */
  readonly holder: OperationRecord | null;
  /** The operation that was accepted to take the holder's place. */
  readonly next: OperationRecord | null;
}

export type Admission =
  | { readonly kind: 'accept'; readonly request: Request }
  /** The request takes the place of the operation that holds the job. */
  | { readonly kind: 'supersede'; readonly request: Request }
  /** The same was asked before. `operation` is null where only the outcome of it is remembered. */
  | {
      readonly kind: 'repeat';
      readonly request: Request;
      readonly operation: OperationRecord | null;
      readonly outcome: Outcome | null;
    }
  | Refusal;

interface Question extends Occupation {
  readonly request: Request;
}

/** A check decides the question, or leaves it to the next one. */
type Check = (question: Question) => Admission | null;

/** Parses what came in and decides it. */
export function admit(occupation: Occupation, kind: OperationKind, payload: unknown): Admission {
  const request = readRequest(kind, payload);
  return isRefusal(request) ? request : admitRequest({ ...occupation, request });
}

function admitRequest(question: Question): Admission {
  for (const check of checks) {
    const decision = check(question);
    if (decision !== null) return decision;
  }
  return { kind: 'accept', request: question.request };
}

/** Parses a request by the schema of its kind. */
function readRequest(kind: OperationKind, payload: unknown): Request | Refusal {
  const undecodable = undecodableReason(payload);
  if (undecodable !== null) return reject('Undecodable', `${kind}: ${undecodable}`);
  const parsed = requestSchemas[kind].safeParse(payload ?? {});
  if (!parsed.success) return reject('InvalidRequest', problemsIn(kind, parsed.error.issues));
  return { kind, ...parsed.data } as Request; // the schema of this very kind produced it
}

const problemsIn = (
  what: string,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string => issues.map(({ path, message }) => `${path.map(String).join('.') || what}: ${message}`).join('; ');

/** The payload converter turns what it cannot decode into this, since one such signal would block every task. */
function undecodableReason(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null || !('undecodable' in payload)) return null;
  return typeof payload.undecodable === 'string' ? payload.undecodable : 'it names itself undecodable';
}

/** Answers an id that is known: by its operation for the same request, by a refusal for another one. */
const repeats: Check = ({ memory, holder, next, request }) => {
  const { id, kind } = request;
  if (id === undefined) return null;
  const isIt = (operation: { readonly id: string } | null): boolean => operation?.id === id;
  const operation = [next, holder, ...rememberedOperations(memory)].find(isIt) ?? null;
  const known = operation ?? memory.knownOperations.find(isIt);
  if (!known) return null;
  return known.fingerprint === fingerprintOfRequest(kind, request)
    ? { kind: 'repeat', request, operation, outcome: known.outcome }
    : reject('OperationIdReused', wasUsedForAnother(memory.job, id, known.kind));
};

/** Refuses whoever comes while an operation runs, but for the kill by force that takes its place. */
const waitsForHolder: Check = ({ memory, holder, next, request }) => {
  if (holder === null) return null;
  if (isForced(request) && isSuperseded({ holder, next })) return { kind: 'supersede', request };
  const details = { holder: holderOf(holder) };
  return reject('OperationInProgress', isHeldBy(memory.job, details.holder), details);
};

/** Kills by force are allowed in every state: they make sure that nothing runs, and end what holds the job. */
const isForced = (request: Request): boolean => request.kind === 'kill' && request.force === true;

/** One kill by force takes the place of the operation that runs; a kill cannot be hastened by another one. */
const isSuperseded = ({ holder, next }: Pick<Occupation, 'holder' | 'next'>): boolean =>
  holder !== null && next === null && holder.kind !== 'kill' && holder.phase !== 'recording';

const waitsForStop: Check = ({ memory: { pendingStop }, request }) =>
  pendingStop === null || request.kind === 'kill'
    ? null
    : reject(
        'StopPending',
        `the stop of operation ${pendingStop.operationId} has no known outcome since ${pendingStop.since}; until it is known only kill is accepted`,
      );

const waitsForRecords: Check = ({ memory: { waitingRecords }, request }) => {
  const most = memoryLimits.waitingRecords + (request.kind === 'kill' ? memoryLimits.waitingKills : 0);
  if (waitingRecords.length < most) return null;
  return reject(
    'CommandNotAllowed',
    `${waitingRecords.length} audit records wait for S3; until it answers only kill is accepted`,
  );
};

const isNotAllowed: Check = ({ memory, request }) => {
  if (!isKnown(memory)) return null;
  return refusalByState({ ...memory, hasRecorded: hasRecorded(memory), stateReason: null }, request);
};

const hasChanged: Check = ({ memory, request }) => {
  const changed = changedSince(memory, request);
  return changed === null ? null : reject('CommandNotAllowed', changed);
};

const isTooIllForSchedule: Check = ({ memory: { job, health, healthReasons }, request }) =>
  request.via === SCHEDULE && health === 'degraded'
    ? reject('CommandNotAllowed', `${job} is degraded: ${healthReasons.join('; ')}`)
    : null;

const hasNoHotfix: Check = ({ memory, request }) =>
  request.kind === 'revertHotfix' && isKnown(memory) && !memory.current?.hotfix
    ? reject('CommandNotAllowed', noHotfixOf(memory.job))
    : null;

export const noHotfixOf = (job: string): string => `${job} has no hotfix that could be reverted`;

/** The order is part of the rule: the first check that decides is what the asker is told. */
const checks: readonly Check[] = [
  repeats,
  waitsForHolder,
  waitsForStop,
  waitsForRecords,
  isNotAllowed,
  hasChanged,
  isTooIllForSchedule,
  hasNoHotfix,
];

/** Before the proof a job is `new` only by assumption: what is asked then is decided once it is proven. */
const isKnown = (memory: JobMemory): boolean => memory.proven || memory.state !== 'new';

/** A workflow that has recorded an operation is known; only one that begins anew can be recovered. */
export const hasRecorded = ({ knownOperations }: Pick<JobMemory, 'knownOperations'>): boolean =>
  knownOperations.length > 0;

/** A job as far as its state decides what may be asked of it. */
export interface JobByState {
  readonly job: string;
  readonly state: JobState;
  /** Why it is so, where the asker cannot know that yet. */
  readonly stateReason: string | null;
  readonly hasRecorded: boolean;
}

const allowedBy = (job: Pick<JobByState, 'state' | 'hasRecorded'>): readonly OperationKind[] => {
  const allowed = allowedOperations(job.state).filter((kind) => kind !== 'recover');
  return job.hasRecorded ? allowed : [...allowed, 'recover'];
};

/** The state's own word about a request: asked by the desk, once more after the claim, and by the plan. */
export function refusalByState(job: JobByState, request: Request): Refusal | null {
  const allowed = allowedBy(job);
  if (isForced(request) || allowed.includes(request.kind)) return null;
  const why = job.stateReason === null ? '' : ` (${job.stateReason})`;
  return reject(
    'CommandNotAllowed',
    `${job.job} is ${job.state}${why}, which does not allow ${request.kind}; allowed: ${allowed.join(', ')}`,
  );
}

/** What the claim found may be another job than the one that was seen: one that has failed meanwhile, say. */
export function refusalAfterClaim(memory: JobMemory, request: Request): Refusal | null {
  const byState = refusalByState({ ...memory, hasRecorded: hasRecorded(memory) }, request);
  return byState ?? refusalOf(hasChanged({ memory, holder: null, next: null, request }));
}

const refusalOf = (decision: Admission | null): Refusal | null =>
  decision !== null && isRefusal(decision) ? decision : null;

/** Kinds that go on while a cluster is silent: a kill is for that, and whoever recovers a job only wants to know it. */
export const mayNotKnow = ({ kind }: Pick<Request, 'kind'>): boolean => kind === 'kill' || kind === 'recover';

export const nothingToRecover = (job: string): string => `neither S3 nor YARN knows anything of ${job}`;

/** Why the job is not as the asker of an operation saw it; null when it is, or when he did not say. */
function changedSince(memory: JobMemory, request: Request): string | null {
  const onlyIf = request.kind === 'deploy' ? request.onlyIf : undefined;
  if (onlyIf === undefined) return null;
  const { job, state } = memory;
  if (onlyIf.state !== state) return `${job} is ${state}; this was asked for only if it is ${onlyIf.state}`;
  const newest = rememberedOperations(memory)[0]?.id ?? null;
  if (onlyIf.after === newest) return null;
  return `the newest operation of ${job} is ${newest ?? 'none'}; this was asked for only if it is ${onlyIf.after ?? 'none'}`;
}

/** The kinds that the job would take now, as its view shows them. */
export function allowedNow({ memory, holder }: Pick<Occupation, 'memory' | 'holder'>): readonly OperationKind[] {
  if (holder !== null) return [];
  return isKnown(memory) ? allowedBy({ ...memory, hasRecorded: hasRecorded(memory) }) : operationKinds;
}

/** A cancel that is heard by the operation it names. */
export type CancelAdmission =
  { readonly kind: 'hear'; readonly operation: OperationRecord; readonly request: CancelRequest } | Refusal;

/** Whether the operation that a cancel names can still be told. */
export function admitCancel({ memory, holder, next }: Occupation, payload: unknown): CancelAdmission {
  const undecodable = undecodableReason(payload);
  if (undecodable !== null) return reject('Undecodable', `cancel: ${undecodable}`);
  const parsed = CancelRequest.safeParse(payload ?? {});
  if (!parsed.success) return reject('InvalidRequest', problemsIn('cancel', parsed.error.issues));
  const { operation: id } = parsed.data;
  const { job } = memory;
  if (holder?.id === id) {
    return holder.phase === 'recording'
      ? reject('CommandNotAllowed', `operation ${id} of ${job} has ended and is being recorded`)
      : { kind: 'hear', operation: holder, request: parsed.data };
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
