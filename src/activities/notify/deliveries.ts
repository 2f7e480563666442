/** Sends what the ledger holds for the channels: a message of each at a time, so that a channel that hangs holds up no other. */
import { log } from '@temporalio/activity';
import {
  afterAttempt,
  emptyChannel,
  withoutExpired,
  type ChannelState,
  type Delivery,
} from '../../domain/notification/channel-state.ts';
import { gather, type Limits } from '../../domain/notification/gather.ts';
import type { Ledger } from '../../domain/notification/ledger.ts';
import type { NotifierParts } from '../dependencies/notifier.ts';

/** Messages that turn out not to be needed make room for others, of which this many are looked at in one turn. */
const MOST_SKIPPED = 100;

type Parts = Pick<NotifierParts, 'settings' | 'channels' | 'pace'>;

export class Deliveries {
  readonly #parts: Parts;
  /** By channel. */
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #done: { readonly channel: string; readonly delivery: Delivery }[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Notes how attempts went, and makes the messages that are due. */
  prepare(ledger: Ledger, now: number): Ledger {
    const { gatherMs } = this.#parts.pace;
    const done = this.#done.splice(0);
    const channels = Object.entries(this.#parts.settings.channels).map(([name, settings]) => {
      const before = ledger.channels[name] ?? emptyChannel;
      const attempt = done.find(({ channel }) => channel === name);
      const after = attempt ? this.#noted(name, before, attempt.delivery, now) : before;
      return [
        name,
        this.#underWay.has(name) ? after : gathered(withoutExpired(after, now), { ...settings, gatherMs }, now),
      ] as const;
    });
    const isSame = channels.every(([name, channel]) => channel === (ledger.channels[name] ?? emptyChannel));
    return isSame ? ledger : { ...ledger, channels: { ...ledger.channels, ...Object.fromEntries(channels) } };
  }

  /** Begins the attempts that are due. The ledger is in S3 by then, so that a repeated message has the same id. */
  begin(ledger: Ledger, now: number): void {
    for (const name of Object.keys(this.#parts.settings.channels)) {
      const sending = ledger.channels[name]?.sending ?? null;
      if (sending === null || sending.nextAt > now || this.#underWay.has(name)) continue;
      const attempt = this.#parts.channels
        .send(name, sending.message)
        .catch((failure: unknown): Delivery => {
          log.error('a channel has a defect', { channel: name, failure });
          return {
            kind: 'failed',
            reason: 'Sluice has a defect, which the log of the worker shows',
            retryAfterMs: null,
            isFinal: false,
          };
        })
        .then((delivery) => {
          this.#underWay.delete(name);
          this.#done.push({ channel: name, delivery });
        });
      this.#underWay.set(name, attempt);
    }
  }

  /** Ends when no attempt is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  #noted(name: string, before: ChannelState, delivery: Delivery, now: number): ChannelState {
    const after = afterAttempt(before, delivery, now);
    if (delivery.kind === 'failed' && before.sending?.attempts === 0)
      log.warn('a channel does not take a message', { channel: name, reason: delivery.reason });
    if (after.dropped !== null && after.dropped !== before.dropped)
      log.error('notices are dropped', { channel: name, ...after.dropped });
    return after;
  }
}

function gathered(channel: ChannelState, limits: Limits, now: number): ChannelState {
  if (channel.sending !== null || channel.waiting.length === 0) return channel;
  let state = channel;
  for (let turn = 0; turn < MOST_SKIPPED; turn += 1) {
    const { channel: next, nextAt } = gather(state, limits, now);
    if (next.sending !== null) return next;
    if (nextAt === null || nextAt > now) return next.waiting.length === channel.waiting.length ? channel : next;
    state = next;
  }
  return state;
}
