/**
 * The frame of the console: how it is served, signing in, news, and the states in which something is wrong.
 *
 * Seen to fail: with a text that is set as HTML, which Trusted Types refuse.
 */
import { describe, expect, test } from 'vitest';
import { signIn as signInByForm } from '../../support/browser.ts';
import { expectFineInEveryLook } from './looks.ts';
import { useWorld, worldWith } from './use-world.ts';
import { comeBackUntil, expectAccessible, signInAgain } from './world.ts';

const world = useWorld(
  worldWith(({ gateway }) => {
    const ownership = { project: 'clicks', team: 'ads-streaming', environment: 'prod' };
    gateway.put('clicks-prod', { state: 'running', ownership });
    gateway.put('orders-prod', { state: 'failed', ownership: { ...ownership, project: 'orders' } });
  }),
);

describe('a person', () => {
  test('signs in with a token, sees the jobs, and how one changes', async () => {
    const { page, gateway, token } = world;
    await signInByForm(page, '/', token);
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
    const { page, context, token } = world;
    await signInByForm(page, '/jobs?view=all', token);
    const search = page.getByLabel(/^Search/);
    await search.fill('orders');
    await page.getByRole('link', { name: 'clicks-prod' }).waitFor({ state: 'detached' });
    const cookies = await context.cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
    // Nothing is typed from here on: the dialog would take the keys, as soon as any request finds the session ended.
    const dialog = await world.endSession();
    await expectAccessible(page);
    await signInAgain(dialog, token);
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
    await signInAgain(page.getByRole('dialog', { name: 'Your session has ended' }), other.token);
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
    const asked: Promise<void>[] = [];
    await page.route('**/api/v1/jobs/clicks-prod', async (route) => {
      const answer = held.then(() => route.fulfill({ contentType: 'application/json', body: text }));
      asked.push(answer.catch(() => undefined)); // nobody may wait for it any more
      await asked.at(-1);
    });
    await comeBackUntil(page, () => asked.length > 0);
    gateway.put('clicks-prod', { state: 'stopped' });
    const news = page.getByText('somebody wanted the job stopped').first();
    await news.waitFor();
    letGo();
    await Promise.all(asked);
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))'); // an answer that is taken would be drawn now
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

  test('has no fault and nothing beside the window in any look', async () => {
    const { page, signIn } = world;
    await signIn('/jobs?view=all');
    await page.getByRole('link', { name: 'clicks-prod' }).waitFor();
    await expectFineInEveryLook(page);
  });
});
