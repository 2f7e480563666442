/**
 * Schemathesis against the API, with a token of each role: no answer is an unexpected one, has a form that the OpenAPI
 * document does not have, or tells the caller of what it may not have. `SLUICE_FUZZ_MINUTES` says how long for each
 * caller; by default two. Python 3.10 or later is needed.
 *
 * The mistakes that are planted in the first tests say that the checks can find something.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../start-app.ts';
import { callers, startFuzzWorld, type FuzzWorld } from './fuzz-world.ts';
import { fuzz } from './schemathesis.ts';

const SECONDS = Math.round(Number(process.env['SLUICE_FUZZ_MINUTES'] ?? '2') * 60);
/** Schemathesis ends its last request, prints its report, and waits for the processor beside other tests. */
const GIVE_UP_MS = SECONDS * 1_000 + 600_000;

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'sluice-fuzz-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Fuzzes a world of its own, which it closes. */
async function inWorld<T>(world: Promise<FuzzWorld>, act: (world: FuzzWorld) => Promise<T>): Promise<T> {
  const opened = await world;
  try {
    return await act(opened);
  } finally {
    await opened.close();
  }
}

/** The routes whose answers had a status that begins so, by the metrics of the API. */
async function answeredWith(app: App, token: string, first: '' | '2' | '5'): Promise<readonly string[]> {
  const { text } = await app.send('/metrics', { headers: { authorization: `Bearer ${token}` } });
  const counted = text.matchAll(/^sluice_api_requests_total\{method="(\w+)",route="([^"]+)",status="(\d+)"/gm);
  return [...counted].flatMap(([, method = '', route = '', status = '']) =>
    status.startsWith(first) ? [`${method} ${route.replace('/api/v1', '').replace(/[:*](\w+)/g, '{$1}')}`] : [],
  );
}

/** Every route of the OpenAPI document. */
async function documentedRoutes(app: App): Promise<readonly string[]> {
  const { text } = await app.send('/api/v1/openapi.json');
  const { paths } = JSON.parse(text) as { readonly paths: Readonly<Record<string, object>> }; // as OpenAPI has it
  return Object.entries(paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
  );
}

describe('the checks find', () => {
  it(
    'a route that another role may use',
    async () => {
      const ended = await inWorld(startFuzzWorld({ policy: { logs: 'viewer' } }), (world) =>
        fuzz(world, { caller: 'viewer', folder, routes: '/logs$' }),
      );
      expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining('may not use GET /jobs/{job}/logs')]);
    },
    GIVE_UP_MS,
  );

  it(
    'an error that nobody expects',
    async () => {
      const ended = await inWorld(startFuzzWorld(), (world) => {
        const { app } = world;
        app.gateway.view = () => Promise.reject(new TypeError('unexpected'));
        return fuzz(world, { caller: 'viewer', folder, routes: '^/jobs/{job}$' });
      });
      expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining('Server error')]);
    },
    GIVE_UP_MS,
  );
});

describe.each(Object.keys(callers))('with the token of the %s', (caller) => {
  it(
    'every answer is one that is promised, and one that the role may have',
    async () => {
      await inWorld(startFuzzWorld(), async (world) => {
        const { code, stdout, stderr } = await fuzz(world, { caller, seconds: SECONDS, folder });
        expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
        const { app, tokens } = world;
        const token = tokens.get('viewer') ?? '';
        expect(await answeredWith(app, token, '5')).toEqual([]);
        const asked = await answeredWith(app, token, '');
        expect((await documentedRoutes(app)).filter((route) => !asked.includes(route))).toEqual([]);
        // A fuzzer that is refused everywhere finds nothing.
        expect((await answeredWith(app, token, '2')).length).toBeGreaterThan(2);
        for (const secret of [...tokens.values()].map((one) => one.split('_')[2] ?? ''))
          expect(app.logged.some((line) => line.includes(secret))).toBe(false);
      });
    },
    GIVE_UP_MS,
  );
});
