/** Decides what a campaign does next: which jobs it asks now, when it looks again, and when it is over. Pure. */
import type { ErrorCode } from '../errors/errors.ts';
import type { CampaignState } from './kinds.ts';
import type { CampaignMemory, JobOfCampaign } from './memory.ts';

/** The jobs that a campaign asks now, and when it looks again. */
export interface NextStep {
  /** Places of the jobs that are asked now. */
  readonly ask: readonly number[];
  /** When a job is asked again, in milliseconds since 1970; null while nothing waits for a time. */
  readonly wakeAt: number | null;
  readonly isOver: boolean;
}

const isUnderWay = ({ state }: JobOfCampaign): boolean => state === 'asking' || state === 'running';
const isDone = ({ state }: JobOfCampaign): boolean =>
  state === 'succeeded' || state === 'failed' || state === 'skipped';

type Known = Pick<CampaignMemory, 'jobs' | 'paused' | 'stopped' | 'gaveUp' | 'canaries' | 'maxParallel'>;

/** Tells whether a campaign asks no further job for now. */
export const asksNobody = ({ paused, stopped, gaveUp }: Pick<Known, 'paused' | 'stopped' | 'gaveUp'>): boolean =>
  paused || stopped || gaveUp !== null;

export function nextStepOf(memory: Known, now: number): NextStep {
  const { jobs, paused, stopped, gaveUp, canaries, maxParallel } = memory;
  const underWay = jobs.filter(isUnderWay).length;
  const isOver = underWay === 0 && (stopped || gaveUp !== null || jobs.every(isDone));
  if (isOver || asksNobody({ paused, stopped, gaveUp })) return { ask: [], wakeAt: null, isOver };
  // The others wait for all canaries, also for one that is asked again later.
  const most = jobs.slice(0, canaries).every(isDone) ? jobs.length : canaries;
  const room = Math.max(0, maxParallel - underWay);
  const waiting = jobs.slice(0, most).flatMap(({ state, retryAt }, place) => {
    const at = retryAt === undefined ? 0 : Date.parse(retryAt);
    return state === 'waiting' ? [{ place, at }] : [];
  });
  const due = waiting.filter(({ at }) => at <= now).slice(0, room);
  const later = waiting.filter(({ at }) => at > now).map(({ at }) => at);
  // A job that is due waits for room, and room comes with the end of an operation.
  const wakeAt = room > due.length && later.length > 0 ? Math.min(...later) : null;
  return { ask: due.map(({ place }) => place), wakeAt, isOver: false };
}

/** Names the state of a campaign. */
export function campaignStateOf({
  jobs,
  paused,
  stopped,
  gaveUp,
}: Omit<Known, 'canaries' | 'maxParallel'>): CampaignState {
  if (jobs.every(isDone)) return jobs.every(({ state }) => state === 'succeeded') ? 'succeeded' : 'failed';
  const isWaiting = jobs.some(isUnderWay);
  if (stopped) return isWaiting ? 'stopping' : 'stopped';
  if (gaveUp !== null) return isWaiting ? 'stopping' : 'failed';
  return paused ? 'paused' : 'running';
}

/** Refusals that pass: the job is busy, or its state does not allow the operation at the moment. */
const passing: ReadonlySet<string> = new Set<ErrorCode>([
  'CommandNotAllowed',
  'Conflict',
  'OperationInProgress',
  'OperationTimedOut',
  'StopPending',
  'StorageUnavailable',
  'TemporalUnavailable',
  'Internal',
]);

/** Refusals of which the job knows nothing: a system is away. */
const away: ReadonlySet<string> = new Set<ErrorCode>(['StorageUnavailable', 'TemporalUnavailable']);

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** The tries take about twenty minutes together: longer than most operations. */
const MOST_TRIES = 10;
/** These take about three quarters of an hour: longer than most outages. */
const MOST_TRIES_WHILE_AWAY = 15;

/** Milliseconds until a job is asked again that was asked in vain so often; null: it is skipped. */
export const waitAfter = (code: string, tries: number): number | null =>
  passing.has(code) && tries < (away.has(code) ? MOST_TRIES_WHILE_AWAY : MOST_TRIES)
    ? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1))
    : null;
