/**
 * Options of platform and cluster are checked with those of the file, and what ran before is started again.
 *
 * Seen to fail: with the file's own options alone, an interval of the platform is missed.
 */
import { describe, expect, test } from 'vitest';
import type { Cluster, Dependencies } from '../../../src/activities/dependencies/dependencies.ts';
import { checkConfiguration } from '../../../src/activities/check/check-configuration.ts';
import type { Source } from '../../../src/activities/check/check-release.ts';
import { parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import { smallFile } from '../../domain/deployment-file/examples.ts';

interface Layers {
  readonly platform?: Readonly<Record<string, string>>;
  readonly cluster?: Readonly<Record<string, string>>;
  readonly lines?: string;
  readonly ranBefore?: boolean;
}

function check({ platform = {}, cluster = {}, lines = '', ranBefore = false }: Layers) {
  const parsed = parseDeploymentFile(`${smallFile}${lines}`);
  if (!parsed.ok) throw new Error(parsed.errors[0]?.message);
  const source = { declared: parsed.file, file: parsed.file, plan: { hotfix: null }, ranBefore };
  return checkConfiguration(
    { flinkConfig: platform } as Dependencies,
    { flinkConfig: cluster } as Cluster,
    source as Source, // only what the check reads
  );
}

const interval = { 'execution.checkpointing.interval': '10min' };

test('a verification has the time that the interval of the platform or the cluster needs', () => {
  expect(check({}).facts.deadlines.verify).toBe(180_000);
  expect(check({ platform: interval }).facts).toMatchObject({ checkpointing: true, deadlines: { verify: 1_200_000 } });
  expect(check({ cluster: interval }).facts.maxCheckpointAge).toBe(1_200_000);
});

test('a start of a job without checkpoints is warned about, unless platform or cluster set an interval', () => {
  expect(check({}).warnings).toEqual([expect.stringContaining('no checkpoint interval is declared')]);
  expect(check({ platform: interval }).warnings).toEqual([]);
});

describe('a start is refused', () => {
  test.each<readonly [string, Layers, string]>([
    [
      'whose written time is too short',
      { platform: interval, lines: 'upgrade: {verify: {timeout: 3m}}\n' },
      'upgrade.verify.timeout must be at least 11m',
    ],
    [
      'whose savepoint may outlast its time',
      { cluster: { 'execution.checkpointing.timeout': '30min' } },
      'upgrade.timeouts.savepoint must be at least 31m',
    ],
    [
      'with a value that Flink cannot read',
      { cluster: { 'state.backend.type': 'rocksbd' } },
      'state.backend.type (cluster) must be one of',
    ],
    [
      'whose TaskManagers the cluster leaves no memory',
      { cluster: { 'taskmanager.memory.managed.size': '4g' } },
      'taskManager.memory has',
    ],
  ])('%s', (_, layers, says) => {
    expect(() => check(layers)).toThrow(says);
    expect(check({ ...layers, ranBefore: true }).warnings[0]).toContain(says);
  });
});
