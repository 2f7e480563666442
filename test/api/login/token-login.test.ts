/** Signing in with a token: the cookie, who may change something with it, and its end. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokenKey } from '../../../src/domain/identity/storage-keys.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { firstTokenOf } from '../first-token.ts';
import { startApp, type App } from '../start-app.ts';

const s3 = createFakeS3();
let app: App;
let token: string;

beforeEach(async () => {
  s3.objects.clear();
  app = await startApp({ access: { anonymous: [], policy: {}, tokens: s3 } });
  token = await firstTokenOf(s3);
  app.gateway.put('clicks-prod', { state: 'running' });
});
afterEach(async () => await app.stop());

const logIn = (text: unknown) => app.post('/api/v1/login/token', { token: text });
const cookieOf = (headers: Headers): string => headers.get('set-cookie')?.split(';')[0] ?? '';
const session = async (cookie: string) => {
  const { text } = await app.send('/api/v1/session', { headers: { cookie } });
  return JSON.parse(text) as { name: string; method: string; csrf: string };
};

describe('a login with a token', () => {
  it('sets a cookie that no script reads and no other site sends', async () => {
    const { status, headers } = await logIn(token);
    expect(status).toBe(204);
    expect(headers.get('set-cookie')).toBe(
      `sluice-token-sluice=${token}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict`,
    );
    expect(await session(cookieOf(headers))).toMatchObject({ name: 'admin', method: 'token' });
    expect(app.logged.some((line) => line.includes('"kind":"login"'))).toBe(true);
    expect(app.logged.join('')).not.toContain(token);
  });

  it('goes over https alone where browsers reach the API so', async () => {
    const login = { installation: 'prod', groups: {}, proxy: null, isSecure: true, oidc: null };
    const other = await startApp({ access: { anonymous: [], policy: {}, tokens: s3, login } });
    try {
      const { headers } = await other.post('/api/v1/login/token', { token });
      expect(headers.get('set-cookie')).toMatch(/^__Host-sluice-token-prod=slc_.*; Secure$/);
    } finally {
      await other.stop();
    }
  });

  it.each(['slc_first_wrong', 'nothing', ''])('is refused with "%s"', async (text) => {
    const { status, headers } = await logIn(text);
    expect([401, 422]).toContain(status);
    expect(headers.get('set-cookie')).toBeNull();
  });

  it('is refused with the secret of another token', async () => {
    const { status, headers } = await logIn(token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A'));
    expect([status, headers.get('set-cookie')]).toEqual([401, null]);
  });
});

describe('the cookie', () => {
  let cookie: string;
  beforeEach(async () => void (cookie = cookieOf((await logIn(token)).headers)));
  const savepoint = (headers: Record<string, string>) =>
    app.operate('clicks-prod', { kind: 'savepoint' }, { cookie, ...headers });

  it('changes something only together with the value of the session', async () => {
    expect((await savepoint({})).body.code).toBe('CsrfRequired');
    expect((await savepoint({ 'x-sluice-csrf': 'wrong' })).body.code).toBe('CsrfRequired');
    expect(app.gateway.submitted).toEqual([]);
    const { csrf } = await session(cookie);
    expect((await savepoint({ 'x-sluice-csrf': csrf })).status).toBe(202);
  });

  it('ends with a logout, and with the token', async () => {
    const { csrf } = await session(cookie);
    const { status, headers } = await app.post('/api/v1/logout', {}, { cookie, 'x-sluice-csrf': csrf });
    expect([status, cookieOf(headers)]).toEqual([204, 'sluice-token-sluice=']);
    s3.objects.delete(tokenKey('first'));
    const other = await startApp({ access: { anonymous: [], policy: {}, tokens: s3 } });
    try {
      expect((await other.send('/api/v1/session', { headers: { cookie } })).status).toBe(401);
    } finally {
      await other.stop();
    }
  });

  it('of a token that was revoked is taken away, so that the browser reads what anybody may read', async () => {
    s3.objects.delete(tokenKey('first'));
    const other = await startApp({ access: { anonymous: [{ role: 'viewer' }], policy: {}, tokens: s3 } });
    const sessionWith = async (headers: Record<string, string>) => await other.send('/api/v1/session', { headers });
    try {
      const refused = await sessionWith({ cookie });
      expect([refused.status, refused.headers.get('set-cookie')]).toEqual([
        401,
        'sluice-token-sluice=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict',
      ]);
      expect((await sessionWith({})).text).toContain('"method":"anonymous"');
      // The token of a program says nothing of the cookie beside it.
      const program = await sessionWith({ cookie, authorization: `Bearer ${token}` });
      expect([program.status, program.headers.get('set-cookie')]).toEqual([401, null]);
    } finally {
      await other.stop();
    }
  });
});
