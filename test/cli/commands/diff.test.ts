import { afterEach, beforeEach, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

const same = <T>(value: T) => ({ before: value, after: value });
const diff = {
  job: 'clicks-dev',
  from: 7,
  to: 12,
  release: { before: 'clicks/1.0.0', after: 'clicks/1.1.0' },
  gitCommit: same(null),
  file: { before: 'a', after: 'b', diff: '--- a\n+++ b\n-parallelism: 1\n+parallelism: 2\n' },
  configuration: [
    {
      key: 'parallelism.default',
      before: '1',
      after: '2',
      originBefore: 'deployment file',
      originAfter: 'deployment file',
    },
  ],
  configurationLeftOut: 0,
  jar: { before: null, after: null, changed: false },
  shipped: [],
  hotfix: { before: null, after: null, lines: [], expiresAt: null },
  cluster: same('yarn-a'),
  launcher: same('direct'),
  flinkVersion: same('1.20.1'),
  parallelism: { before: 1, after: 2 },
};

it('shows what changed from one deployment to another; as JSON what the API says', async () => {
  api.on('GET', '/jobs/clicks-dev/diff', { status: 200, body: diff });
  const { stdout } = await sluice(['diff', 'clicks-dev', '7', '12'], { api: api.url });
  expect(stdout).toContain('clicks-dev: deployment 7 → 12');
  expect(stdout).toContain('clicks/1.0.0 → clicks/1.1.0');
  expect(stdout).toContain('+parallelism: 2');
  expect(stdout).toContain('+ parallelism.default: 2  (deployment file)');
  expect(api.asked.at(-1)?.query).toBe('?from=7&to=12');
  const json = await sluice(['diff', 'clicks-dev', '-o', 'json'], { api: api.url });
  expect(JSON.parse(json.stdout)).toEqual(diff);
});
