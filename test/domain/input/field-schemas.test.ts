/** Seen to fail: a bound excluded; a number without its unit taken; spaces at the end taken. */
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { duration, lowerCaseName, memory, text, wholeNumber } from '../../../src/domain/input/field-schemas.ts';

const problemOf = (schema: z.ZodType, value: unknown): string | null =>
  schema.safeParse(value).error?.issues[0]?.message ?? null;

describe('a field', () => {
  test.each<readonly [string, z.ZodType, readonly unknown[], readonly (readonly [unknown, string])[]]>([
    [
      'of text',
      text(5),
      ['a', 'a b', 'ä😀'],
      [
        ['', 'must not be empty'],
        ['123456', 'must be at most 5 characters'],
        ['a ', 'must not begin or end with spaces'],
        ['a\u200bb', 'must not contain control or invisible characters'],
        [1, 'must be a string'],
      ],
    ],
    [
      'with a name',
      lowerCaseName('an environment'),
      ['a', 'dev-1', 'x'.repeat(63)],
      [
        ['Dev', 'must be an environment: lower-case letters'],
        ['-a', 'must be an environment'],
        ['x'.repeat(64), 'must be an environment'],
      ],
    ],
    [
      'with a whole number',
      wholeNumber(1, 3),
      [1, 3],
      [
        [0, 'must be a positive whole number'],
        [4, 'must be at most 3'],
        [1.5, 'must be a positive whole number'],
      ],
    ],
    [
      'with a duration',
      duration('10s', '1h'),
      ['10s', '1h', '90 sec'],
      [
        ['9s', 'must be a duration from 10s to 1h'],
        ['61m', 'must be a duration from 10s to 1h'],
        ['60', 'must be a duration such as 30s, 5m or 1h'],
        [60, 'must be a duration such as 30s, 5m or 1h'],
      ],
    ],
    [
      'with a memory size',
      memory,
      ['256m', '1024g', '2 gb'],
      [
        ['255m', 'must be a memory size from 256m to 1024g'],
        ['1025g', 'must be a memory size from 256m to 1024g'],
        ['1073741824', 'must be a memory size such as 1600m or 4g'],
      ],
    ],
  ])('%s takes what fits and says what it must be', (_what, schema, good, bad) => {
    for (const value of good) expect(problemOf(schema, value), String(value)).toBeNull();
    for (const [value, problem] of bad) expect(problemOf(schema, value), String(value)).toContain(problem);
  });
});
