/** The judge of moves: a bound that is passed, and a job that comes before its turn, are found; a start that comes again is none. */
import { expect, test } from 'vitest';
import { Moves } from './moves.ts';

const classOf = new Map([
  ['a', 1],
  ['b', 1],
  ['c', 2],
  ['d', 2],
]);

/** Each act is a job that is submitted, or with a minus one whose operation ends. */
function judged(...acts: readonly string[]): Moves {
  const moves = new Moves({ maxParallel: 2, classOf });
  for (const act of acts) {
    if (act.startsWith('-')) moves.ended(act.slice(1));
    else moves.submitted(act);
  }
  return moves;
}

test.each([
  ['two at a time, in order', ['a', 'b', '-a', 'c', '-b', 'd'], []],
  ['two of one turn in any order', ['b', 'a', '-a', 'd', '-d', 'c'], []],
  ['a later class that overtakes a job with its turn', ['a', '-a', 'c', 'b'], []],
  ['a second try of one job', ['a', '-a', 'b', 'a', '-a', '-b', 'c', 'd'], []],
  ['three at a time', ['a', 'b', 'c'], ['c is submitted beside 2 others']],
  [
    'a later class first',
    ['c', 'a', 'b'],
    ['c of class 2 is submitted while a job of an earlier class waits', 'b is submitted beside 2 others'],
  ],
])('judges %s', (_what, acts, broken) => expect(judged(...acts).broken).toEqual(broken));

test('counts the most at one time', () => expect(judged('a', '-a', 'b', 'c', '-c', 'd').most).toBe(2));
