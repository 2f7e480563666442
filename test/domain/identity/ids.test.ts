/** Seen to fail: a trigger id without the job in it; a start key without its ordinal; dots allowed side by side. */
import { expect, test } from 'vitest';
import { flinkJobIdOf, OperationId, startKeyOf, triggerIdOf } from '../../../src/domain/identity/ids.ts';

test('ids of starts and triggers are 32 hexadecimal digits and never shared', () => {
  const ids = [
    flinkJobIdOf('a', 'op/1', 1),
    flinkJobIdOf('a', 'op/2', 1),
    flinkJobIdOf('a', 'op/1', 2),
    flinkJobIdOf('b', 'op/1', 1),
    triggerIdOf('a', 'op'),
    triggerIdOf('b', 'op'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
});

test('an operation id is safe in a key, a URL and a log line', () => {
  for (const good of ['d1', 'ci-2026.11.23_4', 'A'.repeat(64)])
    expect(OperationId.safeParse(good).success, good).toBe(true);
  for (const bad of ['', '../x', 'a/b', 'a b', 'a\nb', '-a', 'a..b', 'A'.repeat(65), 'ä']) {
    expect(OperationId.safeParse(bad).success, bad).toBe(false);
  }
});

test('the two starts of an operation that rolls back have keys of their own', () => {
  expect([startKeyOf('op', 1), startKeyOf('op', 2)]).toEqual(['op/1', 'op/2']);
});
