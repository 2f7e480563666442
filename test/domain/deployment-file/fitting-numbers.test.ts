/** Seen to fail: with 3 min for every verification; with the interval alone, without min-pause or timeout. */
import { describe, expect, test } from 'vitest';
import { fittingTimes, misfitsOf } from '../../../src/domain/deployment-file/fitting-numbers.ts';
import { parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import type { DeploymentFile } from '../../../src/domain/deployment-file/deployment-file.ts';
import { smallFile } from './examples.ts';

function fileWith(lines = ''): DeploymentFile {
  const parsed = parseDeploymentFile(`${smallFile}${lines}`);
  if (!parsed.ok) throw new Error(parsed.errors[0]?.message);
  return parsed.file;
}

const minutes = (count: number) => count * 60_000;

describe('times that are not written follow from the configuration', () => {
  test.each([
    ['no checkpoints', {}, '', minutes(3), minutes(5)],
    ['a short interval', { 'execution.checkpointing.interval': '2s' }, '', minutes(10) + 2_000, minutes(5)],
    ['a long interval', { 'execution.checkpointing.interval': '10min' }, '', minutes(20), minutes(20)],
    [
      'a pause longer than the interval',
      { 'execution.checkpointing.interval': '1min', 'execution.checkpointing.min-pause': '30min' },
      '',
      minutes(40),
      minutes(60),
    ],
    [
      'three checkpoints',
      { 'execution.checkpointing.interval': '600000', 'execution.checkpointing.timeout': '1min' },
      'upgrade: {verify: {checkpoints: 3}}\n',
      minutes(31),
      minutes(20),
    ],
    [
      'a run without a restart',
      { 'execution.checkpointing.interval': '2s', 'execution.checkpointing.timeout': '1min' },
      'upgrade: {verify: {stableFor: 30m}}\n',
      minutes(33),
      minutes(5),
    ],
    [
      'a run without a restart, without checkpoints',
      {},
      'upgrade: {verify: {stableFor: 30m}}\n',
      minutes(33),
      minutes(5),
    ],
    [
      'written times',
      { 'execution.checkpointing.interval': '2s' },
      'upgrade: {maxCheckpointAge: 1m, verify: {timeout: 30s}}\n',
      30_000,
      minutes(1),
    ],
    ['a written time too short for a quiet run', {}, 'upgrade: {verify: {timeout: 30s}}\n', minutes(2), minutes(5)],
  ])('%s', (_, config, lines, verify, maxCheckpointAge) =>
    expect(fittingTimes(fileWith(lines), config)).toEqual({ verify, maxCheckpointAge }),
  );
});

test('options of the platform count as those of the file do', () => {
  const file = fileWith('upgrade: {stopWith: checkpoint, maxCheckpointAge: 5m, verify: {timeout: 3m}}\n');
  const config = { 'execution.checkpointing.interval': '15min', 'heartbeat.timeout': '5s' };
  expect(misfitsOf(file, config).map(({ path }) => path.join('.'))).toEqual([
    'upgrade.verify.timeout',
    'upgrade.maxCheckpointAge',
    'flink.config.heartbeat.timeout',
  ]);
});

test.each([
  ['119s', 'must be at least 2m, because upgrade.verify.stableFor is 1m and begins when every task runs, got "119s"'],
  ['2m', null],
])('a verification of %s must leave room for a run of a minute', (timeout, said) => {
  const parsed = parseDeploymentFile(`${smallFile}upgrade: {verify: {stableFor: 1m, timeout: ${timeout}}}\n`);
  expect(parsed.ok ? null : parsed.errors.map(({ message }) => message)).toEqual(
    said === null ? null : [`upgrade.verify.timeout ${said}`],
  );
});
