/**
 * Callers whom a JWT of the provider, a trusted proxy or a login in a terminal makes known.
 *
 * Seen to fail: without the list of algorithms, the issuer, the audience, the demand for an expiry; with a proxy known by
 * no address, by `X-Forwarded-For`, or by a header that occurs twice.
 */
import { request as plainRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFakeS3 } from '../../fakes/s3.ts';
import { startFakeProvider, type FakeProvider } from '../../fakes/identity-provider.ts';
import type { App } from '../start-app.ts';
import { ADA, logIn, sessionOf, startLoginApp } from './login-world.ts';

const s3 = createFakeS3();
let provider: FakeProvider;
let app: App;

beforeAll(async () => void (provider = await startFakeProvider()));
afterAll(async () => await provider.close());
beforeEach(async () => {
  s3.objects.clear();
  provider.away(false);
  Object.assign(provider.next, { signature: 'right', claims: {} });
  app = await startLoginApp({ provider, s3 });
});
afterEach(async () => await app.stop());

const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });
const session = async (token: string) => {
  const { status, text } = await app.send('/api/v1/session', bearer(token));
  return { status, ...(JSON.parse(text) as { name: string; method: string; csrf: string | null; code?: string }) };
};

describe('a JWT of the provider', () => {
  const CI = { sub: 'ci-clicks', groups: ['ads-streaming'] };

  it('makes a program known, by its subject where it has no name', async () => {
    const token = await provider.tokenFor(CI);
    expect(await session(token)).toMatchObject({ status: 200, name: 'ci-clicks', method: 'jwt', csrf: null });
    expect(app.logged.join()).not.toContain(token);
  });

  it.each([
    ['for a login instead of the API', { aud: 'sluice-console' }],
    ['for another audience', { aud: 'another' }],
    ['of another issuer', { iss: 'http://evil.example' }],
    ['that has expired', { exp: 1_700_000_000 }],
    ['that never expires', { exp: undefined }],
    ['that begins later', { nbf: 4_000_000_000 }],
  ])('%s is refused', async (_what, claims) => {
    Object.assign(provider.next, { claims });
    expect(await session(await provider.tokenFor(CI))).toMatchObject({ status: 401, code: 'Unauthenticated' });
  });

  it.each(['foreign key', 'none', 'HS256 with the public key', 'RS384'])(
    'signed by %s is refused',
    async (signature) => {
      Object.assign(provider.next, { signature });
      expect(await session(await provider.tokenFor(CI))).toMatchObject({ status: 401, code: 'Unauthenticated' });
    },
  );

  it('that nobody can check is no refusal', async () => {
    const token = await provider.tokenFor(CI);
    provider.away();
    expect(await session(token)).toMatchObject({ status: 503, code: 'LoginUnavailable' });
  });

  it('is unknown without an audience in the configuration', async () => {
    const without = await startLoginApp({ provider, s3, takesJwts: false });
    expect((await without.send('/api/v1/session', bearer(await provider.tokenFor(CI)))).status).toBe(401);
    await without.stop();
  });
});

/** Sends headers that may occur twice. */
const whoami = (url: string, headers: Readonly<Record<string, string | string[]>>, localAddress = '127.0.0.1') =>
  new Promise<{ status: number; body: { name: string; method: string; detail: string; bindings: unknown } }>(
    (resolve, reject) => {
      const sent = plainRequest(`${url}/api/v1/session`, { headers, localAddress }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as never })); // read by each test
      });
      sent.on('error', reject).end();
    },
  );

describe('a trusted proxy', () => {
  let behind: App;
  const settings = { addresses: ['127.0.0.2', '10.1.0.0/16'], userHeader: 'x-user', groupsHeader: 'x-groups' };
  const PROXY = '127.0.0.2';
  beforeEach(async () => void (behind = await startLoginApp({ provider, s3, proxy: settings })));
  afterEach(async () => await behind.stop());

  it('makes a person known, with the rights of the groups', async () => {
    const { status, body } = await whoami(behind.url, { 'x-user': 'ada', 'x-groups': 'all, ads-streaming' }, PROXY);
    expect([status, body.name, body.method]).toEqual([200, 'ada', 'proxy']);
    expect(body.bindings).toEqual([{ role: 'operator', teams: ['ads'] }]);
  });

  it.each([
    ['the user', { 'x-user': 'ada' }],
    ['the user in other letters', { 'X-USER': 'ada' }],
    ['the groups', { 'x-groups': 'admins' }],
    ['an empty name', { 'x-user': '' }],
    [
      'an address that it claims',
      { 'x-user': 'ada', 'x-forwarded-for': PROXY, 'x-real-ip': PROXY, forwarded: `for=${PROXY}` },
    ],
  ])('is the only one to send its headers: %s from elsewhere is refused', async (_what, headers) => {
    const { status, body } = await whoami(behind.url, headers);
    expect([status, body.detail]).toEqual([401, expect.stringContaining('the trusted proxy only')]);
  });

  it('that leaves the header of the caller in place makes nobody known', async () => {
    for (const header of ['x-user', 'x-groups']) {
      const { status, body } = await whoami(behind.url, { 'x-user': 'ada', [header]: ['root', 'ada'] }, PROXY);
      expect([status, body.detail]).toEqual([401, expect.stringContaining('occurs twice')]);
    }
  });

  it('changes nothing for a request without its headers, or with a token or session of its own', async () => {
    expect((await whoami(behind.url, {}, PROXY)).status).toBe(401);
    const { cookie } = await logIn(behind, provider);
    expect((await whoami(behind.url, { cookie }, PROXY)).body.method).toBe('session');
    const own = await provider.tokenFor({ sub: 'ci' });
    expect((await whoami(behind.url, { authorization: `Bearer ${own}`, 'x-user': 'ada' }, PROXY)).body.name).toBe('ci');
  });

  it('is none where none is configured: then the header is not looked at', async () => {
    expect((await whoami(app.url, { 'x-user': 'ada' })).status).toBe(401);
  });
});

describe('a login in a terminal', () => {
  const start = async () => (await app.post('/api/v1/login/device', {})).text;
  const poll = (deviceCode: string) => app.post('/api/v1/login/device/token', { deviceCode });

  it('is asked for until the person has answered, and then gives a session that needs no cookie', async () => {
    const { deviceCode, userCode } = JSON.parse(await start()) as { deviceCode: string; userCode: string };
    expect(userCode).toBe('ABCD-EFGH');
    expect((await poll(deviceCode)).status).toBe(202);
    provider.answerDevice(deviceCode, 'slow_down');
    expect((await poll(deviceCode)).text).toBe('{"slowDown":true}');
    provider.answerDevice(deviceCode, ADA);
    const { session: text } = JSON.parse((await poll(deviceCode)).text) as { session: string };
    expect(await session(text)).toMatchObject({ status: 200, name: 'ada', method: 'session', csrf: null });
    expect((await poll(deviceCode)).body.code).toBe('LoginDenied'); // a code counts once
    expect((await app.post('/api/v1/logout', {}, { authorization: `Bearer ${text}` })).status).toBe(204);
    expect((await session(text)).status).toBe(401);
    expect(app.logged.join()).not.toContain(deviceCode);
  });

  it('that the person refuses is told as a denial', async () => {
    const { deviceCode } = JSON.parse(await start()) as { deviceCode: string };
    provider.answerDevice(deviceCode, 'access_denied');
    const { status, body } = await poll(deviceCode);
    expect([status, body.code, body.detail]).toEqual([403, 'LoginDenied', 'The provider answered access_denied']);
    expect(app.logged.join()).toContain('"kind":"denied"');
  });

  it('whose ID token is wrong gives no session', async () => {
    const { deviceCode } = JSON.parse(await start()) as { deviceCode: string };
    provider.answerDevice(deviceCode, ADA);
    Object.assign(provider.next, { claims: { aud: 'another' } });
    expect((await poll(deviceCode)).status).toBe(403);
    expect([...s3.objects.keys()].filter((key) => key.startsWith('sessions/'))).toEqual([]);
  });
});

it('a token is no session that could be logged out, and strangers see the ways to log in', async () => {
  const token = await provider.tokenFor({ sub: 'ci', groups: ['admins'] });
  expect((await app.post('/api/v1/logout', {}, { authorization: `Bearer ${token}` })).body.code).toBe('InvalidRequest');
  expect((await app.send('/api/v1/login/methods')).text).toBe(
    '{"browser":"/api/v1/login","device":true,"proxy":false}',
  );
  expect((await sessionOf(app, 'sluice-test=sls_x_y')).status).toBe(401);
});
