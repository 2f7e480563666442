/** The phases of an operation on an axis of time. */
import { expect, test } from 'vitest';
import { barsOf, type Timed } from '../../src/ui/parts/operation/bars.ts';

const timeOf = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const phase = (name: Timed['phases'][number]['name'], from: number, to: number | null) => ({
  name,
  startedAt: timeOf(from),
  endedAt: to === null ? null : timeOf(to),
});
const shown = (operation: Timed, second: number) =>
  barsOf(operation, Date.parse(timeOf(second))).map(({ name, left, width, ms, end }) => [name, left, width, ms, end]);

test('a phase that runs goes on to now, also where the clock of the browser is behind', () => {
  const operation: Timed = {
    phases: [phase('checking', 0, 2), phase('starting', 2, null)],
    acceptedAt: timeOf(0),
    endedAt: null,
    outcome: null,
  };
  expect(shown(operation, 8)).toEqual([
    ['checking', 0, 25, 2_000, 'done'],
    ['starting', 25, 75, 6_000, 'running'],
  ]);
  expect(shown(operation, -60)).toEqual([
    ['checking', 0, 100, 2_000, 'done'],
    ['starting', 100, 0, 0, 'running'],
  ]);
});

test.each([
  ['failed', ['checking', 'starting', 'recording'], 'starting'],
  ['rolledBack', ['checking', 'verifying', 'rollingBack', 'recording'], 'verifying'],
  ['cancelled', ['checking', 'staging'], 'staging'],
] as const)('an operation that has %s is marked where it ended', (outcome, names, broken) => {
  const phases = names.map((name, place) => phase(name, place, place + 1));
  const bars = barsOf({ phases, acceptedAt: timeOf(0), endedAt: timeOf(9), outcome }, 0);
  expect(bars.filter(({ end }) => end !== 'done').map(({ name }) => name)).toEqual([broken]);
});

test('an operation that has succeeded has no mark', () => {
  const operation: Timed = {
    phases: [phase('claiming', 0, 1)],
    acceptedAt: timeOf(0),
    endedAt: timeOf(1),
    outcome: 'succeeded',
  };
  expect(shown(operation, 100)).toEqual([['claiming', 0, 100, 1_000, 'done']]);
});
