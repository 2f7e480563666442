/**
 * The turns of a cluster: how many jobs have one, in which order, and what becomes of a job that says nothing more.
 *
 * Seen to fail: with turns that no bound of a minute holds; with the order of asking alone; with a turn that is kept for ever;
 * with a job that asks again and loses its place; with a late word that takes the turn of the next operation; with a next run that is handed the queue in no
 * order, or not all turns that the largest bounds allow.
 */
import { describe, expect, test } from 'vitest';
import { NO_PRIORITY } from '../../../src/domain/deployment/priority.ts';
import { carriedTurns, readTurns } from '../../../src/domain/turns/carried.ts';
import type { TurnAsk } from '../../../src/domain/turns/messages.ts';
import { timeLimits } from '../../../src/domain/time-limits.ts';
import { answersTo, asked, grant, left, mostTurns, noTurns, type Turns } from '../../../src/domain/turns/turns.ts';

const noon = Date.parse('2026-01-05T12:00:00.000Z');
const ask = (job: string, more: Partial<TurnAsk> = {}): TurnAsk => ({
  job,
  operationId: `restart-e1-1`,
  priority: 5,
  at: new Date(noon).toISOString(),
  ...more,
});
const queueOf = (...asks: TurnAsk[]): Turns => asks.reduce((turns, one) => asked(turns, one, noon), noTurns);
const limits = { maxParallel: 2, perMinute: 60 };
const namesOf = (ones: readonly { readonly job: string }[]): string[] => ones.map(({ job }) => job);

test('failovers gather for some seconds before the first of them, and restarts do not', () => {
  const failover = (job: string, priority: number) => ask(job, { operationId: 'failover-e1-1', priority });
  const waiting = queueOf(failover('late', 9), failover('soon', 1), ask('restarted'));
  const bounds = { maxParallel: 2, perMinute: 60 };
  const first = grant(waiting, bounds, noon);
  expect([namesOf(first.granted), first.nextAt]).toEqual([['restarted'], noon + 5_000]);
  const then = grant(first.turns, bounds, noon + 5_000);
  expect([namesOf(then.granted), namesOf(then.turns.waiting)]).toEqual([['soon'], ['late']]);
});

describe('turns are granted', () => {
  test('to as many jobs at one time as the bound says, and to the next when one leaves', () => {
    const first = grant(queueOf(ask('a'), ask('b'), ask('c')), limits, noon);
    expect([namesOf(first.granted), namesOf(first.turns.waiting), first.nextAt]).toEqual([
      ['a', 'b'],
      ['c'],
      noon + timeLimits.turnHold,
    ]);
    const none = grant(first.turns, limits, noon + 1_000);
    expect(none.granted).toEqual([]);
    const next = grant(left(none.turns, { job: 'a', operationId: 'restart-e1-1' }), limits, noon + 2_000);
    expect([namesOf(next.granted), next.nextAt]).toEqual([['c'], null]);
  });

  test('to no more in a minute than the bound says', () => {
    const slow = { maxParallel: 50, perMinute: 2 };
    const first = grant(queueOf(ask('a'), ask('b'), ask('c')), slow, noon);
    expect([namesOf(first.granted), first.nextAt]).toEqual([['a', 'b'], noon + 60_000]);
    expect(grant(first.turns, slow, noon + 59_999).granted).toEqual([]);
    expect(namesOf(grant(first.turns, slow, noon + 60_000).granted)).toEqual(['c']);
  });

  test('by priority, then by the time of asking', () => {
    const at = (second: number) => new Date(noon - second * 1_000).toISOString();
    const queue = queueOf(
      ask('late', { at: at(1) }),
      ask('early', { at: at(9) }),
      ask('grave', { priority: 1 }),
      ask('unnamed', { priority: NO_PRIORITY, at: at(60) }),
    );
    expect(namesOf(grant(queue, { maxParallel: 9, perMinute: 9 }, noon).granted)).toEqual([
      'grave',
      'early',
      'late',
      'unnamed',
    ]);
  });

  test('to the next when a holder says nothing for too long', () => {
    const { turns } = grant(queueOf(ask('a'), ask('b'), ask('c')), limits, noon);
    const again = asked(turns, ask('c'), noon + timeLimits.turnHold - 1);
    expect(grant(again, limits, noon + timeLimits.turnHold - 1).granted).toEqual([]);
    expect(namesOf(grant(again, limits, noon + timeLimits.turnHold).granted)).toEqual(['c']);
  });

  test('to nobody who has not asked again for long', () => {
    const { granted, turns } = grant(queueOf(ask('a')), limits, noon + timeLimits.turnForgotten);
    expect([granted, turns.waiting]).toEqual([[], []]);
  });
});

describe('a job', () => {
  test('that asks again keeps its place, and its turn', () => {
    const queue = queueOf(ask('a'), ask('b'));
    const again = asked(queue, ask('a'), noon + 240_000);
    expect(namesOf(grant(again, { maxParallel: 1, perMinute: 9 }, noon + 240_000).granted)).toEqual(['a']);
    const { turns } = grant(queue, limits, noon);
    expect(asked(turns, ask('a'), noon + 1_000)).toBe(turns);
    expect(answersTo(turns, new Set(['a']))).toEqual([
      { job: 'a', operationId: 'restart-e1-1', isGranted: true, before: 0 },
    ]);
  });

  test('that asks for another operation gives the turn of before back', () => {
    const { turns } = grant(queueOf(ask('a'), ask('b')), limits, noon);
    const next = asked(turns, ask('a', { operationId: 'restart-e2-1' }), noon + 1_000);
    expect([namesOf(next.holding), namesOf(next.waiting)]).toEqual([['b'], ['a']]);
  });

  test('that leaves late takes no turn of a later operation', () => {
    const { turns } = grant(queueOf(ask('a', { operationId: 'restart-e2-1' })), limits, noon);
    expect(left(turns, { job: 'a', operationId: 'restart-e1-1' }).holding).toHaveLength(1);
    expect(left(turns, { job: 'a', operationId: 'restart-e2-1' }).holding).toEqual([]);
  });

  test('is told how many come before it', () => {
    const { turns } = grant(queueOf(ask('a'), ask('b'), ask('c'), ask('d', { priority: 1 })), limits, noon);
    expect(answersTo(turns, new Set(['b', 'c']))).toEqual([
      { job: 'b', operationId: 'restart-e1-1', isGranted: false, before: 0 },
      { job: 'c', operationId: 'restart-e1-1', isGranted: false, before: 1 },
    ]);
  });
});

describe('the next run', () => {
  test('goes on with the same turns, in few characters even of the largest storm', () => {
    const { turns } = grant(queueOf(ask('a'), ask('b'), ask('c')), limits, noon);
    expect(readTurns(JSON.parse(JSON.stringify(carriedTurns(turns))))).toEqual(turns);
    const job = (number: number): string => `${'j'.repeat(58)}${String(number).padStart(5, '0')}`;
    const many = queueOf(...Array.from({ length: 3_000 }, (_none, number) => ask(job(number))));
    const storm = grant(many, mostTurns, noon).turns;
    expect(JSON.stringify(carriedTurns(storm)).length).toBeLessThan(65_536);
  });
  test('keeps every turn that the largest bounds allow', () => {
    const many = queueOf(...Array.from({ length: 1_000 }, (_none, number) => ask(`job-${String(number)}`)));
    let { turns } = grant(many, mostTurns, noon);
    expect(readTurns(carriedTurns(turns))?.holding).toEqual(turns.holding);
    for (let round = 1; round < 4; round += 1) {
      for (const { job } of turns.holding) turns = left(turns, { job, operationId: null });
      turns = grant(turns, mostTurns, noon).turns;
    }
    expect(turns.grantedAt).toHaveLength(mostTurns.perMinute);
    expect(readTurns(carriedTurns(turns))?.grantedAt).toEqual(turns.grantedAt);
  });
  test('forgets those who come last, where more wait than it can be handed', () => {
    const many = Array.from({ length: 1_000 }, (_none, number) => ask(`late-${String(number)}`));
    // All have asked since turns were given last.
    const turns = queueOf(...many, ask('first', { priority: 1 }), ask('second', { priority: 2 }));
    const { waiting } = readTurns(carriedTurns(turns)) ?? noTurns;
    expect(waiting.length).toBeLessThan(many.length);
    expect(namesOf(waiting.slice(0, 2))).toEqual(['first', 'second']);
  });
  test('understands nothing else', () => {
    for (const carried of [undefined, null, 7, { version: 2 }, { waiting: [] }]) expect(readTurns(carried)).toBeNull();
  });
});
