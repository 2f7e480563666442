/** Seen to fail: the first spelling of every key taken for the key itself. */
import { expect, test } from 'vitest';
import { preferredKey, spellingsOf } from '../../../src/domain/flink-options/key-spellings.ts';

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
