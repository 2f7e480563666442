/**
 * The part of admission that the kind of a request decides by itself. Admission asks these checks about a request, and people
 * see beforehand which kinds a job takes, each other one with the sentence that a request for it would get.
 */
import { allowedOperations, operationKinds, type JobState, type OperationKind } from '../lifecycle.ts';
import type { Holder } from '../operation/operation.ts';
import { memoryLimits, type PendingStop } from './job-memory.ts';
import { isHeldBy, reject, type Refusal } from './refusal.ts';
import { isFailoverId } from '../identity/ids.ts';
import { bringsUp } from './state/state.ts';

/** The facts of a job that its state's decision about a request needs. */
export interface JobByState {
  readonly job: string;
  readonly state: JobState;
  /** Why the job is in this state, for an asker who cannot know it yet. */
  readonly stateReason: string | null;
  readonly hasRecorded: boolean;
}

const allowedBy = (job: Pick<JobByState, 'state' | 'hasRecorded'>): readonly OperationKind[] => {
  const allowed = allowedOperations(job.state).filter((kind) => kind !== 'recover');
  return job.hasRecorded ? allowed : [...allowed, 'recover'];
};

/** The facts of a job that decide which kinds of operations it takes, whatever else a request says. */
export interface JobFacts extends JobByState {
  /** The operation that holds the job. */
  readonly holder: Holder | null;
  readonly proven: boolean;
  /** The stop whose outcome is not known; a list does not know which operation it was. */
  readonly pendingStop: (Pick<PendingStop, 'since'> & Partial<PendingStop>) | null;
  readonly waitingRecords: number;
  readonly hasHotfix: boolean;
  /** Whether something runs, has run or is being started: a first deploy that checks leaves nothing to move. */
  readonly hasDeployment: boolean;
}

/** A check that needs to know only which kind of operation is asked for, so that people see its decision beforehand. */
export type KindCheck = (facts: JobFacts, kind: OperationKind) => Refusal | null;

/**
 * Tells whether the job's state can decide a request. Before the proof `new` is only an assumption, so a request waits
 * for the proof.
 */
const isKnown = ({ proven, state }: Pick<JobFacts, 'proven' | 'state'>): boolean => proven || state !== 'new';

export function refusalOfKind(job: JobByState, kind: OperationKind): Refusal | null {
  const allowed = allowedBy(job);
  if (allowed.includes(kind)) return null;
  const why = job.stateReason === null ? '' : ` (${job.stateReason})`;
  return reject(
    'CommandNotAllowed',
    `${job.job} is ${job.state}${why}, which does not allow ${kind}; allowed: ${allowed.join(', ')}`,
  );
}

const startsElsewhere = ({ phase }: Holder): boolean =>
  phase !== null && !['claiming', 'checking', 'fencing', 'staging'].includes(phase);

/**
 * Tells whether a failover takes the place of the running operation, as a kill by force does: where the job could be moved
 * anyway, or the operation is bringing an instance up. A kill keeps its place, and so does the failover of a person, because a
 * second one cannot hasten the first. That of Sluice makes room until it starts something elsewhere.
 */
export function takesPlace(facts: JobFacts, kind: OperationKind): boolean {
  const { holder, hasDeployment } = facts;
  if (kind !== 'failover' || !hasDeployment || holder === null || holder.phase === 'recording') return false;
  if (holder.kind === 'kill') return false;
  if (holder.kind === 'failover' && (!isFailoverId(holder.id) || startsElsewhere(holder))) return false;
  return bringsUp(holder) || !isKnown(facts) || allowedBy(facts).includes(kind);
}

export const isHeld: KindCheck = ({ job, holder }) =>
  holder && reject('OperationInProgress', isHeldBy(job, holder), { holder });

export const waitsForStop: KindCheck = ({ pendingStop }, kind) =>
  pendingStop === null || kind === 'kill' || kind === 'failover'
    ? null
    : reject(
        'StopPending',
        `the stop${pendingStop.operationId === undefined ? '' : ` of operation ${pendingStop.operationId}`} has no known outcome since ${pendingStop.since}; until it is known only kill and failover are accepted`,
      );

export const waitsForRecords: KindCheck = ({ waitingRecords }, kind) => {
  const most = memoryLimits.waitingRecords + (kind === 'kill' ? memoryLimits.waitingKills : 0);
  if (waitingRecords < most) return null;
  return reject(
    'CommandNotAllowed',
    `${waitingRecords} audit records wait for S3; until it answers only kill is accepted`,
  );
};

export const isNotOfState: KindCheck = (facts, kind) => (isKnown(facts) ? refusalOfKind(facts, kind) : null);

export const hasNoHotfix: KindCheck = (facts, kind) =>
  kind === 'revertHotfix' && isKnown(facts) && !facts.hasHotfix
    ? reject('CommandNotAllowed', noHotfixOf(facts.job))
    : null;

export const noHotfixOf = (job: string): string => `${job} has no hotfix that could be reverted`;

/** The checks that a kind alone decides, in the same order. */
const kindChecks: readonly KindCheck[] = [isHeld, waitsForStop, waitsForRecords, isNotOfState, hasNoHotfix];

/** The refusal that a request of this kind would meet first, as far as its kind decides; null when it would be taken. */
export function refusalNow(facts: JobFacts, kind: OperationKind): Refusal | null {
  if (takesPlace(facts, kind)) return null;
  for (const check of kindChecks) {
    const refusal = check(facts, kind);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** The kinds that the job would not take now, each with the sentence that a request would get. */
export const refusedNow = (facts: JobFacts): Partial<Record<OperationKind, string>> =>
  Object.fromEntries(
    operationKinds.flatMap((kind) => {
      const refusal = refusalNow(facts, kind);
      return refusal === null ? [] : [[kind, refusal.detail]];
    }),
  );
