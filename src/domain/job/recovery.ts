/**
 * Recovery: whether Sluice starts a failed instance again by itself, when, and why it leaves the job to people. The decision
 * is a function of the job's memory, like the state: no timer has to be carried from run to run.
 */
import { z } from 'zod';
import type { Deployment, RestartPolicy } from '../deployment/deployment.ts';
import type { CauseClass } from '../errors/causes.ts';
import { errorTable, type ErrorCode } from '../errors/errors.ts';
import { fingerprintOf } from '../identity/fingerprint.ts';
import { isRestartId, restartIdOf, restartNumberIn } from '../identity/ids.ts';
import { formatDuration } from '../input/durations.ts';
import type { healths } from '../lifecycle.ts';
import { doors } from '../operation/doors.ts';
import type { OperationRecord } from '../operation/operation.ts';
import { keysOf } from '../values/keys-of.ts';
import { endKnownBy, type Decision } from './ending.ts';
import { bringsUp, type SettledState, type Wish } from './state.ts';

/** A restart that Sluice tried. */
const Try = z.strictObject({
  at: z.string(),
  /** Free tries cost no attempt: the cluster had lost the instance, or nothing could be started. */
  isFree: z.boolean().default(false),
});

/** The part of a job's memory that restarts by Sluice leave. A person's operation clears it. */
export const Recovery = z.strictObject({
  /** Oldest first. */
  tries: z.array(Try).default([]),
  /** Why the job is left to people; null while Sluice would restart it. */
  left: z.string().nullable().default(null),
  /** The restart that runs. */
  trying: z.strictObject({ operationId: z.string(), isFree: z.boolean() }).nullable().default(null),
});
export type Recovery = z.infer<typeof Recovery>;

export const noRecovery: Recovery = { tries: [], left: null, trying: null };

/** Tries that a memory keeps; `recovery.restart.maxAttempts` is at most as many. */
const MOST_TRIES = 100;

/** The facts of a job that decide about its restart. */
export interface Failed {
  readonly job: string;
  readonly proven: boolean;
  readonly desired: Wish;
  readonly pendingStop: unknown;
  readonly decision: Decision | null;
  readonly current: Deployment | null;
  readonly state: SettledState;
  readonly health: (typeof healths)[number];
  readonly healthSince: string | null;
  readonly recovery: Recovery;
  readonly knownOperations: readonly { readonly id: string }[];
}

export type Judgement =
  /** Nothing has failed, or the deployment file wants no restarts. */
  | { readonly kind: 'none' }
  /** At `at` (milliseconds since 1970) Sluice starts the job again; `attempt` counts within the window. */
  | { readonly kind: 'planned'; readonly at: number; readonly attempt: number; readonly operationId: string }
  /** Sluice leaves the job to people. */
  | { readonly kind: 'left'; readonly why: string };

/** The restart that is taken now. Its end counts as an attempt, unless the cluster had lost the instance before. */
export const restartTaken = (
  { recovery, current }: Pick<Failed, 'recovery' | 'current'>,
  operationId: string,
): Recovery => ({
  ...recovery,
  trying: { operationId, isFree: current?.ended?.by === 'cluster' },
});

/** Judges whether and when Sluice restarts the job. */
export function judgeRestart(memory: Failed): Judgement {
  const { current, desired, proven, pendingStop } = memory;
  const policy = current?.restart ?? null;
  if (policy === null || !current || desired !== 'running' || !proven || pendingStop !== null) return { kind: 'none' };
  const since = current.ended ? sinceFailed(current.ended) : sinceTooLongDegraded(memory, policy);
  if (since === null) return { kind: 'none' };
  const why = whyLeft(memory, current, since, policy);
  return why === null ? planned(memory, current, since, policy) : { kind: 'left', why };
}

const sinceFailed = ({ how, at }: NonNullable<Deployment['ended']>): number | null =>
  how === 'failed' ? Date.parse(at) : null;

/** When Sluice takes over from Flink, which restarts the tasks of a job that is degraded; null: it leaves that to Flink. */
function sinceTooLongDegraded(
  { state, health, healthSince }: Failed,
  { whenDegradedFor }: RestartPolicy,
): number | null {
  if (whenDegradedFor === null || state !== 'running' || health !== 'degraded' || healthSince === null) return null;
  return Date.parse(healthSince) + whenDegradedFor;
}

function whyLeft(
  { recovery, decision }: Failed,
  current: Deployment,
  since: number,
  { maxAttempts, window }: RestartPolicy,
): string | null {
  const { ended, number, operationId, verifiedAt, adopted } = current;
  if (ended && endKnownBy({ current, decision })?.kind !== 'confirmed')
    return 'its end stands on the decision of a person';
  if (recovery.left !== null) return recovery.left;
  if (ended?.by === 'hand') return 'somebody ended it by other means than Sluice';
  if (adopted !== null) return 'it was adopted, and Sluice has never started it yet';
  if (verifiedAt === null && !isRestartId(operationId)) return `deployment ${number} never proved healthy`;
  if (attemptsBy(recovery, lastEvent(recovery, since) - window) < maxAttempts) return null;
  return `it was restarted ${maxAttempts} times within ${formatDuration(window)}`;
}

/** The moment from which the next wait counts. */
const lastEvent = ({ tries }: Recovery, since: number): number =>
  Math.max(since, ...tries.slice(-1).map(({ at }) => Date.parse(at)));

/** Counts the restarts after a moment that cost an attempt. */
const attemptsBy = ({ tries }: Recovery, since: number): number =>
  tries.filter(({ at, isFree }) => !isFree && Date.parse(at) > since).length;

function planned(
  { job, recovery, knownOperations }: Failed,
  { epoch }: Deployment,
  since: number,
  { window, backoff }: RestartPolicy,
): Judgement {
  const last = lastEvent(recovery, since);
  const attempts = attemptsBy(recovery, last - window);
  const inVain = recovery.tries.filter(({ at, isFree }) => isFree && Date.parse(at) >= since).length;
  const before = attempts + inVain;
  const wait = before === 0 ? 0 : Math.min(backoff.max, backoff.initial * 2 ** Math.min(before - 1, 30));
  // An act of a person begins a new count, and ids are never used again. A memory keeps only the newest of many ids.
  const newest = Math.max(0, ...knownOperations.map(({ id }) => restartNumberIn(epoch, id)));
  const operationId = restartIdOf(epoch, newest + 1);
  const at = last + Math.round(wait * jitterOf(`${job}/${operationId}`));
  return { kind: 'planned', at, attempt: attempts + 1, operationId };
}

/** Spreads the restarts of jobs that failed together: between 0.8 and 1.2, always the same for one restart. */
const jitterOf = (restart: string): number =>
  0.8 + (0.4 * parseInt(fingerprintOf(restart).slice(0, 8), 16)) / 0xffffffff;

type Ended = Pick<
  OperationRecord,
  'id' | 'kind' | 'via' | 'outcome' | 'error' | 'deployment' | 'acceptedAt' | 'endedAt'
>;

/** Tells whether an operation is a restart by Sluice itself. */
export const isOwnRestart = ({ kind, via, id }: Pick<OperationRecord, 'kind' | 'via' | 'id'>): boolean =>
  kind === 'restart' && via === 'supervisor' && isRestartId(id);

/** Adds the end of an operation. An act of a person begins a new count. */
export function afterOperation(recovery: Recovery, ended: Ended): Recovery {
  if (isOwnRestart(ended)) return afterRestart(recovery, ended);
  if (ended.outcome === 'rejected') return recovery;
  if (!isOwn(ended)) return noRecovery;
  return ended.outcome === 'succeeded' && bringsUp(ended) ? { ...recovery, left: null } : recovery;
}

/**
 * A run without memory knows neither the tries before it nor what people did since, so a job that it finds failed is left to
 * people.
 */
export const leftAfterProof = (recovery: Recovery, state: SettledState): Recovery => ({
  ...recovery,
  left: state === 'failed' ? 'it was found failed by a workflow that had lost its memory' : null,
});

const isOwn = ({ via }: Ended): boolean => Object.entries(doors).some(([door, { isOwn: own }]) => door === via && own);

function afterRestart({ tries, left, trying }: Recovery, ended: Ended): Recovery {
  const isFree = ended.deployment === null || (trying?.operationId === ended.id && trying.isFree);
  const tried = { at: ended.endedAt ?? ended.acceptedAt, isFree };
  return { tries: [...tries, tried].slice(-MOST_TRIES), left: left ?? whyNoMore(ended), trying: null };
}

/** Failures before a start that time may mend; after any other one a restart would fail again. */
const passing: ReadonlySet<string> = new Set<ErrorCode>([
  ...keysOf(errorTable).filter((code) => errorTable[code].retry),
  'ApplicationNotEnding',
  'CommandNotAllowed',
  'LockLost',
  'OperationTimedOut',
  'QueueFull',
  'SubmissionLost',
]);

/** Causes that lie in the state, which stays the same with each restart. */
const inTheState: ReadonlySet<string> = new Set<CauseClass>([
  'stateTypeChanged',
  'maxParallelismChanged',
  'stateWithoutOperator',
  'restorePointMissing',
  'restorePointUnreadable',
]);

function whyNoMore({ id, outcome, error, deployment }: Ended): string | null {
  if (outcome === 'cancelled') return `its restart ${id} was cancelled`;
  if (outcome !== 'failed' || error === null) return null;
  const isHopeless = deployment === null ? !passing.has(error.code) : inTheState.has(error.cause?.class ?? '');
  return isHopeless ? `its restart ${id} failed: ${error.detail}` : null;
}

/** The recovery of a job for people; null where its deployment file wants no restarts. */
export const RecoveryView = z.object({
  attempts: z.int().describe('Restarts within the window of `recovery.restart` that count'),
  budget: z.int().describe('The most of them; then people must look'),
  window: z.int().describe('Milliseconds'),
  nextAt: z.string().nullable().describe('When Sluice starts the job again; null while no restart is due'),
  left: z.string().nullable().describe('Why a failed job is left to people; null where it is not'),
});
export type RecoveryView = z.infer<typeof RecoveryView>;

/** @param isHeld whether an operation holds the job: then no restart is planned beside it. */
export function recoveryViewOf(memory: Failed & { readonly observedAt: string }, isHeld = false): RecoveryView | null {
  const { current, recovery, observedAt } = memory;
  const policy = current?.restart ?? null;
  if (!current || policy === null) return null;
  const judged = judgeRestart(memory);
  const from = lastEvent(recovery, Date.parse(current.ended?.at ?? observedAt));
  return {
    attempts: attemptsBy(recovery, from - policy.window),
    budget: policy.maxAttempts,
    window: policy.window,
    nextAt: judged.kind === 'planned' && !isHeld ? new Date(judged.at).toISOString() : null,
    left: judged.kind === 'left' ? judged.why : null,
  };
}

/** The meaning of `failed` while a restart is planned. */
export const RESTARTED_SOON = 'Nothing runs at the moment, and Sluice starts the job again by itself.';

/** A planned restart in words. */
export const plannedInWords = ({ nextAt, attempts, budget, window }: RecoveryView): string | null =>
  nextAt === null
    ? null
    : `Sluice starts the job again at ${nextAt}, as attempt ${attempts + 1} of ${budget} within ${formatDuration(window)}. Any operation of a person comes first; kill keeps the job down.`;
