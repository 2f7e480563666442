import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../../src/api/http/json-fault.ts';

describe('a key that an object names twice', () => {
  it.each([
    ['{"kind":"savepoint","kind":"kill","force":true}', 21, 'kind', 'kind'],
    ['{"kind":"savepoint","\\u006bind":"kill"}', 21, 'kind', 'kind'],
    ['{"set":{"a":1,"b":[{},{"c":1,"c":2}]}}', 30, 'c', 'set.b.1.c'],
    ['{"":1,"":2}', 7, '', ''],
    ['{"__proto__":1,"__proto__":2}', 16, '__proto__', '__proto__'],
  ])('is found in %s', (text, column, key, path) => {
    expect(jsonFault(text)).toEqual({ line: 1, column, repeated: { key, path } });
  });

  it('is another one in another object', () => {
    expect(jsonFault('{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}')).toBeNull();
  });
});

it('finds a fault exactly in what JSON.parse refuses', () => {
  const pieces = ['{', '}', '[', ']', ',', ':', '"a"', '"b"', '1', '-0.5e3', '01', 'true', 'nul', ' ', '\n', '"', '\\'];
  const near = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(near, fc.json(), fc.string()), (text) => {
      const fault = jsonFault(text);
      if (fault?.repeated) return;
      expect(fault === null).toBe(isJson(text));
    }),
    { numRuns: 2_000 },
  );
});

it('reads any depth and width without recursion', () => {
  const deep = 100_000;
  expect(jsonFault('['.repeat(deep) + ']'.repeat(deep))).toBeNull();
  expect(jsonFault('{"a":'.repeat(100_000))).toMatchObject({ repeated: null });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
