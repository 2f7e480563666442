/** Seen to fail: a list taken for a map. */
import { expect, test } from 'vitest';
import { isMap, PROTOTYPE_KEYS } from '../../../src/domain/input/maps.ts';

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  ['a', false],
  [undefined, false],
])('%j is a map: %s', (value, expected) => expect(isMap(value)).toBe(expected));

test('every member that an object inherits is a key that no map may have', () => {
  expect(Object.getOwnPropertyNames(Object.prototype).filter((key) => !PROTOTYPE_KEYS.has(key))).toEqual([]);
});
