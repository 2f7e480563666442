import { afterEach, beforeEach, expect, it } from 'vitest';
import { sluice } from '../run.ts';
import { operation, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

it('kill asks a person first', async () => {
  api.on('POST', '/jobs/clicks-dev/operations', { status: 202, body: { operation: operation() } });
  const no = await sluice(['kill', 'clicks-dev', '--no-wait'], { api: api.url, answer: 'n' });
  expect([no.exit, api.asked.length]).toEqual([2, 0]);
  const yes = await sluice(['kill', 'clicks-dev', '--no-wait'], { api: api.url, answer: 'yes' });
  expect([yes.exit, api.asked.length]).toEqual([0, 1]);
  const told = await sluice(['kill', 'clicks-dev', '--no-wait', '--yes'], { api: api.url, answer: 'n' });
  expect([told.exit, api.asked.length]).toEqual([0, 2]);
});
