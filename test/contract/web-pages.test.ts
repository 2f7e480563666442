/**
 * Holds that pages in a real browser can do nothing to an API on the same machine, whose callers need no password.
 *
 * Seen to fail, on the API before it looked at `Host`, `Origin` and the type of a body: the page under a name that
 * points to 127.0.0.1 was served, the page of another origin cancelled the operation by `fetch` and by a form (202), and
 * opened a stream; under a name that is not loopback, `/docs` had no style.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type App } from '../api/start-app.ts';
import { openBrowser } from '../support/browser.ts';

/** A name of the attacker, whose DNS answers 127.0.0.1; and a name that the owner of the API has chosen. */
const REBOUND = 'rebound.example';
const CHOSEN = 'sluice.corp.example';

let browser: Browser;
let app: App;
let page: Page;
let elsewhere: { readonly url: string; readonly close: () => Promise<void> };

beforeAll(async () => {
  browser = await openBrowser([REBOUND, CHOSEN]);
  elsewhere = await serveBlankPages();
});
afterAll(async () => {
  await browser.close();
  await elsewhere.close();
});

beforeEach(async () => {
  app = await startApp({ hosts: [`${CHOSEN}:PORT`] });
  await app.publish('clicks/1.0.0', 'clicks-dev');
  await app.operate('clicks-dev', { kind: 'deploy', release: 'clicks/1.0.0', id: 'gh-4711-1' });
  page = await browser.newPage();
});
afterEach(async () => {
  await page.close();
  await app.stop();
});

/** The address of the API under another name. */
const under = (name: string, path: string): string => `http://${name}:${new URL(app.url).port}${path}`;
const CANCEL = '/api/v1/jobs/clicks-dev/operations/gh-4711-1/cancel';
const OPERATIONS = '/api/v1/jobs/clicks-dev/operations';

/** The answers of the API to requests for a path, as its log has them, because a page may not see them. */
const statusesOf = (path: string): number[] =>
  app.logged
    .map((line) => JSON.parse(line) as { path?: string; status?: number })
    .flatMap(({ path: asked, status }) => (asked === path && status !== undefined ? [status] : []));

describe('a page under a name that points to this machine (DNS rebinding)', () => {
  test('is not served, and can read and change nothing', async () => {
    const answer = await page.goto(under(REBOUND, '/docs'));
    expect(answer?.status()).toBe(421);
    expect(await answer?.json()).toMatchObject({ code: 'HostNotAllowed' });
    const seen = await page.evaluate(
      async ({ read, change }) => {
        const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"kind":"kill"}' };
        const answers = await Promise.all([fetch(read), fetch(change, post)]);
        return answers.map(({ status }) => status);
      },
      { read: '/api/v1/jobs', change: OPERATIONS },
    );
    expect(seen).toEqual([421, 421]);
    expect(app.gateway.submitted).toHaveLength(1);
  });
});

describe('a page of another origin', () => {
  beforeEach(async () => {
    await page.goto(elsewhere.url);
  });

  test.each([
    ['without a body', {}],
    ['with a text', { body: '{"reason":"csrf"}' }],
    ['with a form', { body: 'reason=csrf', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
  ])('cancels nothing by fetch %s', async (_how, init) => {
    await page.evaluate(({ url, more }) => fetch(url, { method: 'POST', mode: 'no-cors', ...more }).catch(() => null), {
      url: app.url + CANCEL,
      more: init,
    });
    await expect.poll(() => statusesOf(CANCEL)).toEqual([403]);
    expect(app.gateway.cancelled).toEqual([]);
  });

  test('cancels nothing by a form', async () => {
    await page.setContent(
      `<form method="post" action="${app.url}${CANCEL}" enctype="text/plain"><button>win</button></form>`,
    );
    await page.click('button');
    await expect.poll(() => statusesOf(CANCEL)).toEqual([403]);
    expect(app.gateway.cancelled).toEqual([]);
  });

  test('asks for nothing with JSON, and reads nothing', async () => {
    const outcomes = await page.evaluate(
      async ({ api, operations }) => {
        const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"kind":"kill"}' };
        const told = (asked: Promise<Response>) => asked.then(({ status }) => String(status)).catch(() => 'blocked');
        return Promise.all([told(fetch(api + operations, post)), told(fetch(`${api}/api/v1/jobs`))]);
      },
      { api: app.url, operations: OPERATIONS },
    );
    expect(outcomes).toEqual(['blocked', 'blocked']);
    expect(app.gateway.submitted).toHaveLength(1);
  });

  test('opens no stream of events', async () => {
    await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const stream = new EventSource(url);
          stream.onopen = stream.onerror = resolve;
        }),
      `${app.url}/api/v1/events`,
    );
    expect((await app.send('/metrics')).text).toContain('sluice_api_event_listeners 0');
  });

  test('may link to the documentation', async () => {
    await page.setContent(`<a href="${app.url}/docs">docs</a>`);
    await page.click('a');
    await expect.poll(() => statusesOf('/docs')).toEqual([200]);
  });
});

describe('a page of the API itself', () => {
  test.each(['127.0.0.1', 'localhost', CHOSEN])('under %s has its style, and can ask', async (name) => {
    await page.goto(under(name, '/docs'));
    const font = await page.evaluate<string>(`getComputedStyle(document.querySelector('code')).fontFamily`);
    expect(font).toContain('ui-monospace'); // from /docs/style.css
    const status = await page.evaluate(async (url) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"reason":"mine"}' };
      return (await fetch(url, init)).status;
    }, CANCEL);
    expect(status).toBe(202);
    expect(app.gateway.cancelled).toHaveLength(1);
  });
});

async function serveBlankPages() {
  const server = await new Promise<Server>((resolve) => {
    const listening = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>elsewhere</title>');
    });
    listening.listen(0, '127.0.0.1', () => resolve(listening));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
