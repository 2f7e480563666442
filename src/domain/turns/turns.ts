/**
 * The turns of a cluster: a counting semaphore with a rate, pure. Jobs that Sluice brings up by itself wait here, so that a
 * cluster that comes back is not asked for a hundred starts at once. Turns are a courtesy and no lock: a job whose turn does
 * not come because nobody answers goes on without.
 */
import { isFailoverId } from '../identity/ids.ts';
import { timeLimits } from '../time-limits.ts';
import type { TurnAnswer, TurnAsk, TurnLeft, TurnLimits } from './messages.ts';

const MINUTE_MS = 60_000;

/**
 * The largest bounds that an installation may choose, and the most jobs that a run of the turns hands over as waiting. Those that it
 * does not hand over ask again within minutes; turns that it forgot would be granted twice.
 */
export const mostTurns = { maxParallel: 200, perMinute: 600, waiting: 400 } as const;

/** A job that waits. Times are milliseconds since 1970. */
export interface Waiting extends Pick<TurnAsk, 'job' | 'operationId' | 'priority'> {
  readonly askedAt: number;
  /** When it asked last. */
  readonly heardAt: number;
}

interface Holding extends TurnLeft {
  readonly until: number;
}

export interface Turns {
  readonly waiting: readonly Waiting[];
  readonly holding: readonly Holding[];
  /** When turns were granted within the last minute. */
  readonly grantedAt: readonly number[];
}

export const noTurns: Turns = { waiting: [], holding: [], grantedAt: [] };

/** An answer with the job that it is for. */
export interface AddressedAnswer extends TurnAnswer {
  readonly job: string;
}

const isOf =
  (job: string) =>
  (one: { readonly job: string }): boolean =>
    one.job === job;

/** Takes a job into the queue. A job has one place: asking for another operation gives up the place and the turn of before. */
export function asked(turns: Turns, ask: TurnAsk, now: number): Turns {
  const { job, operationId, priority } = ask;
  if (turns.holding.some((one) => one.job === job && one.operationId === operationId)) return turns;
  const rest = left(turns, { job, operationId: null });
  const askedAt = Math.min(Date.parse(ask.at), now);
  return { ...rest, waiting: [...rest.waiting, { job, operationId, priority, askedAt, heardAt: now }] };
}

/** Takes a job out, with its turn; a late word about an earlier operation changes nothing. Null stands for any operation. */
export function left(
  turns: Turns,
  { job, operationId }: { readonly job: string; readonly operationId: string | null },
): Turns {
  const isMeant = (one: TurnLeft): boolean =>
    isOf(job)(one) && (operationId === null || one.operationId === operationId);
  return {
    ...turns,
    waiting: turns.waiting.filter((one) => !isMeant(one)),
    holding: turns.holding.filter((one) => !isMeant(one)),
  };
}

export interface Granted {
  readonly turns: Turns;
  /** The jobs that have got their turn now, in order. */
  readonly granted: readonly Waiting[];
  /** When a turn may be granted without any further message: milliseconds since 1970; null when nobody waits. */
  readonly nextAt: number | null;
}

/** Grants as many turns as the bounds leave. */
export function grant(before: Turns, { maxParallel, perMinute }: TurnLimits, now: number): Granted {
  const holding = before.holding.filter(({ until }) => until > now);
  const grantedAt = before.grantedAt.filter((at) => now - at < MINUTE_MS);
  const waiting = before.waiting.filter(({ heardAt }) => now - heardAt < timeLimits.turnForgotten).toSorted(inOrder);
  const room = Math.max(0, Math.min(maxParallel - holding.length, perMinute - grantedAt.length));
  const granted = waiting.filter((one) => ripeAt(one) <= now).slice(0, room);
  const turns = {
    waiting: waiting.filter((one) => !granted.includes(one)),
    holding: [
      ...holding,
      ...granted.map(({ job, operationId }) => ({ job, operationId, until: now + timeLimits.turnHold })),
    ],
    grantedAt: [...grantedAt, ...granted.map(() => now)],
  };
  if (turns.waiting.length === 0) return { turns, granted, nextAt: null };
  const hasRoom = granted.length < room;
  const nextAt = hasRoom ? Math.min(...turns.waiting.map(ripeAt)) : nextOf(turns, { maxParallel, perMinute });
  return { turns, granted, nextAt };
}

/** When a job may have its turn: milliseconds since 1970. */
const ripeAt = ({ operationId, askedAt }: Waiting): number =>
  askedAt + (isFailoverId(operationId) ? timeLimits.turnGather : 0);

/** The time at which the bound that stops the queue gives way by itself. */
function nextOf({ holding, grantedAt }: Turns, { maxParallel, perMinute }: TurnLimits): number {
  const isFull = holding.length >= maxParallel;
  const isFast = grantedAt.length >= perMinute;
  const freeAt = Math.min(...holding.map(({ until }) => until));
  const slowAt = (grantedAt[grantedAt.length - perMinute] ?? 0) + MINUTE_MS;
  if (isFull && isFast) return Math.max(freeAt, slowAt);
  return isFull ? freeAt : slowAt;
}

/** The least priority first, then who asked first. */
export const inOrder = (a: Waiting, b: Waiting): number =>
  a.priority - b.priority || a.askedAt - b.askedAt || (a.job < b.job ? -1 : 1);

/** The answers to jobs that have asked: with their turn, or with their place in the queue. */
export function answersTo(turns: Turns, jobs: ReadonlySet<string>): readonly AddressedAnswer[] {
  const granted = turns.holding.map(({ job, operationId }) => ({ job, operationId, isGranted: true, before: 0 }));
  const waiting = turns.waiting
    .toSorted(inOrder)
    .map(({ job, operationId }, before) => ({ job, operationId, isGranted: false, before }));
  return [...granted, ...waiting].filter(({ job }) => jobs.has(job));
}
