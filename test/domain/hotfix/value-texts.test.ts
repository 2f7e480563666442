import { expect, test } from 'vitest';
import { valueTexts } from '../../../src/domain/hotfix/value-texts.ts';

test('a hotfix in words has each value as YAML has it, and says which paths it takes away', () => {
  const hotfix = {
    set: { 'flink.config.a': 'x', 'job.parallelism': 2, 'job.args': ['--topic', 'clicks'] },
    unset: ['yarn.nodeLabel'],
  };
  expect([...valueTexts(hotfix)]).toEqual([
    ['flink.config.a', 'x'],
    ['job.parallelism', '2'],
    ['job.args', '["--topic","clicks"]'],
    ['yarn.nodeLabel', 'unset'],
  ]);
});
