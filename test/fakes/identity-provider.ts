/**
 * An identity provider that gives wrong answers on demand. It checks PKCE, the redirect address and codes as a real one
 * does; `test/contract/login.test.ts` has a real one.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT, type JWTPayload } from 'jose';

export const CLIENT = 'sluice-console';
export const AUDIENCE = 'sluice';

interface Code {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly claims: JWTPayload;
}

const newKey = () => generateKeyPair('RS256', { extractable: true });
type Keys = Readonly<Record<'own' | 'foreign', Awaited<ReturnType<typeof newKey>>>>;

/** Ways to sign a token. */
export type Signature = 'right' | 'foreign key' | 'none' | 'HS256 with the public key' | 'RS384';

type Reply = readonly [status: number, body: object];
type Device = JWTPayload | 'pending' | 'slow_down' | 'access_denied' | 'expired_token';

export class FakeProvider {
  readonly issuer: string;
  /** Changes to the tokens that come next. */
  readonly next = { signature: 'right' as Signature, claims: {} as JWTPayload };
  readonly #server: Server;
  readonly #keys: Keys;
  readonly #codes = new Map<string, Code>();
  readonly #devices = new Map<string, Device>();
  #isAway = false;

  constructor(server: Server, keys: Keys) {
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#server = server;
    this.#keys = keys;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#reply(request).then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
  }

  away(away = true): void {
    this.#isAway = away;
  }

  /** The person logs in on the page to which the browser was sent. @returns the address to which it is sent back. */
  logIn(authorization: string, claims: JWTPayload): URL {
    const asked = (name: string): string => new URL(authorization).searchParams.get(name) ?? '';
    const code = randomUUID();
    const redirectUri = asked('redirect_uri');
    this.#codes.set(code, { challenge: asked('code_challenge'), redirectUri, nonce: asked('nonce'), claims });
    const answer = new URLSearchParams({ code, state: asked('state'), iss: this.issuer });
    return new URL(`${redirectUri}?${answer.toString()}`);
  }

  /** The person answers for a device. */
  answerDevice(code: string, as: Device): void {
    this.#devices.set(code, as);
  }

  /** A token as the provider gives it to a program, with `next` applied. */
  tokenFor(claims: JWTPayload): Promise<string> {
    return this.#signed({ aud: AUDIENCE, ...claims });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.closeAllConnections();
      this.#server.close(() => resolve());
    });
  }

  async #reply(request: IncomingMessage): Promise<Reply> {
    const { pathname } = new URL(request.url ?? '/', this.issuer);
    const body = new URLSearchParams(await textOf(request));
    if (this.#isAway) return [503, {}];
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return [200, metadataOf(this.issuer)];
      case '/jwks': // names no algorithm of the key, as some providers do
        return [200, { keys: [{ ...(await exportJWK(this.#keys.own.publicKey)), kid: 'k1', use: 'sig' }] }];
      case '/device':
        return [200, this.#beginDevice()];
      case '/token':
        return await (body.get('grant_type') === 'authorization_code'
          ? this.#tokenOfCode(body)
          : this.#tokenOfDevice(body));
      default:
        return [404, {}];
    }
  }

  #beginDevice(): object {
    const code = randomUUID();
    this.#devices.set(code, 'pending');
    const shown = { user_code: 'ABCD-EFGH', verification_uri: `${this.issuer}/activate` };
    return { device_code: code, ...shown, expires_in: 600, interval: 1 };
  }

  async #tokenOfCode(body: URLSearchParams): Promise<Reply> {
    const code = this.#codes.get(body.get('code') ?? '');
    this.#codes.delete(body.get('code') ?? '');
    const hash = createHash('sha256').update(body.get('code_verifier') ?? '');
    const isRight = code?.challenge === hash.digest('base64url') && code.redirectUri === body.get('redirect_uri');
    return isRight
      ? [200, tokens(await this.#signed({ ...code.claims, nonce: code.nonce }))]
      : [400, { error: 'invalid_grant' }];
  }

  async #tokenOfDevice(body: URLSearchParams): Promise<Reply> {
    const code = body.get('device_code') ?? '';
    const device = this.#devices.get(code) ?? 'expired_token';
    if (device === 'pending') return [400, { error: 'authorization_pending' }];
    if (typeof device === 'string') return [400, { error: device }];
    this.#devices.delete(code);
    return [200, tokens(await this.#signed(device))];
  }

  #signed(claims: JWTPayload): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: this.issuer, aud: CLIENT, iat: now, exp: now + 600 };
    return signed({ ...usual, ...claims, ...this.next.claims }, this.next.signature, this.#keys);
  }
}

export async function startFakeProvider(): Promise<FakeProvider> {
  const [own, foreign] = await Promise.all([newKey(), newKey()]);
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return new FakeProvider(server, { own, foreign });
}

async function signed(claims: JWTPayload, how: Signature, { own, foreign }: Keys): Promise<string> {
  const header = (alg: string) => ({ alg, kid: 'k1' });
  switch (how) {
    case 'none': {
      const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
      return `${encoded(header('none'))}.${encoded(claims)}.`;
    }
    case 'HS256 with the public key': {
      const secret = Buffer.from(await exportSPKI(own.publicKey));
      return await new SignJWT(claims).setProtectedHeader(header('HS256')).sign(secret);
    }
    case 'RS384':
    case 'foreign key':
    case 'right': {
      const { privateKey } = how === 'foreign key' ? foreign : own;
      const alg = how === 'RS384' ? 'RS384' : 'RS256';
      const signing =
        how === 'RS384' ? await importJWK({ ...(await exportJWK(privateKey)), alg: 'RS384' }) : privateKey;
      return await new SignJWT(claims).setProtectedHeader(header(alg)).sign(signing);
    }
  }
}

const metadataOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  device_authorization_endpoint: `${issuer}/device`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  // Offers more than Sluice takes, so that Sluice has to decide itself.
  id_token_signing_alg_values_supported: ['RS256', 'RS384', 'HS256', 'none'],
  authorization_response_iss_parameter_supported: true,
});

const tokens = (idToken: string) => ({ access_token: randomUUID(), token_type: 'bearer', id_token: idToken });

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
