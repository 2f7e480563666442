/** The activity: live rows, filters in the address, the last day, and what other programs get. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { endOperation, JOB, putHistory, starting } from './history.ts';
import { expectFineInEveryLook } from './looks.ts';
import { useWorld, worldWith } from './use-world.ts';
import { expectAccessible } from './world.ts';

const world = useWorld(worldWith(putHistory));

const rowOf = (page: Page, id: string) => page.getByRole('row').filter({ hasText: id });
const search = (page: Page): string => new URL(page.url()).search;

describe('the activity', () => {
  test('shows what goes on first, how it goes on and ends, without a reload', async () => {
    const { page, gateway, signIn } = world;
    await signIn('/activity');
    await rowOf(page, 'more workers for the sale').getByText('rolled back').waitFor();
    const job = gateway.jobs.get(JOB)!;
    job.taken = starting();
    gateway.visibility.observe(JOB);
    const row = rowOf(page, 'raise memory');
    await row.getByText('starting').waitFor();
    expect(await page.getByRole('row').nth(1).innerText()).toContain('raise memory');
    await expectAccessible(page);
    job.taken = starting({ phase: 'verifying' });
    gateway.visibility.observe(JOB);
    await row.getByText('verifying').waitFor();
    await endOperation(world, 'cancelled');
    await row.getByText('cancelled').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `deploy of ${JOB}` }).waitFor();
  });

  test('is filtered by the address, and says when nothing fits', async () => {
    const { page, signIn } = world;
    await signIn('/activity');
    await rowOf(page, 'first release').waitFor();
    await page.getByRole('button', { name: 'Outcome' }).click();
    await page.getByRole('checkbox', { name: 'rolledBack' }).check();
    await rowOf(page, 'first release').waitFor({ state: 'detached' });
    expect(search(page)).toBe('?outcome=rolledBack');
    await page.keyboard.press('Escape');
    await page.getByLabel('When it ended').selectOption('7d');
    await page.waitForURL(/since=7d/);
    await page.reload();
    await rowOf(page, 'more workers').waitFor();
    await page.getByLabel('By whom').fill('bob');
    await page.getByText('No operation matches.').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await rowOf(page, 'first release').waitFor();
    await page.getByLabel('When it ended').selectOption('between');
    await page.getByLabel('Ended until').fill('2020-01-01T00:00');
    await page.getByText('No operation matches.').waitFor();
  });

  test('has the last day as columns and as a table, and is saved for other programs', async () => {
    const { page, signIn } = world;
    await signIn('/activity');
    const day = page.getByRole('region', { name: 'Last 24 hours' });
    await day.getByText('operations ended in the last 24 hours').waitFor();
    await day.getByText('The same as a table').click();
    const numbers = await day.getByRole('row').allInnerTexts();
    expect(numbers.filter((line) => /\b1\b/.test(line.replace(/^\S+ \S+/, ''))).length).toBeGreaterThan(0);
    await expectAccessible(page);
    for (const [name, expected] of [
      [
        'CSV, for a spreadsheet',
        /^job,id,kind[^\n]*\n.*clicks-prod,op-2,deploy,rolledBack,ann,console,clicks\/1\.2\.0/s,
      ],
      ['JSON lines, with everything', /"id":"op-2".*\n.*"id":"op-1"/s],
    ] as const) {
      await page.getByRole('button', { name: 'Export' }).click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
      expect(readFileSync(await download.path(), 'utf8')).toMatch(expected);
    }
    await page.getByText('Saved 2 operations').waitFor();
  });

  test('says that S3 is away, and keeps the rows that it has', async () => {
    const { page, s3, signIn } = world;
    await signIn('/activity');
    await rowOf(page, 'first release').waitFor();
    s3.unavailable();
    await page.getByLabel('When it ended').selectOption('24h');
    await page.getByRole('alert').first().waitFor();
    await page.getByText('The storage does not answer since').waitFor();
    s3.unavailable(false);
    await page.getByText('The storage does not answer since').waitFor({ state: 'detached' });
  });

  test('has no fault and nothing beside the window in any look', async () => {
    const { page, signIn } = world;
    await signIn('/activity');
    await rowOf(page, 'first release').waitFor();
    await page.getByText('operations ended in the last 24 hours').waitFor();
    await expectFineInEveryLook(page);
  });
});
