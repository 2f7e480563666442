/**
 * The table of rights in the bucket knows every prefix, and gives containers nothing that decides.
 *
 * Seen to fail: without the row of traces; with containers among the writers of staging.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bucketPolicy, bucketPrefixes, bucketRoles } from '../../../src/domain/access/bucket-rights.ts';

test('every prefix of storage-keys.ts has a row, and no row is left over', () => {
  const text = readFileSync(new URL('../../../src/domain/identity/storage-keys.ts', import.meta.url), 'utf8');
  const used = [...text.matchAll(/['`]([a-z][a-z-]*\/)(?=['`$.])/g)].map(([, prefix]) => prefix);
  expect(new Set([...used, 'dist/', 'gates/', 'sluice/'])).toEqual(new Set(bucketPrefixes));
});

/** Patterns of S3: an asterisk stands for any characters, slashes too. */
function allows(role: (typeof bucketRoles)[number], action: string, key: string): boolean {
  const arn = `arn:aws:s3:::b/${key}`;
  const matches = (pattern: string): boolean =>
    new RegExp(`^${pattern.replace(/[.\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(arn);
  return bucketPolicy(role, 'b').Statement.some(
    ({ Action, Resource }) => Action.includes(action) && Resource.some(matches),
  );
}

const decides = [
  'tokens/a.json',
  'fences/clicks.json',
  'gates/clicks.json',
  'operations/clicks/a.json',
  'deployments/clicks/00000001.json',
  'audit/clicks/a.json',
  'adoptions/yarn-a/a.json',
  'traces/clicks/a.json',
  'texts/ab',
  'jars/ab.json',
  'releases/clicks/1.0.0/release.json',
  'dist/flink/lib/flink-dist.jar',
  'sluice/agent/1/plugins/sluice/sluice-agent.jar',
  'staging/clicks/ab/gate',
  'staging/clicks/ab/config.yaml',
  'staging/clicks/ab/launch.json',
  'unheard-of/a',
];

test.each(decides)('containers do not write %s', (key) =>
  expect(allows('containers', 's3:PutObject', key)).toBe(false),
);

test.each(decides.filter((key) => !key.startsWith('staging/')))('containers do not delete %s', (key) =>
  expect(allows('containers', 's3:DeleteObject', key)).toBe(false),
);

test.each([
  'checkpoints/clicks/ab/chk-1/_metadata',
  'savepoints/clicks/a/savepoint-1/_metadata',
  'staging/c/ab/.flink/x/y.jar',
  'signs/yarn-a/clicks.json',
])('containers write %s', (key) => expect(allows('containers', 's3:PutObject', key)).toBe(true));

test('only the API touches tokens, and only the worker writes fences and gates', () => {
  for (const role of bucketRoles) {
    expect([role, allows(role, 's3:GetObject', 'tokens/a.json')]).toEqual([role, role === 'api']);
    for (const key of ['fences/clicks.json', 'gates/clicks.json'])
      expect([role, allows(role, 's3:PutObject', key)]).toEqual([role, role === 'worker']);
  }
});

test('containers read the gate of their job, and Sluice’s part in their JVMs', () => {
  for (const key of ['gates/clicks.json', 'sluice/agent/1/lib/sluice-entry.jar'])
    expect(allows('containers', 's3:GetObject', key)).toBe(true);
});

test('signs are written by containers alone, which delete S3A’s markers of folders, and read by the worker', () => {
  const writers = bucketRoles.filter((role) => allows(role, 's3:PutObject', 'signs/yarn-a/clicks.json'));
  expect(writers).toEqual(['containers']);
  for (const key of ['signs/', 'signs/yarn-a/']) expect(allows('containers', 's3:DeleteObject', key)).toBe(true);
  expect(allows('worker', 's3:GetObject', 'signs/yarn-a/clicks.json')).toBe(true);
  expect(allows('worker', 's3:DeleteObject', 'signs/yarn-a/clicks.json')).toBe(true);
});

test('each policy is within the 6,144 characters that AWS takes', () => {
  for (const role of bucketRoles) expect(JSON.stringify(bucketPolicy(role, 'b'.repeat(63))).length).toBeLessThan(6_144);
});
