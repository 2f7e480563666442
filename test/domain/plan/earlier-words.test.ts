/** Seen to fail: with the plan of an earlier worker passed on as it is; with `whyRestarted: null` for a plan that is rescaled. */
import { expect, test } from 'vitest';
import { inBothWords, inTodaysWords } from '../../../src/domain/plan/earlier-words.ts';

test.each([
  [{ how: 'rescaled', why: null } as const, { how: 'rescaled' }],
  [
    { how: 'restarted', why: 'another value changes' } as const,
    { how: 'restarted', whyRestarted: 'another value changes' },
  ],
])('a plan says %j by both words, also when an earlier worker has made it', (way, today) => {
  expect(inBothWords(way)).toEqual({ ...today, way });
  expect(inTodaysWords({ way })).toEqual({ ...today, way });
});

test('a plan of another operation says neither', () => expect(inTodaysWords({})).toEqual({}));
