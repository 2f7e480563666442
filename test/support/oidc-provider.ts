/**
 * A real OpenID provider (`oidc-provider`, certified by the OpenID Foundation), in this process. Its pages log in any name
 * without asking for a password; the people below have groups.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

export const CLIENT_ID = 'sluice';
export const CLIENT_SECRET = 'only-for-tests';
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

const people: Readonly<Record<string, object>> = {
  ada: { preferred_username: 'ada', groups: ['ads-streaming'] },
};

export interface RealProvider {
  readonly issuer: string;
  readonly close: () => Promise<void>;
}

/** Starts the provider under `localhost`, which browsers take for another site than 127.0.0.1. */
export async function startOidcProvider(callbackPath: string): Promise<RealProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'k1' };
  const provider = new Provider(issuer, configurationOf(key, callbackPath));
  server.on('request', provider.callback());
  return {
    issuer,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const configurationOf = (key: object, callbackPath: string) => ({
  jwks: { keys: [key] },
  cookies: { keys: ['only-for-tests'] },
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      token_endpoint_auth_method: 'client_secret_post',
      application_type: 'native', // any port of loopback may be sent back to
      grant_types: ['authorization_code', DEVICE_CODE],
      response_types: ['code'],
      redirect_uris: [`http://127.0.0.1${callbackPath}`],
      scope: 'openid profile groups',
    },
  ],
  scopes: ['openid', 'profile', 'groups'],
  claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
  conformIdTokenClaims: false, // groups are in the ID token too, not only at userinfo
  findAccount: (_context: unknown, sub: string) =>
    Object.hasOwn(people, sub) ? { accountId: sub, claims: () => ({ sub, ...people[sub] }) } : undefined,
  pkce: { required: () => true },
  ttl: { AccessToken: 600, DeviceCode: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  features: { devInteractions: { enabled: true }, deviceFlow: { enabled: true } },
});
