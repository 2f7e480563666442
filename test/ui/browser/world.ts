/** The console in a real browser, served by the real API over plain http under a name that is not loopback, with fakes behind. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
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
import { faultsOf, openBrowser, signIn } from '../../support/browser.ts';

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
    signIn: (path: string, by = token): Promise<void> => signIn(page, path, by),
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
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
