/** The state of a channel: the notices that it still has to tell, and how its last deliveries went. Each channel stands for itself, so that a dead one silences no other. */
import { z } from 'zod';
import { Notice } from './notice.ts';

export const Message = z.strictObject({
  /** Derives from the notices: a message that is sent twice has the same one. */
  id: z.string(),
  at: z.string(),
  notices: z.array(Notice),
  /** Names the alert at a receiver that keeps alerts; null for a message without a problem. */
  key: z.string().nullable(),
});
export type Message = z.infer<typeof Message>;

/** Counts what was given up. */
const Dropped = z.strictObject({ notices: z.number().int(), at: z.string(), reason: z.string() });

/** Times are milliseconds since 1970, but for those that people see. */
export const ChannelState = z.strictObject({
  waiting: z.array(z.strictObject({ notice: Notice, queuedAt: z.number() })).default([]),
  /** `since` is when the last of its notices came, from which the time until it is dropped counts. */
  sending: z
    .strictObject({ message: Message, attempts: z.number().int(), since: z.number(), nextAt: z.number() })
    .nullable()
    .default(null),
  /** The messages of the last minute. */
  sentAt: z.array(z.number()).default([]),
  /** By group of notices, when its last message was made and how long the next one gathers. */
  bursts: z.record(z.string(), z.strictObject({ at: z.number(), gatherMs: z.number() })).default({}),
  /** The alert of each open problem, at a receiver that keeps alerts. */
  alerts: z.record(z.string(), z.string()).default({}),
  lastSuccessAt: z.string().nullable().default(null),
  lastFailure: z.strictObject({ at: z.string(), reason: z.string() }).nullable().default(null),
  dropped: Dropped.nullable().default(null),
});
export type ChannelState = Readonly<z.infer<typeof ChannelState>>;

export const emptyChannel: ChannelState = ChannelState.parse({});

/** The most notices that wait for one channel. */
export const MOST_WAITING = 2_000;
/** A message that nobody took for so long is dropped. */
export const GIVE_UP_MS = 6 * 3_600_000;
const RETRY_MS = 5_000;
const MOST_RETRY_MS = 600_000;
/** The longest wait that a receiver may ask for. */
const MOST_ASKED_MS = 3_600_000;

export type Delivery =
  | { readonly kind: 'delivered' }
  /** `isFinal`: the receiver will never take this message. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly retryAfterMs: number | null;
      readonly isFinal: boolean;
    };

/** Queues notices; the oldest are dropped where too many wait. */
export function queued(channel: ChannelState, notices: readonly Notice[], now: number): ChannelState {
  const known = new Set(channel.waiting.map(({ notice }) => notice.id));
  const added = notices.filter(({ id }) => !known.has(id)).map((notice) => ({ notice, queuedAt: now }));
  const waiting = [...channel.waiting, ...added];
  const excess = waiting.length - MOST_WAITING;
  if (excess <= 0) return { ...channel, waiting };
  const reason = `more than ${MOST_WAITING} notices waited`;
  return { ...dropping(channel, excess, reason, now), waiting: waiting.slice(excess) };
}

/** Notes how an attempt to send went. */
export function afterAttempt(channel: ChannelState, delivery: Delivery, now: number): ChannelState {
  const { sending } = channel;
  if (sending === null) return channel;
  const at = iso(now);
  if (delivery.kind === 'delivered') return { ...channel, sending: null, lastSuccessAt: at };
  const { reason, retryAfterMs, isFinal } = delivery;
  const failed = { ...channel, lastFailure: { at, reason } };
  const attempts = sending.attempts + 1;
  const wait = Math.max(
    Math.min(RETRY_MS * 2 ** Math.min(attempts - 1, 20), MOST_RETRY_MS),
    Math.min(retryAfterMs ?? 0, MOST_ASKED_MS),
  );
  const nextAt = now + wait;
  if (isFinal || nextAt - sending.since > GIVE_UP_MS)
    return { ...dropping(failed, sending.message.notices.length, reason, now), sending: null };
  return { ...failed, sending: { ...sending, attempts, nextAt } };
}

/** Drops what has waited for too long behind messages that nobody took. */
export function withoutExpired(channel: ChannelState, now: number): ChannelState {
  const waiting = channel.waiting.filter(({ queuedAt }) => now - queuedAt <= GIVE_UP_MS);
  const expired = channel.waiting.length - waiting.length;
  if (expired === 0) return channel;
  const reason = channel.lastFailure?.reason ?? 'nobody took it in time';
  return { ...dropping(channel, expired, reason, now), waiting };
}

const dropping = (channel: ChannelState, notices: number, reason: string, now: number): ChannelState => ({
  ...channel,
  dropped: { notices: (channel.dropped?.notices ?? 0) + notices, at: iso(now), reason },
});

const iso = (at: number): string => new Date(at).toISOString();
