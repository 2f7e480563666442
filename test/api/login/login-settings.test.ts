/** Settings of logins, made from the configuration. */
import { expect, it } from 'vitest';
import { loginSettingsOf } from '../../../src/api/login/login-settings.ts';
import { createLogins, peopleOf } from '../../../src/api/login/logins.ts';
import { AccessSettings } from '../../../src/domain/access/settings.ts';
import { createFakeS3 } from '../../fakes/s3.ts';

const API = { host: '127.0.0.1', port: 8080, hosts: [], proxies: [], publicUrl: 'https://sluice.example.com' };
const OIDC = { issuer: 'https://id.example.com', clientId: 'sluice' };

const settingsOf = (access: object) =>
  loginSettingsOf({ installation: 'ads', api: API, access: AccessSettings.parse(access) }, undefined);

it('without a provider or proxy, tokens are the only way in', () => {
  const settings = settingsOf({});
  expect(settings).toMatchObject({ oidc: null, proxy: null });
  expect(peopleOf(createLogins(createFakeS3(), settings), settings)).toMatchObject({ logins: null, proxy: null });
});

it('a provider opens logins, and JWTs only with an audience', () => {
  const settings = settingsOf({ oidc: { ...OIDC, session: { lifetime: '8h', idle: '30m' } } });
  expect(settings.oidc).toMatchObject({ takesJwts: false, limits: { lifetimeMs: 28_800_000, idleMs: 1_800_000 } });
  const people = peopleOf(createLogins(createFakeS3(), settings), settings);
  expect(people.logins).toMatchObject({ cookie: '__Host-sluice-ads', identityOfJwt: null });
  expect(settingsOf({ oidc: { ...OIDC, audience: 'sluice-api' } }).oidc?.takesJwts).toBe(true);
});

it('a proxy without an address of its own is none', () => {
  const proxy = { addresses: ['10.0.0.7', '2001:db8::/64'], userHeader: 'X-User' };
  const settings = settingsOf({ proxy });
  expect(settings.proxy?.userHeader).toBe('x-user');
  expect(peopleOf(null, settings).proxy).not.toBeNull();
});
