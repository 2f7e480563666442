/**
 * Logins in a browser: the tie between browser and answer, the session, its cookie, and who may change something with it.
 *
 * Seen to fail: without the check of the CSRF value, of the state, of the nonce; with `to` judged without its site or
 * without the path that comes out; with a name that is not escaped; with two cookies of one name taken; with an id of a session that
 * comes again; with a logout that removes no record, or that this API forgets late; without lifetime or idle time; without
 * `Secure`; with a session that stays beside a token, and with a token that stays after a logout.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sessionsPrefix } from '../../../src/domain/identity/storage-keys.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { startFakeProvider, type FakeProvider } from '../../fakes/identity-provider.ts';
import { firstTokenOf } from '../first-token.ts';
import { FakeGateway } from '../fake-gateway.ts';
import type { App } from '../start-app.ts';
import { ADA, begin, comeBack, logIn, sessionOf, startLoginApp } from './login-world.ts';

const s3 = createFakeS3();
let provider: FakeProvider;
let app: App;
let gateway: FakeGateway;

beforeAll(async () => void (provider = await startFakeProvider()));
afterAll(async () => await provider.close());
beforeEach(async () => {
  s3.objects.clear();
  s3.healthy();
  provider.away(false);
  Object.assign(provider.next, { signature: 'right', claims: {} });
  gateway = new FakeGateway();
  gateway.put('clicks-prod', { state: 'running', ownership: { project: 'clicks', team: 'ads', environment: 'prod' } });
  app = await startLoginApp({ provider, s3, gateway });
});
afterEach(async () => await app.stop());

/** Keys of sessions. The audit log writes into the same bucket, when its time has come. */
const sessions = (): string[] => [...s3.objects.keys()].filter((key) => key.startsWith(sessionsPrefix('')));

const events = (): { kind: string; detail: string | null; name: string | null }[] =>
  app.logged.flatMap((line) => {
    const { login } = JSON.parse(line) as { login?: { kind: string; detail: string | null; name: string | null } };
    return login ? [login] : [];
  });

describe('a login', () => {
  it('asks the provider with PKCE, state and nonce, and comes back to a page that goes on by itself', async () => {
    const { authorization, cookie } = await begin(app, '/jobs/clicks-prod?tab=logs');
    const asked = Object.fromEntries(new URL(authorization).searchParams);
    expect(asked).toMatchObject({ response_type: 'code', code_challenge_method: 'S256' });
    expect([asked['state'], asked['nonce'], asked['code_challenge']].every((one) => (one ?? '').length >= 43)).toBe(
      true,
    );
    const { status, text, headers } = await comeBack(app, provider.logIn(authorization, ADA), cookie);
    expect([status, headers.get('location'), headers.get('cache-control')]).toEqual([200, null, 'no-store']);
    expect(text).toContain('<meta http-equiv="refresh" content="0;url=/jobs/clicks-prod?tab=logs">');
    expect(events()).toMatchObject([{ kind: 'login', name: 'ada' }]);
  });

  it('gives the rights of the groups as the configuration has them now', async () => {
    const { cookie } = await logIn(app, provider);
    expect(await sessionOf(app, cookie)).toMatchObject({
      status: 200,
      name: 'ada',
      method: 'session',
      groups: ADA.groups,
    });
    expect((await app.send('/api/v1/jobs/clicks-prod', { headers: { cookie } })).status).toBe(200);
    expect((await app.send('/api/v1/tokens', { headers: { cookie } })).status).toBe(403);
    const later = await startLoginApp({ provider, s3, gateway, groups: { all: [{ role: 'admin' }] } });
    try {
      expect((await later.send('/api/v1/tokens', { headers: { cookie } })).status).toBe(200);
    } finally {
      await later.stop();
    }
  });

  it('shows a name as text, whatever the provider says', async () => {
    const { text } = await logIn(app, provider, { ...ADA, preferred_username: '<b>ada</b>' });
    expect(text).toContain('Signed in as &lt;b&gt;ada&lt;/b&gt;.');
  });

  it('keeps no secret: neither the record nor the log has one', async () => {
    const { authorization, cookie } = await begin(app);
    const back = provider.logIn(authorization, ADA);
    const { headers } = await comeBack(app, back, cookie);
    const secret = /sls_\w+?_([\w-]+)/.exec(headers.getSetCookie().join(' '))?.[1] ?? 'absent';
    const kept = [...s3.objects.values()].map(({ body }) => body.toString()).join() + app.logged.join();
    for (const hidden of [secret, back.searchParams.get('code') ?? 'absent']) expect(kept).not.toContain(hidden);
    expect(kept).toContain('ada');
  });
});

describe('the answer of the provider counts only', () => {
  it.each([
    ['in the browser that asked', undefined, {}],
    ['with the state of that browser', 'own', { state: 'x'.repeat(43) }],
    ['from the issuer that was asked', 'own', { iss: 'http://evil.example' }],
    ['as a code', 'own', { error: 'access_denied', code: '' }],
  ])('%s', async (_what, cookie, changes) => {
    const begun = await begin(app);
    const back = provider.logIn(begun.authorization, ADA);
    for (const [name, value] of Object.entries(changes))
      if (value === '') back.searchParams.delete(name);
      else back.searchParams.set(name, value);
    const { status, text, headers } = await comeBack(app, back, cookie === 'own' ? begun.cookie : undefined);
    expect([status, headers.getSetCookie().join()]).toEqual([403, expect.not.stringContaining('sls_')]);
    expect(text).toContain('Not signed in');
    expect(sessions()).toEqual([]);
    expect(events()).toMatchObject([{ kind: 'denied', name: null }]);
  });

  it('once, and not with the cookie of another login', async () => {
    const [mine, planted] = [await begin(app), await begin(app)];
    const back = provider.logIn(planted.authorization, { sub: 'evil', preferred_username: 'evil' });
    expect((await comeBack(app, back, mine.cookie)).status).toBe(403);
    const own = provider.logIn(mine.authorization, ADA);
    expect((await comeBack(app, own, mine.cookie)).status).toBe(200);
    expect((await comeBack(app, own, mine.cookie)).status).toBe(403);
  });

  it.each([
    ['with the nonce of the login', { nonce: 'another' }],
    ['for this client', { aud: 'another' }],
    ['from this issuer', { iss: 'http://evil.example' }],
    ['before it expires', { exp: 1_700_000_000 }],
    ['about somebody', { sub: '' }],
  ])('with an ID token %s', async (_what, claims) => {
    Object.assign(provider.next, { claims });
    expect((await logIn(app, provider)).status).toBe(403);
    expect(sessions()).toEqual([]);
  });

  it.each(['foreign key', 'none', 'HS256 with the public key', 'RS384'])(
    'signed rightly, not by: %s',
    async (signature) => {
      Object.assign(provider.next, { signature });
      expect((await logIn(app, provider)).status).toBe(403);
      expect(sessions()).toEqual([]);
    },
  );

  it('when it comes: a silent provider is told from a refusal', async () => {
    const { authorization, cookie } = await begin(app);
    const back = provider.logIn(authorization, ADA);
    provider.away();
    expect((await comeBack(app, back, cookie)).status).toBe(503);
    const other = await startLoginApp({ provider, s3 });
    expect((await other.send('/api/v1/login')).body.code).toBe('LoginUnavailable');
    provider.away(false);
    expect((await other.send('/api/v1/login', { redirect: 'manual' })).status).toBe(302); // the failure is not remembered
    await other.stop();
  });
});

describe('to', () => {
  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    'javascript:alert(1)',
    'jobs',
    '',
  ])('elsewhere is refused: %j', async (to) => {
    const { status, body } = await app.send(`/api/v1/login?to=${encodeURIComponent(to)}`, { redirect: 'manual' });
    expect([status, body.code]).toEqual([422, 'InvalidRequest']);
  });

  it('in a forged cookie leads nowhere else, and becomes no markup', async () => {
    const { authorization, cookie } = await begin(app);
    const [name = '', value = ''] = cookie.split('=');
    const begun = JSON.parse(Buffer.from(value, 'base64url').toString()) as object;
    for (const to of ['//evil.example', '/"><script>alert(1)</script>']) {
      const forged = Buffer.from(JSON.stringify({ ...begun, to })).toString('base64url');
      const { text } = await comeBack(app, provider.logIn(authorization, ADA), `${name}=${forged}`);
      expect(text).not.toContain('evil.example');
      expect(text).not.toContain('<script>');
    }
  });
});

describe('a session', () => {
  it('has an id and a secret of its own at each login, whatever cookie the browser brings (fixation)', async () => {
    const first = await logIn(app, provider);
    const { authorization, cookie } = await begin(app);
    const back = provider.logIn(authorization, ADA);
    const second = await comeBack(app, back, `${cookie}; ${first.cookie}`);
    const [one, two] = [first.setCookie, second.headers.getSetCookie().join(' ')].map((text) =>
      /sls_(\w+?)_([\w-]+)/.exec(text),
    );
    expect(one?.[1]).not.toBe(two?.[1]);
    expect(one?.[2]).not.toBe(two?.[2]);
  });

  it('changes nothing without the value that only a page of this site can read', async () => {
    const { cookie } = await logIn(app, provider);
    const other = await logIn(app, provider);
    const { csrf } = await sessionOf(app, cookie);
    const savepoint = (headers: Record<string, string>) => app.operate('clicks-prod', { kind: 'savepoint' }, headers);
    for (const wrong of [undefined, '', 'x', (await sessionOf(app, other.cookie)).csrf]) {
      const { status, body } = await savepoint({ cookie, ...(wrong === undefined ? {} : { 'x-sluice-csrf': wrong }) });
      expect([wrong, status, body.code]).toEqual([wrong, 403, 'CsrfRequired']);
    }
    expect(gateway.submitted).toEqual([]);
    const { status, body } = await savepoint({ cookie, 'x-sluice-csrf': csrf });
    expect([status, body.operation.actor]).toEqual([202, 'ada']);
  });

  it('ends with a logout, on every API within five seconds', async () => {
    const { cookie } = await logIn(app, provider);
    const { csrf } = await sessionOf(app, cookie);
    const other = await startLoginApp({ provider, s3, gateway });
    try {
      expect((await sessionOf(other, cookie)).status).toBe(200);
      expect((await app.post('/api/v1/logout', {}, { cookie })).status).toBe(403);
      const { status, headers } = await app.post('/api/v1/logout', {}, { cookie, 'x-sluice-csrf': csrf });
      expect([status, headers.getSetCookie()]).toEqual([
        204,
        ['sluice-test', 'sluice-token-test'].map((name) => `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`),
      ]);
      expect((await sessionOf(app, cookie)).status).toBe(401);
      await vi.waitFor(async () => expect((await sessionOf(other, cookie)).status).toBe(401), {
        timeout: 5_000,
        interval: 100,
      });
      expect(events().map(({ kind }) => kind)).toEqual(['login', 'logout']);
    } finally {
      await other.stop();
    }
  });

  it('ends everywhere when its person asks for that, and those of others go on', async () => {
    const [mine, elsewhere] = [await logIn(app, provider), await logIn(app, provider)];
    const bob = await logIn(app, provider, { sub: 'u-2', preferred_username: 'bob', groups: ['admins'] });
    const { csrf } = await sessionOf(app, mine.cookie);
    await app.post('/api/v1/logout', { everywhere: true }, { cookie: mine.cookie, 'x-sluice-csrf': csrf });
    expect((await sessionOf(app, mine.cookie)).status).toBe(401);
    expect((await sessionOf(app, elsewhere.cookie)).status).toBe(401);
    expect((await sessionOf(app, bob.cookie)).status).toBe(200);
  });

  it.each([
    ['its lifetime', { lifetimeMs: -1, idleMs: 600_000 }],
    ['the idle time', { lifetimeMs: 600_000, idleMs: 0 }],
  ])('ends after %s', async (_what, limits) => {
    const short = await startLoginApp({ provider, s3, gateway, limits });
    try {
      const { cookie } = await logIn(short, provider);
      expect((await sessionOf(short, cookie)).status).toBe(401);
    } finally {
      await short.stop();
    }
  });

  it('that nobody can check while S3 is silent lets nobody in', async () => {
    const { cookie } = await logIn(app, provider);
    s3.unavailable();
    expect((await sessionOf(app, cookie)).status).toBe(503);
  });

  it('of two cookies with its name is none, because somebody else may have set one', async () => {
    const [one, two] = [await logIn(app, provider), await logIn(app, provider)];
    expect((await sessionOf(app, `${one.cookie}; ${two.cookie}`)).status).toBe(401);
  });
});

describe('cookies', () => {
  it('over plain http are HttpOnly, and Strict but for the ten minutes of a login', async () => {
    const { setCookie } = await begin(app);
    expect(setCookie).toMatch(
      /^sluice-login-test=[\w-]+; Path=\/api\/v1\/login\/callback; Max-Age=600; HttpOnly; SameSite=Lax$/,
    );
    const logged = await logIn(app, provider);
    expect(logged.setCookie).toMatch(
      /^sluice-test=sls_\w+_[\w-]+; Path=\/; Max-Age=3[56]\d\d; HttpOnly; SameSite=Strict$/,
    );
    expect(logged.headers.getSetCookie()[0]).toMatch(
      /^sluice-login-test=; Path=\/api\/v1\/login\/callback; Max-Age=0;/,
    );
  });

  it('under TLS are Secure and of this host, and carry the installation', async () => {
    const tls = await startLoginApp({
      provider,
      s3,
      publicUrl: 'https://sluice.example.com',
      installation: 'ads (eu)',
    });
    try {
      const { setCookie, authorization } = await begin(tls);
      expect(new URL(authorization).searchParams.get('redirect_uri')).toBe(
        'https://sluice.example.com/api/v1/login/callback',
      );
      expect(setCookie).toMatch(/^__Secure-sluice-login-ads%20%28eu%29=.*; HttpOnly; SameSite=Lax; Secure$/);
      const logged = await logIn(tls, provider);
      expect(logged.setCookie).toMatch(/^__Host-sluice-ads%20%28eu%29=sls_.*; Path=\/; .*SameSite=Strict; Secure$/);
      expect((await sessionOf(tls, logged.cookie)).status).toBe(200);
      expect((await sessionOf(tls, logged.cookie.replace('__Host-', ''))).status).toBe(401);
    } finally {
      await tls.stop();
    }
  });
});

describe('a token in a cookie', () => {
  /** The cookies of a browser after an answer. */
  function after(cookies: ReadonlyMap<string, string>, headers: Headers): ReadonlyMap<string, string> {
    const all = new Map(cookies);
    for (const line of headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
      if (value === '') all.delete(name);
      else all.set(name, value);
    }
    return all;
  }
  const sent = (cookies: ReadonlyMap<string, string>): string =>
    [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const inMap = (cookie: string): ReadonlyMap<string, string> => new Map([cookie.split('=') as [string, string]]);

  it('takes the place of a session, which would come before it', async () => {
    const before = inMap((await logIn(app, provider)).cookie);
    const answer = await app.post('/api/v1/login/token', { token: await firstTokenOf(s3) }, { cookie: sent(before) });
    const cookies = after(before, answer.headers);
    expect(await sessionOf(app, sent(cookies))).toMatchObject({ status: 200, name: 'admin', method: 'token' });
  });

  it('goes with a logout from a session', async () => {
    const token = await app.post('/api/v1/login/token', { token: await firstTokenOf(s3) });
    const both = new Map([...after(new Map(), token.headers), ...inMap((await logIn(app, provider)).cookie)]);
    const { name, csrf } = await sessionOf(app, sent(both));
    expect([both.size, name]).toEqual([2, 'ada']);
    const { headers } = await app.post('/api/v1/logout', {}, { cookie: sent(both), 'x-sluice-csrf': csrf });
    expect([...after(both, headers)]).toEqual([]);
  });
});
