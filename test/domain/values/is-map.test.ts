/** Seen to fail: a list taken for a map. */
import { expect, test } from 'vitest';
import { isMap } from '../../../src/domain/values/is-map.ts';

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  ['a', false],
  [undefined, false],
])('%j is a map: %s', (value, expected) => expect(isMap(value)).toBe(expected));
