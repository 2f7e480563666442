/**
 * Messages of a channel: how notices gather, how many are sent, and how retries go, in virtual time.
 *
 * Seen to fail: groups that do not wait longer each time; a bound of messages that is not looked at; the end of a problem
 * before its begin; an alert that is resolved while another of its problems is open; a dead channel that keeps a message for
 * ever; a refused message that is tried again.
 */
import { describe, expect, test } from 'vitest';
import {
  afterAttempt,
  emptyChannel,
  GIVE_UP_MS,
  MOST_WAITING,
  queued,
  withoutExpired,
  type ChannelState,
  type Delivery,
  type Message,
} from '../../../src/domain/notification/channel-state.ts';
import { gather, GATHER_MS, type Limits } from '../../../src/domain/notification/gather.ts';
import type { Notice } from '../../../src/domain/notification/notice.ts';
import { worded } from '../../../src/domain/notification/words.ts';
import { atSecond, noon, notice } from '../../support/notices.ts';

const DELIVERED: Delivery = { kind: 'delivered' };
const REFUSED: Delivery = { kind: 'failed', reason: 'the receiver answered 503', retryAfterMs: null, isFinal: false };

interface Sent {
  readonly second: number;
  readonly message: Message;
}

/** A channel in virtual time, a step each half second. */
class Play {
  channel: ChannelState = emptyChannel;
  readonly sent: Sent[] = [];
  answer: (second: number) => Delivery = () => DELIVERED;
  #second = 0;
  readonly #limits: Limits;

  constructor(kind: Limits['kind'] = 'slack', perMinute = 20) {
    this.#limits = { kind, perMinute, gatherMs: GATHER_MS };
  }

  tell(...notices: readonly Notice[]): this {
    this.channel = queued(this.channel, notices, this.#now());
    return this;
  }

  until(second: number): this {
    for (; this.#second < second; this.#second += 0.5) {
      this.channel = withoutExpired(this.channel, this.#now());
      for (let turn = 0; turn < 50; turn += 1) {
        const { channel, nextAt } = gather(this.channel, this.#limits, this.#now());
        this.channel = channel;
        if (channel.sending !== null || nextAt === null || nextAt > this.#now()) break;
      }
      const { sending } = this.channel;
      if (sending === null || sending.nextAt > this.#now()) continue;
      this.sent.push({ second: this.#second, message: sending.message });
      this.channel = afterAttempt(this.channel, this.answer(this.#second), this.#now());
    }
    return this;
  }

  titles(): readonly string[] {
    return this.sent.map(({ message }) => worded(message, null).title);
  }

  #now(): number {
    return noon + this.#second * 1_000;
  }
}

const failure = (job: string, second = 0, more: Partial<Notice> = {}): Notice =>
  notice({ job, id: `${job}/failed/opened`, problem: `${job}/failed`, at: atSecond(second), ...more });
const recovery = (job: string): Notice =>
  notice({
    job,
    id: `${job}/failed/closed`,
    problem: `${job}/failed`,
    status: 'closed',
    severity: 'info',
    title: `${job} runs again`,
  });

describe('a notice', () => {
  test('is told alone after five seconds', () => {
    const play = new Play().tell(failure('clicks-prod')).until(60);
    expect(play.sent.map(({ second }) => second)).toEqual([5]);
    expect(play.titles()).toEqual(['clicks-prod failed and needs a person']);
  });

  test('is queued once', () => {
    const play = new Play().tell(failure('a'), failure('a')).tell(failure('a')).until(20);
    expect(play.sent).toHaveLength(1);
  });

  test('is told together with others of its kind on its cluster', () => {
    const play = new Play()
      .tell(failure('a'), failure('b', 2), failure('c', 4), failure('d', 0, { cluster: 'yarn-b' }))
      .until(30);
    expect(play.titles()).toEqual([
      '3 jobs failed and need a person on yarn-a within 4 s',
      'd failed and needs a person',
    ]);
  });

  test('of a grave kind is told first', () => {
    const slow = notice({ job: 'slow', id: 'slow', kind: 'degraded', severity: 'warning', title: 'slow is degraded' });
    expect(new Play().tell(slow, failure('a')).until(30).titles()).toEqual([
      'a failed and needs a person',
      'slow is degraded',
    ]);
  });
});

test('a storm of 500 failures within two minutes is told in a few messages, and none is left out', () => {
  const play = new Play();
  for (let number = 0; number < 500; number += 1) {
    const second = Math.floor((number * 120) / 500);
    play.until(second).tell(failure(`job-${number}`, second));
  }
  play.until(600);
  expect(play.sent.length).toBeLessThanOrEqual(6);
  const told = play.sent.flatMap(({ message }) => message.notices.map(({ job }) => job));
  expect(new Set(told).size).toBe(500);
  expect(told).toHaveLength(500);
  expect(
    play.titles().some((title) => /^\d+ jobs failed and need a person on yarn-a within \d+ (s|m)$/.test(title)),
  ).toBe(true);
});

test('no more than the bound is sent in a minute: the last message of a minute has all that is due', () => {
  const play = new Play('slack', 3);
  for (let number = 0; number < 40; number += 1) play.tell(failure(`job-${number}`, 0, { cluster: `yarn-${number}` }));
  play.until(59);
  expect(play.sent).toHaveLength(3);
  expect(play.titles().at(-1)).toBe('38 jobs failed and need a person');
  play.until(300);
  expect(play.sent).toHaveLength(3);
});

test('beyond the bound notices wait for the next minute', () => {
  const play = new Play('slack', 2).tell(failure('a'), failure('b', 0, { cluster: 'yarn-b' })).until(20);
  play.tell(failure('c', 20, { cluster: 'yarn-c' })).until(120);
  expect(play.sent.map(({ second }) => second)).toEqual([5, 5.5, 65]);
});

test('the message of different events counts each kind', () => {
  const play = new Play('slack', 1);
  const slow = notice({ job: 'slow', id: 'slow', kind: 'degraded', severity: 'warning' });
  play.tell(failure('a'), failure('b'), slow).until(30);
  expect(play.titles()).toEqual(['3 events: 2 jobs failed and need a person, 1 jobs are degraded on yarn-a']);
});

test('a group that was silent for long is told at once again', () => {
  const play = new Play()
    .tell(failure('a'))
    .until(10)
    .tell(failure('b'))
    .until(12)
    .tell(failure('c'))
    .until(700)
    .tell(failure('d'))
    .until(720);
  expect(play.sent.map(({ second }) => second)).toEqual([5, 15, 705]);
});

describe('the end of a problem', () => {
  test('is told after its begin, however long that gathers', () => {
    const play = new Play().tell(failure('a')).until(6).tell(failure('b')).until(16).tell(failure('c')).until(17);
    play.tell(recovery('c')).until(90);
    expect(play.sent.map(({ second }) => second)).toEqual([5, 15, 35, 35.5]);
    expect(play.titles().slice(2)).toEqual(['c failed and needs a person', 'c runs again']);
  });

  test('resolves the alert that was triggered, and nothing is triggered twice', () => {
    const again = failure('a', 0, { id: 'a/failed/again' });
    const play = new Play('pagerduty').tell(failure('a')).until(10).tell(again).until(40).tell(recovery('a')).until(80);
    expect(play.sent.map(({ message }) => [message.key, message.notices[0]?.status])).toEqual([
      ['a/failed', 'opened'],
      ['a/failed', 'closed'],
    ]);
    expect(play.channel.alerts).toEqual({});
  });

  test('of a group resolves its one alert when all of them are over', () => {
    const play = new Play('pagerduty').tell(failure('a'), failure('b'), failure('c')).until(10);
    const [group] = play.sent;
    expect(group?.message.notices).toHaveLength(3);
    play.tell(recovery('a'), recovery('b')).until(40);
    expect(play.sent).toHaveLength(1);
    play.tell(recovery('c')).until(80);
    expect(play.sent.map(({ message }) => message.key)).toEqual([group?.message.key, group?.message.key]);
    expect(play.sent.at(-1)?.message.notices[0]?.status).toBe('closed');
  });

  test('of which nobody was told resolves nothing', () =>
    expect(new Play('pagerduty').tell(recovery('a')).until(30).sent).toEqual([]));
});

describe('a channel that fails', () => {
  test('gets the same message again, less and less often, and then what came meanwhile', () => {
    const play = new Play();
    play.answer = (second) => (second < 100 ? REFUSED : DELIVERED);
    play.tell(failure('a')).until(20).tell(failure('b')).until(200);
    const [first] = play.sent;
    expect(play.sent.map(({ second }) => second)).toEqual([5, 10, 20, 40, 80, 160, 160.5]);
    expect(new Set(play.sent.slice(0, 6).map(({ message }) => message.id))).toEqual(new Set([first?.message.id]));
    expect(play.sent.at(-1)?.message.notices.map(({ job }) => job)).toEqual(['b']);
    expect(play.channel).toMatchObject({
      sending: null,
      dropped: null,
      lastFailure: { reason: 'the receiver answered 503' },
    });
  });

  test('is not asked before it wants to be', () => {
    const play = new Play();
    play.answer = (second) => (second < 50 ? { ...REFUSED, retryAfterMs: 90_000 } : DELIVERED);
    play.tell(failure('a')).until(200);
    expect(play.sent.map(({ second }) => second)).toEqual([5, 95]);
  });

  test('for hours loses what is older, and says so', () => {
    const play = new Play();
    play.answer = () => REFUSED;
    play.tell(failure('a')).until(60).tell(failure('b'));
    play.until(GIVE_UP_MS / 1_000 + 60);
    expect(play.channel).toMatchObject({
      sending: null,
      waiting: [],
      dropped: { notices: 2, reason: 'the receiver answered 503' },
      lastSuccessAt: null,
    });
    // The wait between two attempts grows up to ten minutes.
    expect(play.sent.length).toBeLessThan(50);
  });

  test('for good with one message goes on with the next', () => {
    const play = new Play();
    play.answer = (second) =>
      second < 8 ? { ...REFUSED, reason: 'the receiver answered 400', isFinal: true } : DELIVERED;
    play.tell(failure('a')).until(20).tell(failure('b')).until(60);
    expect(play.sent.map(({ message }) => message.notices[0]?.job)).toEqual(['a', 'b']);
    expect(play.channel).toMatchObject({ dropped: { notices: 1, reason: 'the receiver answered 400' } });
  });

  test('keeps a bounded number of notices', () => {
    const many = Array.from({ length: MOST_WAITING + 5 }, (_none, number) => failure(`job-${number}`));
    const channel = queued(emptyChannel, many, noon);
    expect(channel.waiting).toHaveLength(MOST_WAITING);
    expect(channel).toMatchObject({ dropped: { notices: 5, reason: `more than ${MOST_WAITING} notices waited` } });
  });
});
