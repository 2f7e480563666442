/**
 * Operations by hour, outcome and kind, of the jobs that the caller may see.
 *
 * Seen to fail: with the jobs of others counted; with a record that cannot be read left out of the answer.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OperationStats } from '../../../src/api/figures-contract.ts';
import { auditKey } from '../../../src/domain/identity/storage-keys.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { firstTokenOf } from '../first-token.ts';
import { recordOf } from '../fake-gateway.ts';
import { startApp, type App } from '../start-app.ts';

const HOUR_MS = 3_600_000;
const thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const hoursAgo = (hours: number): string => new Date(thisHour - hours * HOUR_MS).toISOString();
/** Within that hour. */
const endedAt = (hours: number): string => (hours === 0 ? new Date(thisHour).toISOString() : hoursAgo(hours - 0.5));

const s3 = createFakeS3();
let app: App;
let admin = '';
let viewer = '';

beforeAll(async () => {
  app = await startApp({ access: { anonymous: [], policy: {}, tokens: s3 } });
  admin = await firstTokenOf(s3);
  const request = { name: 'viewer', bindings: [{ role: 'viewer', teams: ['ads'] }] };
  const { text } = await app.post('/api/v1/tokens', request, { authorization: `Bearer ${admin}` });
  viewer = (JSON.parse(text) as { token: string }).token;
  for (const [job, team] of [['clicks', 'ads'] as const, ['orders', 'web'] as const])
    app.gateway.put(job, { state: 'running', ownership: { project: job, team, environment: 'prod' } });
  const ended = [
    ['clicks', 'deploy', 'failed', 30],
    ['clicks', 'deploy', 'succeeded', 3],
    ['clicks', 'savepoint', 'succeeded', 3],
    ['clicks', 'savepoint', 'failed', 1],
    ['orders', 'stop', 'succeeded', 3],
  ] as const;
  for (const [index, [job, kind, outcome, hours]] of ended.entries()) {
    const id = `op-${index}`;
    const record = recordOf({ job, kind, request: { id }, start: false, sender: { door: 'api', actor: 'ann' } });
    const at = endedAt(hours);
    await app.s3.put(auditKey(job, at, id), JSON.stringify({ ...record, outcome, endedAt: at }));
  }
  await app.s3.put(auditKey('clicks', endedAt(2), 'broken'), 'no JSON');
});
afterAll(async () => await app.stop());

const stats = async (token: string, query = ''): Promise<OperationStats> => {
  const headers = { authorization: `Bearer ${token}` };
  return JSON.parse((await app.send(`/api/v1/stats/operations${query}`, { headers })).text) as OperationStats;
};

it('counts the last 24 hours, hour by hour', async () => {
  const { total, outcomes, kinds, hours, uncounted } = await stats(viewer);
  expect({ total, outcomes, kinds, uncounted }).toEqual({
    total: 3,
    outcomes: { succeeded: 2, failed: 1 },
    kinds: { deploy: 1, savepoint: 2 },
    uncounted: 1, // the record that cannot be read
  });
  expect(hours.length).toBe(25);
  expect(hours.filter((hour) => hour.total > 0)).toEqual([
    { at: hoursAgo(3), total: 2, outcomes: { succeeded: 2 }, kinds: { deploy: 1, savepoint: 1 } },
    { at: hoursAgo(1), total: 1, outcomes: { failed: 1 }, kinds: { savepoint: 1 } },
  ]);
});

it('counts what each caller may see, since when it asks', async () => {
  expect((await stats(admin)).total).toBe(4);
  const { total, hours } = await stats(admin, `?since=${hoursAgo(30)}`);
  expect([total, hours[0]?.at]).toEqual([5, hoursAgo(30)]);
  expect((await stats(admin, `?since=${hoursAgo(0)}`)).total).toBe(0);
});

it('looks back a month at most', async () => {
  const { status, body } = await app.send(`/api/v1/stats/operations?since=${hoursAgo(32 * 24)}`, {
    headers: { authorization: `Bearer ${admin}` },
  });
  expect([status, body.detail]).toEqual([422, 'since: must be within the last 31 days']);
});
