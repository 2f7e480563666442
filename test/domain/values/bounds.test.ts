import { expect, test } from 'vitest';
import { excessOf } from '../../../src/domain/values/bounds.ts';

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const bounds = { levels: 3, characters: 20 };

test.each([
  [1, null],
  [null, null],
  ['x'.repeat(20), null],
  ['x'.repeat(21), 'holds more than 20 characters'],
  [nested(3), null],
  [nested(4), 'nests deeper than 3 levels'],
  [{ a: { b: { c: 1 } } }, null],
  [{ a: { b: { c: [] } } }, 'nests deeper than 3 levels'],
  [{ ['k'.repeat(20)]: 1 }, 'holds more than 20 characters'],
  [Array.from({ length: 20 }, () => 0), 'holds more than 20 characters'],
  [new Uint8Array(21), 'holds more than 20 characters'],
])('the excess of a value is told (%#)', (value, excess) => {
  expect(excessOf(value, bounds)).toBe(excess);
});

test('a value of 200,000 levels is measured without recursion', () => {
  const most = { levels: 1_000_000, characters: 1_000_000 };
  expect(excessOf(nested(200_000), most)).toBeNull();
  expect(() => JSON.stringify(nested(200_000))).toThrow(RangeError);
});
