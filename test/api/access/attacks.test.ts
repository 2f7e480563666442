/**
 * Attacks on the way in that no other file tries. CONTRIBUTING.md lists all of them, with their tests.
 *
 * Seen to fail: with `trust proxy` for everybody, each forged address got a count of its own.
 */
import { request as plainRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokenKey } from '../../../src/domain/identity/storage-keys.ts';
import { createFakeS3, type FakeS3 } from '../../fakes/s3.ts';
import { firstTokenOf } from '../first-token.ts';
import { startApp, type App } from '../start-app.ts';

/** As `BadTokens` has it. */
const LIMIT = 30;

let s3: FakeS3;
let app: App;
let admin = '';
const restart = async (): Promise<void> => {
  await app.stop();
  app = await startApp({ access: { anonymous: [], policy: {}, tokens: s3 } });
};

beforeEach(async () => {
  s3 = createFakeS3();
  app = await startApp({ access: { anonymous: [], policy: {}, tokens: s3 } });
  admin = await firstTokenOf(s3);
});
afterEach(async () => await app.stop());

const show = (token: string, headers: Readonly<Record<string, string>> = {}) =>
  app.send('/api/v1/session', { headers: { authorization: `Bearer ${token}`, ...headers } });

describe('guesses that know the token almost', () => {
  /** Texts that a comparison which is not exact would take. */
  const nearby = (token: string): string[] => {
    const [prefix = '', id = '', secret = ''] = token.split('_');
    const hash = /"hash":\s*"(\w+)"/.exec(s3.objects.get(tokenKey(id))?.body.toString() ?? '')?.[1] ?? '';
    const last = secret.endsWith('a') ? 'b' : 'a';
    const secrets = [
      ...[hash, '', secret.slice(0, -1), `${secret}a`, secret.slice(0, -1) + last, last + secret.slice(1)],
      ...[secret.toUpperCase(), secret.toLowerCase(), `${secret}%00`, secret.repeat(2), 'undefined', 'null', '*'],
    ].filter((one) => one !== secret);
    return [...secrets.map((one) => [prefix, id, one].join('_')), `${prefix}_${id}`, `slc__${secret}`, secret, hash];
  };

  it('open nothing, also over restarts of the API, and the token itself does after each', async () => {
    for (let process = 0; process < 3; process += 1) {
      const seen = new Set<string>();
      for (const guess of nearby(admin)) {
        const { status, body } = await show(guess);
        expect([401, 429]).toContain(status);
        seen.add(`${status} ${body.code} ${body.detail}`);
      }
      // The answer tells no guess from another one.
      expect(seen.size).toBe(1);
      expect((await show(admin)).status).toBe(200);
      await restart();
      expect((await show(admin)).status).toBe(200);
    }
  });

  it('are counted by each process anew, up to the same limit', async () => {
    for (let process = 0; process < 2; process += 1) {
      const statuses: number[] = [];
      for (let number = 0; number < LIMIT + 2; number += 1) statuses.push((await show(`slc_first_${number}`)).status);
      expect(statuses).toEqual([...Array<number>(LIMIT).fill(401), 429, 429]);
      await restart();
    }
  });
});

describe('a revoked token', () => {
  it('stays refused when it is shown again, by the same API and by one that starts later', async () => {
    const { text } = await app.post(
      '/api/v1/tokens',
      { name: 'gone', bindings: [{ role: 'admin' }] },
      { authorization: `Bearer ${admin}` },
    );
    const { id, token } = JSON.parse(text) as { id: string; token: string };
    expect((await show(token)).status).toBe(200);
    const headers = { authorization: `Bearer ${admin}` };
    expect((await app.send(`/api/v1/tokens/${id}`, { method: 'DELETE', headers })).status).toBe(204);
    for (let round = 0; round < 3; round += 1) {
      expect((await show(token)).status).toBe(401);
      await restart();
    }
  });
});

describe('headers that a proxy would set', () => {
  const headers = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip'];

  it('give nobody a count of bad tokens of another address', async () => {
    for (let number = 0; number < LIMIT; number += 1) {
      const address = `203.0.113.${number}`;
      const forged = Object.fromEntries(
        headers.map((name) => [name, name === 'forwarded' ? `for=${address}` : address]),
      );
      expect((await show(`slc_first_${number}`, forged)).status).toBe(401);
    }
    expect((await show('slc_first_more', { 'x-forwarded-for': '203.0.113.99' })).status).toBe(429);
  });

  it.each(['x-forwarded-user', 'x-remote-user', 'x-auth-request-user', 'x-forwarded-groups', 'x-original-user'])(
    '%s makes nobody known',
    async (name) => {
      expect((await app.send('/api/v1/session', { headers: { [name]: 'admin' } })).status).toBe(401);
    },
  );

  it('lend no host to a page under a foreign name', async () => {
    const forged = {
      host: 'evil.example',
      'x-forwarded-host': 'localhost',
      forwarded: 'host=localhost',
      'x-host': 'localhost',
    };
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = plainRequest(`${app.url}/api/v1/healthz`, { headers: forged }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).end();
    });
    expect(status).toBe(421);
  });

  it('reach no route but that of the path', async () => {
    const forged = {
      'x-original-url': '/api/v1/healthz',
      'x-rewrite-url': '/api/v1/healthz',
      'x-http-method-override': 'GET',
    };
    expect((await app.send('/api/v1/tokens', { headers: forged })).status).toBe(401);
    expect((await app.send('/api/v1/logout', { method: 'POST', headers: forged })).status).toBe(401);
  });
});
