import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import type { ActiveHotfix } from '../../../src/domain/hotfix/hotfix.ts';
import { deployment } from '../../support/deployment.ts';
import { sluice } from '../run.ts';
import { ended, operation, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

const AT = '2026-01-01T00:00:00.000Z';
const hotfix: ActiveHotfix = {
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
const one = (number: number, release: string, more: Partial<Deployment> = {}): Deployment => ({
  ...deployment,
  number,
  release,
  verifiedAt: AT,
  ...more,
});
const current = one(4, 'clicks/1.1.0');
const deployments = [
  current,
  one(3, 'clicks/1.1.0', { hotfix }),
  one(2, 'clicks/1.0.0', { hotfix }),
  one(1, 'clicks/1.0.0'),
];
const backTo = {
  deployment: 2,
  release: 'clicks/1.0.0',
  hotfix: null,
  leftOut: 'the hotfix of alice (taskManager.memory)',
};

function answers(): void {
  api.on('GET', '/jobs/clicks-dev', { status: 200, body: { deployment: current } });
  api.on('GET', '/jobs/clicks-dev/deployments', { status: 200, body: { items: deployments, nextCursor: null } });
  api.on('POST', '/jobs/clicks-dev/operations', { status: 202, body: { operation: operation({ kind: 'rollback' }) } });
  api.on('GET', '/jobs/clicks-dev/operations/op-1', {
    status: 200,
    body: ended('succeeded', { kind: 'rollback', backTo }),
  });
}

it('says to what it goes before it goes, and the end names it', async () => {
  answers();
  const { exit, stdout, stderr } = await sluice(['rollback', 'clicks-dev'], { api: api.url });
  expect(exit).toBe(0);
  const target = 'deployment 2, clicks/1.0.0 without a hotfix; the hotfix of alice (taskManager.memory) stays reverted';
  expect(stderr).toContain(`clicks-dev goes back to ${target}`);
  expect(stdout).toContain(`back to ${target}`);
  expect(api.asked.findIndex(({ method }) => method === 'POST')).toBe(2);
});

it('by number names the hotfix that comes back', async () => {
  answers();
  const { stderr } = await sluice(['rollback', 'clicks-dev', '--to', '3', '--no-wait'], { api: api.url });
  expect(stderr).toContain('goes back to deployment 3, clicks/1.1.0 with the hotfix of alice (taskManager.memory)');
});

it('goes even when its target cannot be told', async () => {
  api.on('POST', '/jobs/clicks-dev/operations', { status: 202, body: { operation: operation() } });
  expect((await sluice(['rollback', 'clicks-dev', '--no-wait'], { api: api.url })).exit).toBe(0);
});
