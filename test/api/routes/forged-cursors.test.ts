/**
 * Cursors are no secret: anybody can write one of any list. Each is refused or leads to some page, and none is an error.
 *
 * Seen to fail: the history of a job answered 500 for a time that is the first that JavaScript knows.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type App } from '../start-app.ts';

const JOB = 'clicks-dev';
const lists = [
  '/jobs',
  '/operations',
  '/releases',
  '/audit',
  ...at('operations', 'deployments', 'restore-points', 'logs'),
];
const texts = ['', '\0', 'x', '-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00Z', '9999-12-31T23:59:59.999Z x', '😀'];

function at(...names: readonly string[]): string[] {
  return names.map((name) => `/jobs/${JOB}/${name}`);
}

let app: App;
beforeAll(async () => {
  app = await startApp();
  app.gateway.put(JOB, { state: 'stopped' });
});
afterAll(async () => await app.stop());

it.each(lists)('%s takes any cursor that names it', async (list) => {
  for (const text of texts) {
    const cursor = Buffer.from(`${list}\n${text}`).toString('base64url');
    const { status } = await app.send(`/api/v1${list}?cursor=${cursor}`);
    expect([text, [200, 422].includes(status)]).toEqual([text, true]);
  }
});

it.each(['/audit', '/audit/export'])('%s takes no time that would sort elsewhere', async (list) => {
  for (const time of ['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+23:59'])
    expect((await app.send(`/api/v1${list}?since=${encodeURIComponent(time)}`)).status).toBe(422);
  expect((await app.send(`/api/v1${list}?since=9999-12-31T23:59:59Z`)).status).toBe(200);
});
