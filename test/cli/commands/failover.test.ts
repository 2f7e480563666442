import { afterEach, beforeEach, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { operation, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => {
  api = await startStubApi();
  api.on('POST', '/jobs/clicks-dev/operations', { status: 202, body: { operation: operation() } });
});
afterEach(async () => await api.close());

it.each([
  [['failover', 'clicks-dev'], { kind: 'failover' }],
  [['failover', 'clicks-dev', '--to', 'yarn-b'], { kind: 'failover', to: 'yarn-b' }],
  [
    ['failover', 'clicks-dev', '--confirm-unfenced', '--reason', 'yarn-a burns'],
    { kind: 'failover', confirmUnfenced: true, reason: 'yarn-a burns' },
  ],
  [['failback', 'clicks-dev'], { kind: 'failback' }],
  [['drill', 'failover', 'clicks-dev', '--to', 'yarn-b'], { kind: 'failover', to: 'yarn-b', drill: true }],
])('%j asks for %j', async (words, body) => {
  expect((await sluice([...words, '--no-wait'], { api: api.url })).exit).toBe(0);
  expect(api.asked.at(-1)?.body).toMatchObject(body);
});

it('a confirmation needs a reason', async () => {
  const { exit, stderr } = await sluice(['failover', 'clicks-dev', '--confirm-unfenced'], { api: api.url });
  expect(exit).toBe(2);
  expect(stderr).toContain('--confirm-unfenced needs --reason');
  expect(api.asked).toEqual([]);
});
