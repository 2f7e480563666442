import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sluice } from './run.ts';
import { startStubApi, type StubApi } from './stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

describe('the program', () => {
  it('runs from bin, and prints its version', () => {
    const ran = spawnSync(process.execPath, ['bin/sluice.mjs', '--version'], { encoding: 'utf8' });
    expect([ran.status, ran.stdout]).toEqual([0, '0.1.0\n']);
  });

  it('tells the exit codes in its help', async () => {
    const { exit, stdout } = await sluice(['--help']);
    expect(exit).toBe(0);
    expect(stdout).toContain('6 outcome unknown');
  });

  it.each([
    [['frobnicate', '-o', 'json']],
    [['jobs', '--nonsense', '--output=json']],
    [['cancel', '-o', 'json']],
    [['deploy', 'clicks-dev', '-o', 'json']],
  ])('tells programs of wrong use, such as %j, in JSON', async (args) => {
    const { exit, stdout } = await sluice(args, { api: api.url });
    expect(exit).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'InvalidRequest', detail: expect.any(String) as string });
  });

  it.each([
    [['deploy', 'clicks-dev']],
    [['deploy']],
    [['frobnicate']],
    [['jobs', '--limit', '0']],
    [['jobs', '--nonsense']],
    [['kill', 'a', '--timeout', '5']],
    [['deploy', 'a', '--release', 'b/1', '--stop-with', 'luck']],
    [['deploy', 'a', '--release', 'b/1', '--from', 'fresh', '-s', 's3://b/c']],
    [['jobs', '-o', 'xml']],
    [['validate', '/no/such/file.yaml']],
    [['rollback', 'clicks-dev', '--to', '0']],
    [['rollback', 'clicks-dev', '--to', 'last']],
    [['restart', 'clicks-dev', '--from', 'fresh', '-s', 's3://b/c']],
    [['restart', 'clicks-dev', '--stop-with', 'luck']],
    [['cancel']],
    [['logs', 'clicks-dev', '--tail', '1048577']],
    [[]],
  ])('ends wrong use, such as %j, with 2', async (args) => {
    const { exit, stderr } = await sluice(args, { api: api.url });
    expect(exit).toBe(2);
    expect(stderr).not.toBe('');
    expect(api.asked).toHaveLength(0);
  });

  it('ends wrong use with 2 with JSON too', async () => {
    expect((await sluice(['logs', 'clicks-dev', '-f', '-o', 'json'], { api: api.url })).exit).toBe(2);
    expect(api.asked).toHaveLength(0);
  });
});
