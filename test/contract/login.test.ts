/**
 * Logins with a real provider and a real browser. The provider is on another site than the API.
 *
 * Seen to fail: with a callback that redirects, after which Chromium sent no session (401).
 */
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Output } from '../../src/cli/output.ts';
import { runCli } from '../../src/cli/program.ts';
import { createIdentityProvider } from '../../src/clients/oidc/identity-provider.ts';
import { FakeGateway } from '../api/fake-gateway.ts';
import { startApp, type App } from '../api/start-app.ts';
import { createFakeS3 } from '../fakes/s3.ts';
import { openBrowser } from '../support/browser.ts';
import { CLIENT_ID, CLIENT_SECRET, startOidcProvider, type RealProvider } from '../support/oidc-provider.ts';

const CALLBACK = '/api/v1/login/callback';

let browser: Browser;
let provider: RealProvider;
let app: App;
let context: BrowserContext;
let page: Page;
let gateway: FakeGateway;

beforeAll(async () => {
  provider = await startOidcProvider(CALLBACK);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await provider.close();
});
beforeEach(async () => {
  gateway = new FakeGateway();
  gateway.put('clicks-prod', { state: 'running', ownership: { project: 'clicks', team: 'ads', environment: 'prod' } });
  app = await startApp((publicUrl) => ({ gateway, access: accessOf(publicUrl) }));
  context = await browser.newContext();
  page = await context.newPage();
});
afterEach(async () => {
  await context.close();
  await app.stop();
});

const accessOf = (publicUrl: string) => ({
  anonymous: [],
  policy: {},
  tokens: createFakeS3(),
  login: {
    installation: 'contract',
    groups: { 'ads-streaming': [{ role: 'operator' as const, teams: ['ads'] }] },
    proxy: null,
    oidc: {
      provider: createIdentityProvider({
        issuer: provider.issuer,
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        scopes: ['openid', 'profile', 'groups'],
        algorithms: ['RS256'],
        audience: undefined,
      }),
      publicUrl,
      claims: { user: 'preferred_username', groups: 'groups' },
      takesJwts: false,
      limits: { lifetimeMs: 3_600_000, idleMs: 600_000 },
    },
  },
});

/** Fills the provider's pages: name and any password, then consent. */
async function logInAtProvider(): Promise<void> {
  await page.fill('input[name=login]', 'ada');
  await page.fill('input[name=password]', 'any');
  await page.click('button[type=submit]');
  await page.click('button[type=submit]');
}

const SAVEPOINT = { path: '/api/v1/jobs/clicks-prod/operations', body: '{"kind":"savepoint"}' };

/** Asks for a savepoint from the page that is open. */
const savepointFromPage = (csrf: string | null): Promise<number> =>
  page.evaluate(
    async ({ path, body, value }) => {
      const headers = { 'content-type': 'application/json', ...(value === null ? {} : { 'x-sluice-csrf': value }) };
      return (await fetch(path, { method: 'POST', headers, body })).status;
    },
    { ...SAVEPOINT, value: csrf },
  );

describe('a login in a browser', () => {
  test('ends on the page that was asked for, with the session, and pages of this site can use it', async () => {
    // The answer of /session shows whether the browser sent the Strict cookie with the step after the callback.
    await page.goto(`${app.url}/api/v1/login?to=/api/v1/session`);
    expect(new URL(page.url()).hostname).toBe('localhost');
    await logInAtProvider();
    await page.waitForURL(`${app.url}/api/v1/session`);
    const session = JSON.parse(await page.locator('body').innerText()) as { name: string; csrf: string };
    expect(session).toMatchObject({ name: 'ada', method: 'session', groups: ['ads-streaming'] });
    const cookies = (await context.cookies(app.url)).filter(({ name }) => name.startsWith('sluice'));
    expect(cookies).toMatchObject([{ name: 'sluice-contract', httpOnly: true, sameSite: 'Strict', secure: false }]);

    await page.goto(`${app.url}/docs`);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await savepointFromPage(null)).toBe(403);
    expect(await savepointFromPage(session.csrf)).toBe(202);
    expect(gateway.submitted).toHaveLength(1);
  });

  test('is known to a page that a link from another site has opened, and is of no use to that site', async () => {
    await page.goto(`${app.url}/api/v1/login?to=/docs`);
    await logInAtProvider();
    await page.waitForURL(`${app.url}/docs`);
    const elsewhere = await serveLink(`${app.url}/docs`);
    try {
      await page.goto(elsewhere.url);
      const post = ({ url, body }: { url: string; body: string }) =>
        fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body }).catch(() => null);
      await page.evaluate(post, { url: app.url + SAVEPOINT.path, body: SAVEPOINT.body });
      expect(gateway.submitted).toEqual([]);
      await page.click('a');
      await page.waitForURL(`${app.url}/docs`);
      expect(await page.evaluate(async () => (await fetch('/api/v1/session')).status)).toBe(200);
    } finally {
      elsewhere.close();
    }
  });

  test('ends with a logout', async () => {
    await page.goto(`${app.url}/api/v1/login?to=/docs`);
    await logInAtProvider();
    await page.waitForURL(`${app.url}/docs`);
    const statuses = await page.evaluate(async () => {
      const { csrf } = (await (await fetch('/api/v1/session')).json()) as { csrf: string };
      const headers = { 'content-type': 'application/json', 'x-sluice-csrf': csrf };
      const { status } = await fetch('/api/v1/logout', { method: 'POST', headers, body: '{}' });
      return [status, (await fetch('/api/v1/session')).status];
    });
    expect(statuses).toEqual([204, 401]);
    expect((await context.cookies(app.url)).map(({ name }) => name)).not.toContain('sluice-contract');
  });
});

test('a login in a terminal ends when the person has typed the code in a browser', async () => {
  vi.stubEnv('SLUICE_CONTEXTS', join(mkdtempSync(join(tmpdir(), 'sluice-contexts-')), 'contexts.json'));
  for (const name of ['SLUICE_API', 'SLUICE_TOKEN', 'SLUICE_CONTEXT']) vi.stubEnv(name, undefined);
  try {
    let stderr = '';
    const sluice = (...args: string[]) => {
      let stdout = '';
      const out = new Output({ write: (text) => void (stdout += text) }, { write: (text) => void (stderr += text) });
      return runCli(args, { out, interrupted: new AbortController().signal, ask: null, browse: null }).then((exit) => ({
        exit,
        stdout,
      }));
    };
    const login = sluice('login', '--api', app.url);
    await expect.poll(() => stderr).toContain('the code');
    await page.goto(/Open (\S+)/.exec(stderr)?.[1] ?? '');
    await page.click('button[type=submit]'); // the code is the one that the terminal shows
    await logInAtProvider();
    const { exit, stdout } = await login;
    expect([exit, stdout]).toEqual([0, expect.stringContaining('as ada')]);
    expect((await sluice('whoami')).stdout).toContain('ada, by login until');
    expect((await sluice('logout')).exit).toBe(0);
    expect((await sluice('whoami', '--api', app.url)).exit).toBe(5);
  } finally {
    vi.unstubAllEnvs();
  }
});

/** A page of another site with a link. */
async function serveLink(to: string) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><a href="${to}">Sluice</a>`);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, close };
}
