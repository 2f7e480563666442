/** Records say which readers would misread them. Seen to fail: without the facts, `minReader` is in no record. */
import { expect, test } from 'vitest';
import { minReaderOf, READER } from '../../../src/domain/compatibility/reader.ts';

test.each([
  ['deployment', { shipped: null }, 1],
  ['deployment', { shipped: 'abc' }, 2],
  ['memory', { current: { shipped: null }, previous: { shipped: 'abc' } }, 2],
  ['adoption', { deployment: { shipped: 'abc' } }, 2],
  ['release', { files: [{ kind: 'jar', sha256: 'abc' }] }, 1],
  [
    'release',
    {
      files: [
        { kind: 'jar', sha256: 'abc' },
        { kind: 'file', sha256: 'abc' },
      ],
    },
    2,
  ],
  ['fence', { starts: [{ startKey: 'a/1' }, { startKey: 'b/1', standsBy: true }] }, 3],
  ['retiredRelease', { release: { files: [{ kind: 'file', sha256: 'abc' }] } }, 2],
] as const)('a %s with %j is for readers from %i on', (kind, value, reader) => {
  expect(minReaderOf(kind, value)).toBe(reader);
  expect(READER).toBeGreaterThanOrEqual(reader);
});
