/**
 * Seen to fail: a follower that compared only the last line printed a repeated line for a new one; with whole texts compared it
 * printed everything again.
 */
import { describe, expect, it } from 'vitest';
import { addedTo } from '../../src/cli/log-follower.ts';

describe('what was added to a log', () => {
  it.each([
    ['a\nb\n', 'a\nb\nc\n', 'c\n'],
    ['a\nb\n', 'a\nb\n', ''],
    ['a\nb\n', 'b\nc\n', null],
    ['same\nx\nsame\n', 'same\nx\nsame\nnew\nsame\n', 'new\nsame\n'],
    ['', 'a\n', 'a\n'],
    ['of one instance\n', 'of another\n', null],
  ])('to %j in %j is %j', (earlier, later, added) => {
    expect(addedTo(earlier, later)).toBe(added);
  });

  it('is found when the beginning was cut away meanwhile', () => {
    const line = (place: number): string => `line ${place}\n`;
    const lines = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, place) => line(from + place)).join('');
    expect(addedTo(lines(0, 1000), lines(500, 1003))).toBe(lines(1000, 1003));
  });
});
