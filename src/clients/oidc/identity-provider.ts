/**
 * Speaks OpenID Connect to the identity provider: authorization code with PKCE, device code (RFC 8628), and the check of
 * JWTs. `openid-client` and `jose` do the protocol.
 */
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as client from 'openid-client';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { Claims } from '../../domain/access/identity.ts';
import { isVisible } from '../../domain/input/field-schemas.ts';
import { clip } from '../../domain/values/clip.ts';

const REQUEST_SECONDS = 10;
/** Clocks of two machines differ by so much. */
const CLOCK_SKEW_SECONDS = 30;
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client. */
  readonly clientSecret: string | undefined;
  readonly scopes: readonly string[];
  readonly algorithms: readonly string[];
  /** Audience of bearer JWTs. */
  readonly audience: string | undefined;
}

/** The values that tie the answer of the provider to the browser that asked. */
export interface Transaction {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** A device login as the provider has begun it. */
export interface DeviceLogin {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string | null;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

/** All methods throw SluiceError `LoginUnavailable` or `LoginDenied`. */
export interface IdentityProvider {
  begin(redirectUri: string): Promise<{ readonly url: string; readonly transaction: Transaction }>;
  /** @param answer the address to which the provider has sent the browser. */
  finish(answer: URL, transaction: Transaction): Promise<Claims>;
  beginDevice(): Promise<DeviceLogin>;
  /** Asks once whether the person has answered. */
  pollDevice(deviceCode: string): Promise<Claims | 'pending' | 'slowDown'>;
  /** Checks the JWT of a program. @throws SluiceError `LoginDenied` also where no audience is configured. */
  verify(jwt: string): Promise<Claims>;
}

interface Discovered {
  readonly config: client.Configuration;
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
}

export function createIdentityProvider(settings: ProviderSettings): IdentityProvider {
  const { clientId, scopes, audience } = settings;
  const scope = scopes.join(' ');
  const discovered = createDiscovery(settings);
  const claimsOf = async (token: string | undefined, of: string): Promise<Claims> => {
    if (token === undefined) throw new SluiceError('LoginDenied', 'The provider gave no ID token');
    return await checked(token, await discovered(), of, settings.algorithms);
  };

  return {
    begin: (redirectUri) => asking(async () => await begin(await discovered(), redirectUri, scope)),
    finish: (answer, { state, nonce, verifier }) =>
      asking(async () => {
        const { config } = await discovered();
        const checks = {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        };
        const tokens = await client.authorizationCodeGrant(config, answer, checks);
        return await claimsOf(tokens.id_token, clientId);
      }),
    beginDevice: () =>
      asking(async () => {
        const { config } = await discovered();
        return deviceLoginOf(await client.initiateDeviceAuthorization(config, { scope }));
      }),
    async pollDevice(deviceCode) {
      try {
        const { config } = await discovered();
        const tokens = await client.genericGrantRequest(config, DEVICE_CODE, { device_code: deviceCode });
        return await claimsOf(tokens.id_token, clientId);
      } catch (failure) {
        const word = failure instanceof client.ResponseBodyError ? failure.error : '';
        if (word === 'authorization_pending') return 'pending';
        if (word === 'slow_down') return 'slowDown';
        throw asSluiceError(failure);
      }
    },
    verify: (jwt) =>
      asking(async () => {
        if (audience === undefined) throw new SluiceError('LoginDenied', 'No JWTs are taken');
        return await claimsOf(jwt, audience);
      }),
  };
}

/** Asks the provider for its addresses once, and again after a failure. */
function createDiscovery(settings: ProviderSettings): () => Promise<Discovered> {
  let known: Promise<Discovered> | null = null;
  return async () => {
    known ??= discover(settings);
    try {
      return await known;
    } catch (failure) {
      known = null;
      throw failure;
    }
  };
}

/** Checks signature, issuer, audience and times of a JWT. The algorithm is one of ours, not the choice of the token. */
async function checked(
  token: string,
  { keys, issuer }: Discovered,
  audience: string,
  algorithms: readonly string[],
): Promise<Claims> {
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience,
    algorithms: [...algorithms],
    clockTolerance: CLOCK_SKEW_SECONDS,
    requiredClaims: ['exp', 'sub'],
  });
  return payload;
}

async function discover({ issuer, clientId, clientSecret }: ProviderSettings): Promise<Discovered> {
  const server = new URL(issuer);
  const isPlain = server.protocol === 'http:'; // the configuration allows that on loopback only
  const config = await client.discovery(
    server,
    clientId,
    undefined,
    clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that it stands out; for loopback it is meant
    { timeout: REQUEST_SECONDS, ...(isPlain ? { execute: [client.allowInsecureRequests] } : {}) },
  );
  const { jwks_uri: place, issuer: named } = config.serverMetadata();
  if (place === undefined) throw new SluiceError('LoginUnavailable', `${issuer} names no keys (jwks_uri)`);
  const keysAt = new URL(place);
  if (!isPlain && keysAt.protocol !== 'https:')
    throw new SluiceError('LoginUnavailable', `${issuer} has its keys at an address without https`);
  return { config, keys: createRemoteJWKSet(keysAt, { timeoutDuration: REQUEST_SECONDS * 1_000 }), issuer: named };
}

async function begin(
  { config }: Discovered,
  redirectUri: string,
  scope: string,
): Promise<{ readonly url: string; readonly transaction: Transaction }> {
  const state = client.randomState();
  const nonce = client.randomNonce();
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  return { url: url.href, transaction: { state, nonce, verifier } };
}

const deviceLoginOf = (answer: client.DeviceAuthorizationResponse): DeviceLogin => ({
  deviceCode: answer.device_code,
  userCode: answer.user_code,
  verificationUri: answer.verification_uri,
  verificationUriComplete: answer.verification_uri_complete ?? null,
  expiresInSeconds: answer.expires_in,
  intervalSeconds: answer.interval ?? 5, // RFC 8628, section 3.2
});

async function asking<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (failure) {
    throw asSluiceError(failure);
  }
}

/** Tells silence from a refusal. The message holds no code and no token: only error words that the protocol defines. */
function asSluiceError(failure: unknown): SluiceError {
  if (failure instanceof SluiceError) return failure;
  if (failure instanceof client.AuthorizationResponseError)
    return denied(`The provider answered ${worded(failure.error)}`, failure);
  if (failure instanceof client.ResponseBodyError) {
    return failure.status >= 500
      ? unavailable(`The provider answered ${failure.status}`, failure)
      : denied(`The provider answered ${worded(failure.error)}`, failure);
  }
  if (failure instanceof errors.JOSEError) {
    return SILENT_KEYS.includes(failure.code)
      ? unavailable('The keys of the provider cannot be read', failure)
      : denied(`The token is not valid (${failure.code})`, failure);
  }
  if (failure instanceof client.ClientError && failure.code !== undefined && !SILENT.includes(failure.code))
    return denied(`The answer of the provider is not valid (${failure.code})`, failure);
  return unavailable('The provider does not answer as OpenID Connect says', failure);
}

/** Codes of `jose` for keys that cannot be fetched: no answer in time, another status than 200, no set of keys. */
const SILENT_KEYS: readonly string[] = ['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID'];
/** Codes of `openid-client` for a provider that does not answer, or as no provider does. */
const SILENT: readonly string[] = ['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON', 'OAUTH_PARSE_ERROR']; // prettier-ignore

const worded = (word: string): string => (isVisible(word) ? clip(word, 60) : 'an error');
const denied = (detail: string, cause: unknown): SluiceError => new SluiceError('LoginDenied', detail, { cause });
const unavailable = (detail: string, cause: unknown): SluiceError =>
  new SluiceError('LoginUnavailable', detail, { cause });
