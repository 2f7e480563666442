import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type App } from '../start-app.ts';

let app: App;
beforeAll(
  async () => void (app = await startApp({ hosts: ['Sluice.corp.example:8080', 'proxy.example', 'plain.example:80'] })),
);
afterAll(async () => await app.stop());

/** Sends an empty deployment file, with the port of the API where a header says PORT. */
const ask = (headers: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    const actual = Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      value.replace('PORT', new URL(app.url).port),
    ]);
    const url = `${app.url}/api/v1/deployment-files/validate`;
    const own = { method: 'POST', headers: { 'content-type': 'application/json', ...Object.fromEntries(actual) } };
    request(url, own, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end('{"text":""}');
  });

const TAKEN = 422; // the empty deployment file has mistakes

it.each([
  [{ host: 'localhost:PORT' }],
  [{ host: 'LocalHost:PORT' }],
  [{ host: '127.0.0.1:PORT' }],
  [{ host: '[::1]:PORT' }],
  [{ host: 'sluice.corp.example:8080' }],
  [{ host: 'proxy.example' }],
  [{ host: 'plain.example' }],
  [{ origin: 'http://127.0.0.1:PORT' }],
  [{ host: 'localhost:PORT', origin: 'http://localhost:PORT', 'sec-fetch-site': 'same-origin' }],
  [{ host: 'proxy.example', origin: 'https://proxy.example' }],
  [{ 'sec-fetch-site': 'none' }],
  // A proxy that puts its own address in the place of Host.
  [{ origin: 'https://proxy.example', 'sec-fetch-site': 'same-origin' }],
])('takes %j', async (headers) => {
  expect(await ask(headers)).toBe(TAKEN);
});

it.each([
  [{ host: 'localhost' }, 421],
  [{ host: 'sluice.corp.example' }, 421],
  [{ host: 'sluice.corp.example:PORT' }, 421],
  [{ host: 'proxy.example:8443' }, 421],
  [{ host: '10.0.0.1:PORT' }, 421],
  [{ host: 'proxy.example@evil.example' }, 421],
  [{ origin: 'https://proxy.example:1' }, 403],
  [{ origin: 'http://127.0.0.1' }, 403],
  [{ host: 'localhost:PORT', origin: 'http://127.0.0.1:PORT' }, 403],
  [{ origin: 'https://proxy.example.evil.example' }, 403],
  [{ origin: 'localhost:PORT' }, 403],
])('refuses %j with %i', async (headers, status) => {
  expect(await ask(headers)).toBe(status);
});

it('answers OPTIONS and other methods as before, each with an id', async () => {
  const url = '/api/v1/deployment-files/validate';
  expect((await app.send(url, { method: 'OPTIONS' })).status).toBe(204);
  const wrong = await app.send(url, { method: 'DELETE', headers: { 'x-request-id': 'mine' } });
  expect([wrong.status, wrong.headers.get('x-request-id')]).toEqual([405, 'mine']);
  const foreign = await app.send('/docs', { headers: { 'sec-fetch-site': 'cross-site', 'x-request-id': 'theirs' } });
  expect([foreign.status, foreign.headers.get('x-request-id')]).toEqual([403, 'theirs']);
  expect(foreign.body.hint).toContain('`api.hosts`');
});
