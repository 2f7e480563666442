/**
 * The requests of an open page that nobody is at let its session come to its idle end.
 *
 * Seen to fail: with `/healthz` taken for a use; with the header not read.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UNATTENDED_HEADER } from '../../../src/domain/access/unattended.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { startFakeProvider, type FakeProvider } from '../../fakes/identity-provider.ts';
import type { App } from '../start-app.ts';
import { logIn, startLoginApp } from './login-world.ts';

const IDLE_MS = 100_000;
let provider: FakeProvider;
let app: App;
let cookie: string;

beforeEach(async () => {
  provider = await startFakeProvider();
  app = await startLoginApp({ provider, s3: createFakeS3(), limits: { lifetimeMs: 3_600_000, idleMs: IDLE_MS } });
  cookie = (await logIn(app, provider)).cookie;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});
afterEach(async () => {
  vi.useRealTimers();
  await app.stop();
  await provider.close();
});

/** Asks as often as a page does, and for longer than the idle time. */
async function askOn(path: string, headers: Record<string, string> = {}): Promise<void> {
  for (let ms = 0; ms <= IDLE_MS; ms += 20_000) {
    await app.send(path, { headers: { cookie, ...headers } });
    vi.setSystemTime(Date.now() + 20_000);
  }
}
const session = async () => (await app.send('/api/v1/session', { headers: { cookie } })).status;

it('the health that every open page asks for is no use', async () => {
  const { text } = await app.send('/api/v1/healthz', { headers: { cookie } });
  expect(text).toContain('checks');
  await askOn('/api/v1/healthz');
  expect(await session()).toBe(401);
});

it('neither is a request of a page that nobody is at', async () => {
  await askOn('/api/v1/jobs', { [UNATTENDED_HEADER]: 'true' });
  expect(await session()).toBe(401);
});

it('a request of somebody at the page is', async () => {
  await askOn('/api/v1/jobs');
  expect(await session()).toBe(200);
});
