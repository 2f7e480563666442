/** Seen to fail: dots side by side taken in a version; a changed checkout described by its commit alone. */
import { expect, test } from 'vitest';
import { parseReleaseName, ReleaseName, versionOf } from '../../../src/domain/release/release.ts';

test.each([
  ['clicks/1.4.2', { project: 'clicks', version: '1.4.2' }],
  ['a/1+x_y-z', { project: 'a', version: '1+x_y-z' }],
  ['clicks', null],
  ['clicks/', null],
  ['/1', null],
  ['Clicks/1', null],
  ['clicks/1..2', null],
  ['clicks/a/b', null],
])('%s is read as %j', (name, expected) => {
  expect(parseReleaseName(name)).toEqual(expected);
  expect(ReleaseName.safeParse(name).data).toBe(expected === null ? undefined : name);
});

test('a clean checkout is described by its commit, a changed one by its content too', () => {
  const commit = '0123456789abcdef';
  expect(versionOf({ commit, isDirty: false })).toBe('0123456789ab');
  const version = versionOf({ commit, isDirty: true });
  expect(typeof version === 'string' ? version : version('f'.repeat(64))).toBe('0123456789ab-dirty-ffffffff');
});
