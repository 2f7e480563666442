/** The console in a real browser, served by the real API over plain http under a name that is not loopback, with fakes behind. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ApiDependencies } from '../../../src/api/dependencies.ts';
import type { Binding } from '../../../src/domain/access/decide.ts';
import { readConsole } from '../../../src/api/console/files.ts';
import { RecordStore } from '../../../src/records/record-store.ts';
import { ReleaseCatalogue } from '../../../src/releases/catalogue.ts';
import { consoleFolder } from '../../../stack/console.mjs';
import { FakeGateway } from '../../api/fake-gateway.ts';
import { firstTokenOf } from '../../api/first-token.ts';
import { startApp } from '../../api/start-app.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { faultsOf, openBrowser } from '../../support/browser.ts';

const HOST = 'sluice.corp.example';

export const openConsoleBrowser = (fonts?: Parameters<typeof openBrowser>[1]): Promise<Browser> =>
  openBrowser([HOST], fonts);

export type World = Awaited<ReturnType<typeof openWorld>>;

/** Opens an API with an admin's token, and a browser that has never been there. @param own replaces dependencies of the API. */
export async function openWorld(
  browser: Browser,
  options: BrowserContextOptions = {},
  own: Partial<ApiDependencies> = {},
) {
  const s3 = createFakeS3();
  const gateway = new FakeGateway();
  const app = await startApp({
    cordons: s3,
    ...own,
    gateway,
    records: new RecordStore(s3),
    releases: new ReleaseCatalogue(s3),
    hosts: [`${HOST}:PORT`],
    console: readConsole(consoleFolder),
    access: { anonymous: [], policy: {}, tokens: s3 },
  });
  const token = await firstTokenOf(s3);
  const url = `http://${HOST}:${new URL(app.url).port}`;
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const faults = faultsOf(page, url);
  return {
    app,
    gateway,
    s3,
    token,
    url,
    context,
    page,
    /** The complaints of the browser: scripts that threw, the policy, requests to elsewhere. */
    faults,
    /** A token with fewer rights than the admin's, whose rights can change afterwards. */
    tokenFor: (bindings: readonly Binding[]) => tokenFor({ app, s3, token }, bindings),
    /** Comes to a page as somebody who has signed in before. `support/browser.ts` has the way through the form. */
    signIn: async (path: string, by = token): Promise<void> => {
      await context.addCookies(await cookiesOf(app, url, by));
      await page.goto(path);
      await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    },
    /** Ends the session, and has the tab notice it as when somebody comes back to it: nothing else may ask for a while. */
    endSession: async (): Promise<Locator> => {
      await context.clearCookies();
      const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
      await comeBackUntil(page, () => dialog.isVisible());
      return dialog;
    },
    close: async (): Promise<void> => {
      await context.close();
      await app.stop();
    },
  };
}

interface Issuing {
  readonly app: Awaited<ReturnType<typeof startApp>>;
  readonly s3: ReturnType<typeof createFakeS3>;
  readonly token: string;
}

/** Comes back to the tab, which reads then what is older than two seconds, until it has. */
export const comeBackUntil = (page: Page, isDone: () => boolean | Promise<boolean>): Promise<void> =>
  expect
    .poll(
      async () => {
        await page.evaluate(`dispatchEvent(new Event('visibilitychange'))`);
        return await isDone();
      },
      { timeout: 20_000 },
    )
    .toBe(true);

/** Signs in by the dialog of a session that has ended. */
export async function signInAgain(dialog: Locator, token: string): Promise<void> {
  await dialog.getByLabel('Token').fill(token);
  await dialog.getByRole('button', { name: 'Sign in with the token' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** The cookies that a login with the token gives. */
async function cookiesOf(app: Issuing['app'], url: string, token: string) {
  const { headers } = await app.post('/api/v1/login/token', { token });
  return headers.getSetCookie().map((cookie) => {
    const [pair = ''] = cookie.split(';');
    const [name = '', ...value] = pair.split('=');
    return { name, value: value.join('='), url, httpOnly: true, sameSite: 'Strict' as const };
  });
}

async function tokenFor({ app, s3, token: admin }: Issuing, bindings: readonly Binding[]) {
  const authorization = `Bearer ${admin}`;
  const made = await app.post('/api/v1/tokens', { name: 'somebody', bindings }, { authorization });
  const { id, token } = made.body as unknown as { id: string; token: string }; // the contract of the API
  return {
    token,
    /** Changes the rights of the token, and waits until the API knows. */
    async become(next: readonly Binding[]): Promise<void> {
      const key = `tokens/${id}.json`;
      const record = JSON.parse((await s3.get(key))?.body ?? '{}') as object;
      await s3.put(key, JSON.stringify({ ...record, bindings: next }));
      await expect
        .poll(async () => (await app.send('/api/v1/session', { headers: { authorization: `Bearer ${token}` } })).text, {
          timeout: 20_000,
        })
        .toContain(`"bindings":${JSON.stringify(next)}`);
    },
  };
}

/** Holds that axe finds nothing on the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  // The other way opens a page of its own for each call, to read frames of elsewhere, which no page has.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
