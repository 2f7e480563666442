/**
 * Every route of the OpenAPI document, with each role, about an own, a foreign and an unknown job. A route that the table
 * of `needed-roles.ts` does not have fails, and so does one that another role may use.
 *
 * Seen to fail: with the permission of the logs given to viewers; with a route without a row; with the gate that decides
 * by the path left out.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { includes, roles, type Role } from '../../../src/domain/access/permissions.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { firstTokenOf } from '../first-token.ts';
import { startApp, type App } from '../start-app.ts';
import { neededRoles } from './needed-roles.ts';

const OWN = 'clicks-prod';
const FOREIGN = 'orders-prod';
const UNKNOWN = 'nothing-prod';

/** Bodies that get past the schema, where the gate looks at what is asked. */
const bodies: Readonly<Record<string, string>> = {
  'POST /jobs/{job}/operations': '{"kind": "savepoint"}',
  'POST /jobs/{job}/plan': '{"kind": "savepoint"}',
};

const s3 = createFakeS3();
const tokens = new Map<Role, string>();
let app: App;
let routes: string[] = [];

beforeAll(async () => {
  app = await startApp({ access: { anonymous: [], policy: {}, tokens: s3 } });
  app.gateway.put(OWN, { state: 'running', ownership: { project: 'clicks', team: 'ads', environment: 'prod' } });
  app.gateway.put(FOREIGN, { state: 'running', ownership: { project: 'orders', team: 'web', environment: 'prod' } });
  const admin = { authorization: `Bearer ${await firstTokenOf(s3)}` };
  for (const role of roles) {
    const request = { name: role, bindings: [{ role, teams: ['ads'] }] };
    const { text } = await app.post('/api/v1/tokens', request, admin);
    tokens.set(role, (JSON.parse(text) as { token: string }).token);
  }
  const { paths } = JSON.parse((await app.send('/openapi.json')).text) as { paths: Record<string, object> };
  routes = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path.replace(/^\/api\/v1/, '')}`),
  );
});
afterAll(async () => await app.stop());

const placeOf = (path: string, job: string): string =>
  path
    .replace('{job}', job)
    .replace('{number}', '1')
    .replace('{flinkJob}', 'f'.repeat(32))
    .replace(/\{\w+\}/g, 'one');

/** The status of an answer, without its body: some answers are streams. */
async function statusOf(named: string, job: string, token: string): Promise<number> {
  const [method = '', path = ''] = named.split(' ');
  const place = placeOf(path, job);
  const { status, body } = await fetch(`${app.url}/api/v1${place}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: bodies[named] ?? '{}' } : {}),
  });
  await body?.cancel();
  return status;
}

it('the table has every route, and no other', () => {
  expect([...routes].sort()).toEqual(Object.keys(neededRoles).sort());
});

describe.each(roles)('a %s of one team', (role) => {
  it.each(Object.entries(neededRoles))('%s takes %s', async (named, needed) => {
    const token = tokens.get(role) ?? '';
    const isAllowed = needed === 'public' || needed === 'known' || (needed !== 'whole' && includes(role, needed));
    const own = await statusOf(named, OWN, token);
    expect([named, own === 403]).toEqual([named, !isAllowed]);
    expect([named, own === 401, own >= 500]).toEqual([named, false, false]);
    if (!named.includes('{job}')) return;
    expect(await statusOf(named, FOREIGN, token)).toBe(403);
    expect(await statusOf(named, UNKNOWN, token)).toBe(403);
  });
});

it('whoever shows no token is told so by every route that is not public', async () => {
  for (const [named, needed] of Object.entries(neededRoles)) {
    const [method = '', path = ''] = named.split(' ');
    const place = placeOf(path, OWN);
    const sent = {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: '{}' } : {}),
    };
    const { status, body } = await fetch(`${app.url}/api/v1${place}`, sent);
    await body?.cancel();
    expect([named, status === 401]).toEqual([named, needed !== 'public']);
  }
});
