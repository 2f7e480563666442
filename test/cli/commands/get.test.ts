import { parse } from 'yaml';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deployment } from '../../support/deployment.ts';
import { sluice } from '../run.ts';
import { startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

const name = { job: 'clicks-dev', deployment: 7, release: 'clicks/1.0.0', sha256: 'a' };

it('prints the deployment file of the newest deployment as it was released', async () => {
  api.on('GET', '/jobs/clicks-dev/deployments', {
    status: 200,
    body: { items: [{ ...deployment, number: 7 }], nextCursor: null },
  });
  api.on('GET', '/jobs/clicks-dev/deployments/7/file', { status: 200, body: { ...name, text: 'name: clicks-dev\n' } });
  for (const format of [[], ['-o', 'yaml']])
    expect((await sluice(['get', 'clicks-dev', ...format], { api: api.url })).stdout).toBe('name: clicks-dev\n');
  expect((await sluice(['jobs', '-o', 'yaml'], { api: api.url })).exit).toBe(2);
});

it('prints the effective configuration as YAML, each option with its origin', async () => {
  const entries = [
    { key: 'parallelism.default', value: '2', origin: 'hotfix' },
    { key: 'env.java.opts', value: '-Da="b: c"', origin: 'platform' },
  ];
  api.on('GET', '/jobs/clicks-dev/deployments/3/configuration', { status: 200, body: { ...name, entries } });
  const asked = ['get', 'clicks-dev', '--configuration', '--deployment', '3'];
  const { stdout } = await sluice(asked, { api: api.url });
  expect(stdout).toContain('  # hotfix');
  expect(parse(stdout)).toEqual({ 'parallelism.default': '2', 'env.java.opts': '-Da="b: c"' });
  const json = await sluice([...asked, '-o', 'json'], { api: api.url });
  expect(JSON.parse(json.stdout)).toEqual({ ...name, entries });
});

it('says so when nothing was ever started', async () => {
  api.on('GET', '/jobs/clicks-dev/deployments', { status: 200, body: { items: [], nextCursor: null } });
  const { exit, stderr } = await sluice(['get', 'clicks-dev'], { api: api.url });
  expect([exit, stderr]).toEqual([1, expect.stringContaining('Nothing of clicks-dev was started')]);
});
