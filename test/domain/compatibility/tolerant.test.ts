/**
 * Reading what other releases wrote. Seen to fail: `asWritten` that writes an unknown word over a member that was changed
 * since; `inheriting` by position in a list.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openEnum } from '../../../src/domain/compatibility/open-enum.ts';
import { READER, refusalOf } from '../../../src/domain/compatibility/reader.ts';
import { asWritten, inheriting, readTolerantly } from '../../../src/domain/compatibility/tolerant.ts';

const Part = z.strictObject({ name: z.string(), how: openEnum(['slow', 'fast'], 'slow').nullable().default(null) });
const Whole = z.strictObject({ kind: z.enum(['a', 'b']), parts: z.array(Part) });

function read(raw: unknown): z.output<typeof Whole> {
  const result = readTolerantly(Whole, raw);
  if (!result.ok) throw new Error(result.why);
  return result.value;
}

const newer = {
  kind: 'a',
  more: [1],
  parts: [
    { name: 'one', how: 'sideways', weight: 7 },
    { name: 'two', how: 'fast', weight: 8 },
  ],
};

test('unknown fields and words are overlooked, and written back', () => {
  const whole = read(newer);
  expect(JSON.parse(JSON.stringify(whole))).toEqual({
    kind: 'a',
    parts: [
      { name: 'one', how: 'slow' },
      { name: 'two', how: 'fast' },
    ],
  });
  expect(asWritten(whole)).toEqual(newer);
  expect(newer.parts[0]?.how).toBe('sideways');
});

test('a member that was changed since is written as it is now, and its unknown neighbours stay', () => {
  const whole = read(newer);
  const [one, two] = whole.parts;
  expect(asWritten({ ...whole, parts: [{ ...one, how: 'fast' }, two] })).toEqual({
    ...newer,
    parts: [{ name: 'one', how: 'fast', weight: 7 }, newer.parts[1]],
  });
});

test('a value from elsewhere inherits, entry by entry, also when a list has lost its first', () => {
  const whole = read(newer);
  const elsewhere = { kind: 'b', parts: [{ name: 'two', how: 'fast' }] };
  expect(asWritten(inheriting(elsewhere, whole))).toEqual({ kind: 'b', more: [1], parts: [newer.parts[1]] });
});

test('an unknown word of a closed enum is refused with its path', () => {
  expect(() => read({ ...newer, kind: 'c' })).toThrow('kind: ');
});

test.each([
  [undefined, null],
  [READER, null],
  [READER + 1, 'update this Sluice'],
  ['1', 'no number'],
  [null, 'no number'],
])('a minReader of %j is refused as %j', (minReader, why) => {
  const refusal = refusalOf(minReader === undefined ? {} : { minReader });
  expect(refusal).toEqual(why === null ? null : expect.stringContaining(why));
});

test('what this Sluice writes names its readers only where older ones would misread it', () => {
  expect(asWritten({ a: 1 })).toEqual({ a: 1 });
  expect(asWritten({ a: 1 }, 2)).toEqual({ a: 1, minReader: 2 });
});

test('a minReader that known facts explain goes with them, and any other stays', () => {
  const Shipping = z.strictObject({ shipped: z.string().nullable() });
  const rewritten = (raw: unknown): unknown => {
    const result = readTolerantly(Shipping, raw);
    return result.ok ? asWritten({ ...result.value, shipped: null }) : result.why;
  };
  expect(rewritten({ shipped: 'abc', minReader: 2 })).toEqual({ shipped: null });
  expect(rewritten({ shipped: null, minReader: 2 })).toEqual({ shipped: null, minReader: 2 });
  expect(rewritten({ shipped: 'abc', minReader: 3 })).toEqual({ shipped: null, minReader: 3 });
});
