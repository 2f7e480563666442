/**
 * The frame of the console: how it is served, signing in, news, and the states in which something is wrong.
 *
 * Seen to fail: with a text that is set as HTML, which Trusted Types refuse.
 */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectAccessible, openConsoleBrowser, openWorld, type World } from './world.ts';

let browser: Browser;
let world: World;

beforeAll(async () => void (browser = await openConsoleBrowser()));
afterAll(async () => await browser.close());
beforeEach(async () => {
  world = await openWorld(browser);
  const ownership = { project: 'clicks', team: 'ads-streaming', environment: 'prod' };
  world.gateway.put('clicks-prod', { state: 'running', ownership });
  world.gateway.put('orders-prod', { state: 'failed', ownership: { ...ownership, project: 'orders' } });
});
afterEach(async () => {
  await world.close();
  expect(world.faults).toEqual([]);
});

describe('a person', () => {
  test('signs in with a token, sees the jobs, and how one changes', async () => {
    const { page, gateway, signIn } = world;
    await signIn('/');
    // The list begins with what needs attention.
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'All' }).click();
    const row = page.getByRole('row').filter({ hasText: 'clicks-prod' });
    await row.getByText('running').waitFor();
    expect(new URL(page.url()).pathname).toBe('/jobs');
    gateway.put('clicks-prod', {
      state: 'stopped',
      ownership: { project: 'clicks', team: 'ads', environment: 'prod' },
    });
    await row.getByText('stopped').waitFor();
    await expectAccessible(page);
  });

  test('is refused with a token that is none, and stays without one', async () => {
    const { page } = world;
    await page.goto('/jobs/clicks-prod');
    await expectAccessible(page);
    await page.getByLabel('Token').fill('slc_first_wrong');
    await page.getByRole('button', { name: 'Sign in with the token' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Token').fill(world.token);
    await page.getByRole('button', { name: 'Sign in with the token' }).click();
    await page.getByRole('heading', { name: 'clicks-prod' }).waitFor(); // the page that was asked for
  });

  test('loses nothing when the session ends, and can sign out', async () => {
    const { page, context, token, signIn } = world;
    await signIn('/jobs?view=all');
    const search = page.getByLabel(/^Search/);
    await search.fill('orders');
    await page.getByRole('link', { name: 'clicks-prod' }).waitFor({ state: 'detached' });
    const cookies = await context.cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
    // Nothing is typed from here on: the dialog would take the keys, as soon as any request finds the session ended.
    await context.clearCookies();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor({ timeout: 40_000 });
    await expectAccessible(page);
    await dialog.getByLabel('Token').fill(token);
    await dialog.getByRole('button', { name: 'Sign in with the token' }).click();
    await page.getByRole('link', { name: 'orders-prod' }).waitFor();
    expect(await search.inputValue()).toBe('orders');
    await page.getByRole('button', { name: 'Signed in as admin' }).click();
    await page.evaluate(`sessionStorage.setItem('sluice.launch.clicks-prod', '{}')`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await context.cookies()).toEqual([]);
    // Nothing stays for the next person.
    expect(await page.getByText('orders-prod').count()).toBe(0);
    expect(await page.evaluate<string[]>('Object.keys(sessionStorage)')).toEqual([]);
  });

  test('is shown nothing that was read for another one', async () => {
    const { page, context, signIn, tokenFor } = world;
    const other = await tokenFor([{ role: 'viewer', jobs: ['orders-*'] }]);
    await signIn('/jobs/clicks-prod');
    const secret = page.getByText('The application of the current deployment is alive').first();
    await secret.waitFor();
    await context.clearCookies();
    await page.getByRole('link', { name: 'History' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.getByLabel('Token').fill(other.token);
    await dialog.getByRole('button', { name: 'Sign in with the token' }).click();
    await page.getByRole('button', { name: 'Signed in as somebody' }).waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('alert').first().waitFor();
    expect(await secret.count()).toBe(0);
    // Somebody signs in anew in another tab: this one follows with the rights of that person.
    const stream = page.waitForRequest(/\/events/);
    const body = JSON.stringify({ token: world.token });
    const headers = `{ 'content-type': 'application/json' }`;
    await page.evaluate(`fetch('/api/v1/login/token', { method: 'POST', headers: ${headers}, body: '${body}' })`);
    await page.evaluate(`new BroadcastChannel('sluice-session').postMessage('changed')`);
    await secret.waitFor();
    await stream;
  });
});

describe('the frame', () => {
  test('says what does not answer, keeps what there is, and says when it is back', async () => {
    const { page, gateway, signIn } = world;
    await signIn('/jobs?view=all');
    await page.getByRole('link', { name: 'clicks-prod' }).waitFor();
    gateway.down();
    await page.goto('/jobs/clicks-prod');
    await page.getByText('Temporal does not answer since').waitFor();
    gateway.down(false);
    await page.getByText('Temporal does not answer since').waitFor({ state: 'detached' });
    await page.getByText('The application of the current deployment is alive').waitFor();
  });

  test('takes no answer for newer than the news that came while it was on its way', async () => {
    const { page, gateway, signIn } = world;
    await signIn('/jobs/clicks-prod');
    await page.getByText('The application of the current deployment is alive').first().waitFor();
    const authorization = `Bearer ${world.token}`;
    const { text } = await world.app.send('/api/v1/jobs/clicks-prod', { headers: { authorization } });
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const isAsked = page.waitForRequest('**/api/v1/jobs/clicks-prod');
    await page.route('**/api/v1/jobs/clicks-prod', async (route) => {
      await held;
      await route.fulfill({ contentType: 'application/json', body: text }).catch(() => undefined); // nobody waits for it
    });
    await page.waitForTimeout(2_100); // what was read just now is not read again
    await page.evaluate(`dispatchEvent(new Event('visibilitychange'))`);
    await isAsked;
    gateway.put('clicks-prod', { state: 'stopped' });
    const news = page.getByText('somebody wanted the job stopped').first();
    await news.waitFor();
    letGo();
    await page.waitForTimeout(500);
    expect(await news.count()).toBe(1);
  });

  test('finds a job by its name, and lists the keys', async () => {
    const { page, signIn } = world;
    await signIn('/releases');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('orders');
    await page.getByRole('option', { name: /orders-prod/ }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'orders-prod' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('j');
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  });

  test.each([
    { name: 'dark', options: { colorScheme: 'dark' } },
    { name: 'forced colours', options: { forcedColors: 'active' } },
    { name: 'on a phone', options: { viewport: { width: 390, height: 844 } } },
    { name: 'at 200 %', options: { viewport: { width: 640, height: 400 } } },
  ] as const)('has no fault and nothing beside the window $name', async ({ options }) => {
    const other = await openWorld(browser, options);
    try {
      other.gateway.put('clicks-prod', { state: 'running' });
      await other.signIn('/jobs');
      await other.page.getByRole('link', { name: 'clicks-prod' }).waitFor();
      await expectAccessible(other.page);
      const widths = await other.page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      );
      expect(widths[0]).toBeLessThanOrEqual(widths[1]);
      expect(other.faults).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
