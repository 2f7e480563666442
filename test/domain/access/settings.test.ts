/** Settings of access with which the API must not start, and claims that say who somebody is. */
import { describe, expect, it } from 'vitest';
import { bindingsOf, identityOf } from '../../../src/domain/access/identity.ts';
import { AccessSettings, problemsOfAccess, PublicUrl } from '../../../src/domain/access/settings.ts';

const OIDC = { issuer: 'https://id.example.com', clientId: 'sluice' };
const NAMES = { user: 'preferred_username', groups: 'groups' };
const mistakesIn = (settings: object): string[] =>
  (AccessSettings.safeParse(settings).error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);

describe('the settings of access', () => {
  it.each([
    [{ oidc: { ...OIDC, issuer: 'http://id.example.com' } }, 'oidc.issuer must be an https:// address'],
    [{ oidc: { ...OIDC, audience: 'sluice' } }, 'oidc.audience must not be the clientId'],
    [{ oidc: { ...OIDC, algorithms: ['none'] } }, 'oidc.algorithms.0 Invalid option'],
    [{ oidc: { ...OIDC, algorithms: ['HS256'] } }, 'oidc.algorithms.0 Invalid option'],
    [{ oidc: { ...OIDC, scopes: ['email'] } }, 'oidc.scopes must include openid'],
    [{ proxy: { addresses: ['0.0.0.0/0'], userHeader: 'x-user' } }, 'must not be every address'],
    [{ proxy: { addresses: ['::/0'], userHeader: 'x-user' } }, 'must not be every address'],
    [{ proxy: { addresses: ['10.0.0.300'], userHeader: 'x-user' } }, 'must be an address'],
    [{ proxy: { addresses: ['10.0.0.0/33'], userHeader: 'x-user' } }, 'must be an address'],
    [{ proxy: { addresses: ['10.0.0.7'], userHeader: 'Authorization' } }, 'only the proxy sets'],
    [{ groups: { ads: [] } }, 'groups.ads'],
  ])('%j are refused', (settings, mistake) => expect(mistakesIn(settings).join()).toContain(mistake));

  it('take a provider on loopback over plain http, for tests', () =>
    expect(mistakesIn({ oidc: { ...OIDC, issuer: 'http://127.0.0.1:1' } })).toEqual([]));

  it.each([
    ['127.0.0.1', {}, []],
    ['0.0.0.0', {}, []],
    ['localhost', { anonymous: 'viewer' }, []],
    ['0.0.0.0', { anonymous: 'viewer' }, ['access.anonymous']],
    ['10.0.0.7', { anonymous: 'viewer' }, ['access.anonymous']],
    ['0.0.0.0', { anonymous: 'viewer', anonymousBeyondLoopback: true }, []],
    ['127.0.0.1', { oidc: OIDC }, ['api.publicUrl']],
  ])('on %s with %j have the problems %j', (host, settings, paths) => {
    const problems = problemsOfAccess(AccessSettings.parse(settings), { host });
    expect(problems.map(({ path }) => path.join('.'))).toEqual(paths);
  });

  it.each(['http://sluice.example.com', 'https://sluice.example.com/sluice', 'sluice.example.com', 'ftp://127.0.0.1'])(
    'take no public address over which cookies would go in plain text, or with a path: %s',
    (address) => expect(PublicUrl.safeParse(address).success).toBe(false),
  );
});

describe('claims', () => {
  it.each([
    [{ sub: 'u', preferred_username: 'ada', groups: ['a', 'b'] }, NAMES, { name: 'ada', groups: ['a', 'b'] }],
    [{ sub: 'u', groups: 'a' }, NAMES, { name: 'u', groups: ['a'] }],
    [{ sub: 'u', preferred_username: 'a\u202eb', groups: [1, null, '', 'b'] }, NAMES, { name: 'u', groups: ['b'] }],
    [{ sub: 'u', realm_access: { roles: ['r'] } }, { ...NAMES, groups: 'realm_access.roles' }, { groups: ['r'] }],
    [{ sub: 'u', 'https://x.example/g': ['r'] }, { ...NAMES, groups: 'https://x.example/g' }, { groups: ['r'] }],
    [{ sub: 'u' }, { ...NAMES, groups: 'constructor.name' }, { groups: [] }],
    [{ sub: 'u', email: 'a@x', email_verified: true }, { ...NAMES, user: 'email' }, { name: 'a@x' }],
  ])('%j name somebody', (claims, names, identity) =>
    expect(identityOf(claims, names)).toMatchObject({ ok: true, identity: { subject: 'u', ...identity } }),
  );

  it.each([
    [{}, NAMES],
    [{ sub: 7 }, NAMES],
    [
      { sub: 'u', email: 'a@x', email_verified: false },
      { ...NAMES, user: 'email' },
    ],
  ])('%j name nobody', (claims, names) => expect(identityOf(claims, names).ok).toBe(false));

  it('of a group that only the language knows give no right', () =>
    expect(bindingsOf(['__proto__', 'constructor', 'ads', 'ads'], { ads: [{ role: 'viewer' }] })).toEqual([
      { role: 'viewer' },
    ]));
});
