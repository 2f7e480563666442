import { expect, it } from 'vitest';
import { matches } from '../../../src/domain/values/name-pattern.ts';

it.each<[string, string, boolean]>([
  ['clicks', 'clicks', true],
  ['clicks', 'clicks-prod', false],
  ['*', 'anything', true],
  ['clicks-*', 'clicks-', true],
  ['*-prod', 'clicks-prod', true],
  ['c*s-*d', 'clicks-prod', true],
  ['a*a', 'a', false],
  ['*a*a*a*a*a*a*a*b', 'a'.repeat(60), false],
])('the pattern %s on %s: %s', (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});
