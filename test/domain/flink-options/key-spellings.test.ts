/** Seen to fail: the first spelling of every key taken for the key itself; versions compared as texts; 1.20 taken for an old one. */
import { expect, test } from 'vitest';
import { hasName, nameIn, preferredKey, spellingsOf } from '../../../src/domain/flink-options/key-spellings.ts';

test.each([
  ['state.checkpoints.dir', 'execution.checkpointing.dir'],
  ['state.backend', 'state.backend.type'],
  ['recovery.mode', 'high-availability.type'],
  ['state.backend.type', 'state.backend.type'],
  ['parallelism.default', 'parallelism.default'],
])('Flink prefers for %s the name %s', (key, expected) => expect(preferredKey(key)).toBe(expected));

test('all spellings of an option have the same spellings, the preferred one first', () => {
  const names = spellingsOf('state.savepoints.dir');
  expect(names).toHaveLength(3);
  for (const name of names) expect(spellingsOf(name)).toEqual([preferredKey(name), ...names.slice(1)]);
  expect(spellingsOf('my.own')).toEqual(['my.own']);
});

test.each([
  ['1.9.3', 'state.savepoints.dir'],
  ['1.19.2', 'state.savepoints.dir'],
  ['1.20.0', 'execution.checkpointing.savepoint-dir'],
  ['1.20', 'execution.checkpointing.savepoint-dir'],
  ['2.0', 'execution.checkpointing.savepoint-dir'],
  ['2.1.0', 'execution.checkpointing.savepoint-dir'],
])('Flink %s knows the folder of savepoints as %s', (version, expected) => {
  const key = 'execution.checkpointing.savepoint-dir';
  expect(nameIn(version, key)).toBe(expected);
  expect(hasName(version, key)).toBe(expected === key);
});
