/** Seen to fail: `valueOf` left out. */
import { expect, test } from 'vitest';
import { PROTOTYPE_KEYS } from '../../../src/domain/input/maps.ts';

test('every member that an object inherits is a key that no map may have', () => {
  expect(Object.getOwnPropertyNames(Object.prototype).filter((key) => !PROTOTYPE_KEYS.has(key))).toEqual([]);
});
