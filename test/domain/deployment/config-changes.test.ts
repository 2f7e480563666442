/** Seen to fail: the value of a secret told; another name of an option taken for another option. */
import { describe, expect, test } from 'vitest';
import { configChanges } from '../../../src/domain/deployment/config-changes.ts';
import type { ConfigEntry } from '../../../src/domain/deployment/effective-config.ts';

const entry = (key: string, value: string, origin: ConfigEntry['origin'] = 'deployment file'): ConfigEntry => ({
  key,
  value,
  origin,
});

describe('changes of the configuration', () => {
  test.each([
    ['a new option', [], [entry('a', '1')], ['a', null, '1', null, 'deployment file']],
    ['one that goes', [entry('a', '1')], [], ['a', '1', null, 'deployment file', null]],
    [
      'another value of another origin',
      [entry('a', '1')],
      [entry('a', '2', 'hotfix')],
      ['a', '1', '2', 'deployment file', 'hotfix'],
    ],
    [
      'the same value of another origin',
      [entry('a', '1', 'platform')],
      [entry('a', '1')],
      ['a', '1', '1', 'platform', 'deployment file'],
    ],
    [
      'another name of the same option',
      [entry('state.backend', 'hashmap')],
      [entry('state.backend.type', 'rocksdb')],
      ['state.backend.type', 'hashmap', 'rocksdb', 'deployment file', 'deployment file'],
    ],
    [
      'a secret, of which only that is told',
      [entry('s3.secret-key', 'one', 'cluster')],
      [entry('s3.secret-key', 'two', 'cluster')],
      ['s3.secret-key', '******', '******', 'cluster', 'cluster'],
    ],
    [
      'what was ours and is set by the file now',
      [entry('a', '1', 'framework')],
      [entry('a', '1')],
      ['a', '1', '1', 'framework', 'deployment file'],
    ],
  ] as const)('tell of %s', (_what, before, after, [key, was, is, originBefore, originAfter]) => {
    expect(configChanges(before, after)).toEqual([{ key, before: was, after: is, originBefore, originAfter }]);
  });

  test('do not tell of what belongs to one start, or stays', () => {
    const before = [entry('yarn.tags', 'epoch-1', 'framework'), entry('a', '1'), entry('old.path', 'x', 'framework')];
    const after = [entry('yarn.tags', 'epoch-2', 'framework'), entry('a', '1')];
    expect(configChanges(before, after)).toEqual([]);
  });
});
