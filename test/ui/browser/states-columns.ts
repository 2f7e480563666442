/** Walks through pages in every state, and tells which of them do not show what the table says. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { messages, olderThan } from '../../../src/ui/app/bar-texts.ts';
import type { Part } from '../../../src/ui/api/part.ts';
import { JOB } from './history.ts';
import type { Row } from './states-table.ts';
import { openStatesWorld, OTHER_JOB } from './states-world.ts';
import { useWorld, worldWith } from './use-world.ts';
import { comeBackUntil, expectAccessible, signInAgain, type World } from './world.ts';

/** Long enough for a page that asks twice before it gives up. */
const SHOWN_WITHIN_MS = 8_000;
/** A guard against a walk that hangs. */
const WALK_MS = 600_000;

const barOf = (page: Page, part: Part) => page.getByText(messages[part]('…').split('…')[0] ?? '');
/** Goes there as a link does: what was read stays known. */
const go = (page: Page, path: string): Promise<void> => page.evaluate(`history.pushState(null, '', '${path}')`);

/** Tells in a line that the page does not show the words; nothing when it does. */
async function missingOf(page: Page, name: string, words: Row['shows']): Promise<string[]> {
  const found = page.getByRole('main').getByText(words).filter({ visible: true }).first();
  const isThere = await found.waitFor({ timeout: SHOWN_WITHIN_MS }).then(
    () => true,
    () => false,
  );
  return isThere ? [] : [`${name} does not show ${String(words)}`];
}

type Act = (row: Row) => Promise<readonly string[]>;

/** Does it for each page, and holds that none has something to say. */
async function expectOfEach(rows: readonly Row[], act: Act): Promise<void> {
  const told: string[] = [];
  for (const row of rows) told.push(...(await act(row)));
  expect(told).toEqual([]);
}

export function describeStates(rows: readonly Row[]): void {
  const reading = rows.filter(({ reads }) => reads !== null);
  describe('with nothing there', { timeout: WALK_MS }, () => {
    const world = useWorld(
      worldWith(({ gateway }) => gateway.put(JOB, {})),
      'all tests',
    );
    test('empty: each page says so, and what to do', () => showsNothing(world, rows));
  });
  describe('with everything there', { timeout: WALK_MS }, () => {
    const world = useWorld(openStatesWorld, 'all tests');
    beforeAll(() => world.signIn('/settings'));
    test('loading: the frame and grey rows, then the data', () => loads(world, reading));
    test('API down: the data stay, dimmed, and nothing can be asked', () => keepsData(world, rows));
    test('Temporal down: what S3 has can be read, the rest says what is wrong', () =>
      readsWithoutTemporal(world, rows));
    test('one cluster silent: only its jobs are marked', async () => {
      world.silence();
      await expectOfEach(rows, async ({ name, path, withSilentCluster }) => {
        await world.page.goto(path);
        return await missingOf(world.page, name, withSilentCluster);
      });
      await world.page.goto('/jobs?view=all');
      const other = world.page.getByRole('row').filter({ hasText: OTHER_JOB });
      await other.getByText('running').waitFor();
      world.silence(false);
    });
    test('stream lost: a bar, and each page asks by itself', () => asksByItself(world, rows));
    test('denied: each page says which right lacks', async () => {
      const { token } = await world.tokenFor([{ role: 'viewer', jobs: ['payments-*'] }]);
      await world.signIn('/settings', token);
      await expectOfEach(rows, async ({ name, path, shows, denied }) => {
        await go(world.page, path);
        return await missingOf(world.page, name, denied ?? shows);
      });
      await world.signIn('/settings');
    });
    test('signed out in mid-edit: nothing is lost', () => keepsEdits(world, rows));
    test('too old: each page says that it is, and works on', async () => {
      const { app, page } = world;
      app.outages.become('9.9.9');
      await page.getByText(olderThan('9.9.9')).waitFor();
      await expectOfEach(rows, async ({ name, path, shows }) => {
        await go(page, path);
        const hasBar = await page.getByText(olderThan('9.9.9')).isVisible();
        return [...(await missingOf(page, name, shows)), ...(hasBar ? [] : [`${name} has no bar`])];
      });
    });
  });
}

async function showsNothing({ page, signIn }: World, rows: readonly Row[]): Promise<void> {
  await signIn('/settings');
  await expectOfEach(rows, async ({ name, path, shows, empty }) => {
    await go(page, path);
    return await missingOf(page, name, empty ?? shows);
  });
}

async function loads({ page }: World, rows: readonly Row[]): Promise<void> {
  let letGo = (): void => undefined;
  let held = Promise.resolve();
  const others = /\/api\/v1\/(?!session|healthz|login)/;
  await page.route(others, async (route) => {
    await held;
    await route.continue().catch(() => undefined); // the page may be gone
  });
  await expectOfEach(rows, async ({ name, path, shows }) => {
    held = new Promise((resolve) => (letGo = resolve));
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const hasRows = await page
      .getByRole('main')
      .getByText('Loading')
      .first()
      .waitFor({ timeout: SHOWN_WITHIN_MS })
      .then(
        () => true,
        () => false,
      );
    letGo();
    return [...(hasRows ? [] : [`${name} has no grey rows`]), ...(await missingOf(page, name, shows))];
  });
  await page.unroute(others);
}

async function keepsData({ page, app }: World, rows: readonly Row[]): Promise<void> {
  await page.goto('/settings');
  await expectOfEach(rows, async ({ name, path, shows }) => {
    await go(page, path);
    return await missingOf(page, name, shows);
  });
  await app.outages.down();
  await comeBackUntil(page, () => barOf(page, 'api').isVisible());
  await expectOfEach(rows, async ({ name, path, shows, reads }) => {
    await go(page, path);
    const missing = await missingOf(page, name, shows);
    const isDimmed = reads === null || (await page.locator('main .stale').count()) > 0;
    const acts = await page.locator('main .button:not(.quiet)').evaluateAll(ENABLED);
    return [
      ...missing,
      ...(isDimmed ? [] : [`${name} is not dimmed`]),
      ...acts.map((text) => `${name} still offers ${text}`),
    ];
  });
  await go(page, `/jobs/${JOB}`);
  await expectAccessible(page);
  await page.getByText(/not live · as of/).waitFor();
  await app.outages.down(false);
  await comeBackUntil(page, async () => !(await barOf(page, 'api').isVisible()));
}

/** The names of the buttons that ask something of the API, and are offered. */
const ENABLED = (buttons: unknown[]): string[] =>
  (buttons as { textContent: string; getAttribute: (name: string) => string | null; tagName: string }[])
    .filter((one) => one.tagName === 'BUTTON' && one.getAttribute('aria-disabled') === null)
    .map((one) => one.textContent)
    .filter((text) => /^(Launch|Stop|Restart|Savepoint|Kill|Roll back|New token|Revoke|Check)/.test(text));

async function readsWithoutTemporal({ page, gateway }: World, rows: readonly Row[]): Promise<void> {
  gateway.down();
  await expectOfEach(rows, async ({ name, path, withoutTemporal }) => {
    await page.goto(path);
    const missing = await missingOf(page, name, withoutTemporal);
    const hasBar = await barOf(page, 'temporal')
      .waitFor({ timeout: SHOWN_WITHIN_MS })
      .then(
        () => true,
        () => false,
      );
    return [...missing, ...(hasBar ? [] : [`${name} has no bar`])];
  });
  gateway.down(false);
  await comeBackUntil(page, async () => !(await barOf(page, 'temporal').isVisible()));
}

async function asksByItself({ context, app }: World, rows: readonly Row[]): Promise<void> {
  const page = await context.newPage();
  await page.clock.install();
  await page.goto('/settings');
  await page.getByText('Theme').first().waitFor();
  app.outages.cutStreams();
  await page.clock.runFor(3_000);
  await barOf(page, 'stream').waitFor();
  await expectOfEach(rows, async ({ name, path, shows, reads, isLive }) => {
    await go(page, path);
    const missing = await missingOf(page, name, shows);
    if (!isLive || reads === null) return missing;
    const asked = page.waitForRequest((request) => request.url().includes(`/api/v1${reads}`), {
      timeout: SHOWN_WITHIN_MS,
    });
    const outcome = asked.then(
      () => [],
      () => [`${name} does not ask by itself`],
    );
    await page.clock.runFor(10_500);
    return [...missing, ...(await outcome)];
  });
  app.outages.cutStreams(false);
  await page.close();
}

async function keepsEdits(world: World, rows: readonly Row[]): Promise<void> {
  const { page, token } = world;
  await page.goto('/settings');
  for (const { path, edit } of rows) {
    if (edit === undefined) continue;
    await go(page, path);
    const field = page.getByRole('main').getByLabel(edit).first();
    await field.fill('ci');
    const login = await world.endSession();
    await signInAgain(login, token);
    expect([path, await field.inputValue()]).toEqual([path, 'ci']);
    await field.fill('');
  }
}
