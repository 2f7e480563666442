import { afterEach, beforeEach, expect, it } from 'vitest';
import { deployment } from '../../support/deployment.ts';
import { sluice } from '../run.ts';
import { startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

const AT = '2026-01-01T00:00:00.000Z';

it('lists number, release, times, end, hotfix and restore point; as JSON what the API says', async () => {
  const hotfix = {
    set: { 'taskManager.memory': '4g' },
    unset: [],
    declared: {},
    actor: 'alice',
    reason: null,
    at: AT,
    operationId: 'h',
    expiresAt: AT,
    onExpiry: 'remind',
  };
  const items = [
    { ...deployment, number: 3, hotfix, runningAt: AT, restorePoint: { path: 's3://b/sp-1' } },
    { ...deployment, number: 2, ended: { at: AT, how: 'failed', savepoint: null } },
  ];
  const page = { items, nextCursor: 'next' };
  api.on('GET', '/jobs/clicks-dev/deployments', { status: 200, body: page });
  const { stdout, stderr } = await sluice(['deployments', 'clicks-dev'], { api: api.url });
  const [, newest, before] = stdout.split('\n');
  expect(newest).toMatch(
    /^3 +clicks\/1\.0\.0 +2026-01-01 00:00:00Z +- +not ended +of alice \(taskManager\.memory\) +op +s3:\/\/b\/sp-1$/,
  );
  expect(before).toMatch(/^2 .* failed, not seen running +- +op +no state$/);
  expect(stderr).toContain('--cursor next');
  const json = await sluice(['deployments', 'clicks-dev', '-o', 'json'], { api: api.url });
  expect(JSON.parse(json.stdout)).toEqual(page);
});
