/**
 * Releases and clusters in the console: a release that is published appears by itself, what is in it and what has changed, and
 * what clusters have free.
 *
 * Seen to fail: with news of releases that nobody hears.
 */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { JOB, openAdminWorld } from './admin-world.ts';
import { expectFineInEveryLook } from './looks.ts';
import { useWorld } from './use-world.ts';
import { expectAccessible } from './world.ts';

const world = useWorld(openAdminWorld, 'all tests');
beforeAll(() => world.signIn('/releases'));

const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });

test('the list has what runs now, and a release that is published appears by itself', async () => {
  const { page } = world;
  await rowOf(page, 'clicks/1.0.0')
    .getByRole('link', { name: `${JOB} #2` })
    .waitFor();
  expect(await page.getByText('new', { exact: true }).count()).toBe(0);
  await world.publish('1.2.0', 8);
  await rowOf(page, 'clicks/1.2.0').getByText('new', { exact: true }).waitFor();
  await expectAccessible(page);
});

test('a search and a project narrow the list, and are in the address', async () => {
  const { page } = world;
  await page.keyboard.press('/');
  await page.keyboard.type('clicks-new');
  await rowOf(page, 'clicks/1.0.0').waitFor({ state: 'detached' });
  await rowOf(page, 'clicks/1.1.0').waitFor();
  await page.getByLabel('Project').selectOption('clicks');
  await page.waitForURL('**/releases?q=clicks-new&project=clicks');
  await rowOf(page, 'clicks/1.1.0').waitFor();
  await page.getByRole('searchbox').fill('nothing like it');
  await page.getByText('No release matches.').waitFor();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await rowOf(page, 'clicks/1.0.0').waitFor();
});

test('a release shows its jobs with what they run, its files, and what has changed since any version', async () => {
  const { page } = world;
  const reads: string[] = [];
  page.on('request', (request) => reads.push(new URL(request.url()).pathname));
  await page.getByRole('link', { name: 'clicks/1.1.0' }).click();
  await page.getByRole('heading', { name: 'clicks/1.1.0' }).waitFor();
  const jobs = page.getByRole('table', { name: 'Jobs of the release' });
  await jobs.getByRole('row').filter({ hasText: JOB }).getByText('clicks/1.0.0 #2').waitFor();
  await jobs.getByRole('row').filter({ hasText: 'clicks-new' }).getByText('never deployed').waitFor();
  // A single list has all of them.
  expect(reads.filter((path) => path.startsWith('/api/v1/jobs/'))).toEqual([]);
  const launches = await jobs
    .getByRole('link', { name: /^Launch/ })
    .evaluateAll((links) =>
      links.map((link) => (link as unknown as { getAttribute(name: string): string }).getAttribute('href')),
    );
  expect(launches).toEqual([
    `/jobs/${JOB}/launch?release=clicks%2F1.1.0`,
    '/launch?release=clicks%2F1.1.0&job=clicks-new',
  ]);
  await page.getByText('2 changed · 1 added').waitFor();
  await page.getByRole('button', { name: `Show changes of ${JOB}.yaml` }).click();
  const diff = page.getByRole('region', { name: `Changes of ${JOB}.yaml` });
  await diff.getByText('parallelism: 8').waitFor();
  await diff.getByText('parallelism: 4').waitFor();
  await expectAccessible(page);
  await page.getByLabel('Compare with version').selectOption('1.2.0');
  await page.waitForURL('**/releases/clicks/1.1.0?against=1.2.0');
  await page.getByText('1 changed · 1 added · 1 the same').waitFor();
});

test('a release that does not exist, and storage that is away, say so', async () => {
  const { page, s3 } = world;
  await page.goto('/releases/clicks/9.9.9');
  await page.getByRole('alert').getByText('There is no release clicks/9.9.9').waitFor();
  await page.goto('/releases');
  await rowOf(page, 'clicks/1.0.0').waitFor();
  s3.failNext(4);
  await page.getByRole('searchbox').fill('clicks');
  await rowOf(page, 'clicks/1.0.0').waitFor();
  s3.healthy();
});

test('clusters say whether they answer and what is free; one shows its queues and unknown applications', async () => {
  const { page } = world;
  await page.goto('/clusters');
  const cards = page.getByRole('main').getByRole('listitem');
  await cards
    .filter({ hasText: 'yarn-a' })
    .getByText(/of 8\.0 GiB used/)
    .waitFor();
  await cards
    .filter({ hasText: 'yarn-b' })
    .getByText(/does not answer/)
    .waitFor();
  await cards
    .filter({ hasText: 'yarn-b' })
    .getByText(/^silent/)
    .waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'yarn-a' }).click();
  await page.getByRole('table', { name: 'Queues' }).getByRole('row').filter({ hasText: 'ads' }).waitFor();
  await page.getByRole('row').filter({ hasText: 'clicks-by-hand' }).waitFor();
  await page.getByRole('button', { name: 'Copy the command that adopts application_1_0099' }).waitFor();
  await page.getByRole('link', { name: '1 running' }).click();
  await page.waitForURL('**/jobs?cluster=yarn-a&state=running');
  await page.goto('/clusters/yarn-b');
  await page.getByText('The cluster did not answer.').first().waitFor();
  await expectAccessible(page);
  await page.goto('/clusters/yarn-z');
  await page.getByRole('alert').getByText('There is no cluster "yarn-z"').waitFor();
});

test('an admin keeps new starts away from a cluster with a reason, and others only see it', async () => {
  const { page } = world;
  await page.goto('/clusters');
  await page.getByRole('button', { name: 'Cordon yarn-a', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Cordon yarn-a' });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Refuse new starts' }).hover();
  await dialog.getByText('Say why').waitFor();
  await dialog.getByLabel('Reason').fill('new disks');
  await dialog.getByRole('button', { name: 'Refuse new starts' }).click();
  await dialog.waitFor({ state: 'detached' });
  const card = page.getByRole('listitem').filter({ hasText: 'yarn-a' });
  await card.getByText(/by admin: new disks/).waitFor();
  await expectAccessible(page);

  const viewer = await world.tokenFor([{ role: 'viewer' }]);
  await world.signIn('/clusters/yarn-a', viewer.token);
  await page.getByText(/by admin: new disks/).waitFor();
  const button = page.getByRole('button', { name: 'Uncordon yarn-a' });
  await button.hover();
  await page
    .getByText(/needs the role admin/)
    .first()
    .waitFor();
  expect(await button.getAttribute('aria-disabled')).toBe('true');

  await world.signIn('/clusters/yarn-a');
  await page.getByRole('button', { name: 'Uncordon yarn-a' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Let starts go there' }).click();
  await page.getByRole('button', { name: 'Cordon yarn-a', exact: true }).waitFor();
  expect(await page.getByText('new disks').count()).toBe(0);
});

const pages = [
  ['/releases', 'clicks/1.1.0'],
  ['/releases/clicks/1.1.0', '2 changed · 1 added'],
  ['/clusters', 'yarn-b'],
  ['/clusters/yarn-a', 'clicks-by-hand'],
  ['/settings', 'Theme'],
  ['/settings/tokens', 'admin of everything'],
  ['/settings/audit', 'login'],
  ['/settings/notifications', 'No channel is configured.'],
  ['/settings/doctor', 'All is well.'],
] as const;

test.each(pages)('%s has no fault and nothing beside the window in any look', async (path, text) => {
  const { page } = world;
  await page.goto(path);
  await page.getByText(text).first().waitFor();
  await expectFineInEveryLook(page);
});
