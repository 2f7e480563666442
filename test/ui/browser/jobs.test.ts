/**
 * The list of jobs: views, filters in the address, rows that change by themselves, stars, columns, keys, the menu of a row.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { deploymentOf, putJobsInStates } from './jobs-in-states.ts';
import { expectFineInEveryLook } from './looks.ts';
import { useWorld, worldWith } from './use-world.ts';
import { expectAccessible, type World } from './world.ts';

const withJobs = worldWith(({ gateway }) => putJobsInStates(gateway));
const ownership = { project: 'clicks', team: 'ads-streaming', environment: 'prod' };
const rowOf = ({ page }: World, name: string) => page.getByRole('row').filter({ hasText: name });
const queryOf = ({ page }: World) => new URL(page.url()).searchParams;
const choose = async ({ page }: World, menu: string, value: string): Promise<void> => {
  await page.getByRole('button', { name: menu, exact: true }).first().click();
  await page.getByRole('checkbox', { name: value }).check();
  await page.keyboard.press('Escape');
};

describe('the list', () => {
  const world = useWorld(withJobs, 'all tests');
  beforeAll(() => world.signIn('/jobs'));

  test('begins with what needs attention, each with its reason', async () => {
    const { page } = world;
    await rowOf(world, 'failed-prod').getByText('the application ended with FAILED').waitFor();
    await rowOf(world, 'pending-prod').getByText('A stop has no known outcome yet').waitFor();
    const view = page.getByRole('navigation', { name: 'Views' });
    await view.getByRole('link', { name: /^Needs attention\s*5$/ }).waitFor();
    expect(await rowOf(world, 'healthy-prod').count()).toBe(0);
    await expectAccessible(page);
    await view.getByRole('link', { name: /^All\s*11$/ }).click();
    await rowOf(world, 'healthy-prod').waitFor();
    await rowOf(world, 'hotfixed-prod').getByText('hotfix', { exact: true }).waitFor();
    await rowOf(world, 'starting-prod').getByText('deploy · starting').waitFor();
  });

  test('has its filters in the address, which brings them back', async () => {
    const { page } = world;
    await choose(world, 'State', 'failed');
    await rowOf(world, 'healthy-prod').waitFor({ state: 'detached' });
    expect(queryOf(world).get('state')).toBe('failed');
    await page.getByRole('button', { name: 'State: failed' }).click();
    await page.getByRole('checkbox', { name: 'stopped' }).check();
    await page.keyboard.press('Escape');
    await rowOf(world, 'stopped-prod').waitFor();
    await page.reload();
    await rowOf(world, 'stopped-prod').waitFor();
    expect(await page.getByRole('row').count()).toBe(4); // with the head; one was given up
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Label, such as tier=gold').fill('tier=gold');
    await page.getByRole('button', { name: 'Add' }).first().click();
    await page.keyboard.press('Escape');
    await page.getByText('No job matches.').waitFor();
    await page.getByRole('button', { name: 'Drop the filter Label: tier=gold' }).click();
    await rowOf(world, 'stopped-prod').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await rowOf(world, 'healthy-prod').waitFor();
    expect(queryOf(world).has('state')).toBe(false);
  });

  test('searches, and sorts by a column', async () => {
    const { page } = world;
    await page.getByLabel(/^Search/).fill('unreach');
    await rowOf(world, 'healthy-prod').waitFor({ state: 'detached' });
    expect(queryOf(world).get('q')).toBe('unreach');
    await page.getByLabel(/^Search/).fill('');
    await page.getByRole('button', { name: 'State', exact: true }).last().click();
    await expect.poll(() => page.getByRole('row').nth(1).textContent()).toContain('starting-prod');
    expect(queryOf(world).get('sort')).toBe('state');
    await page.getByRole('button', { name: 'Job', exact: true }).click();
    await expect.poll(() => page.getByRole('row').nth(1).textContent()).toContain('degraded-prod');
  });

  test('shows a change of a job, and a new job at its place, without being asked', async () => {
    const { gateway } = world;
    const { memory } = gateway.jobs.get('healthy-prod') ?? {};
    gateway.put('healthy-prod', { ...memory, state: 'stopped' });
    await rowOf(world, 'healthy-prod').getByText('stopped').waitFor();
    gateway.put('healthy-too-prod', { ...memory, ownership, current: deploymentOf('healthy-too-prod') });
    await rowOf(world, 'healthy-too-prod').waitFor();
    const names = await world.page.getByRole('row').getByRole('link').allTextContents();
    expect(names.indexOf('healthy-too-prod')).toBe(names.indexOf('healthy-prod') + 1);
    gateway.put('healthy-prod', { ...memory });
    gateway.jobs.delete('healthy-too-prod');
    await rowOf(world, 'healthy-too-prod').waitFor({ state: 'detached' });
  });

  test('is used by the keyboard: rows, stars, the menu, a job', async () => {
    const { page } = world;
    await rowOf(world, 'healthy-prod').waitFor();
    await page.getByRole('heading', { name: 'Jobs' }).focus();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    const first = await focused();
    await page.keyboard.press('k');
    expect(await focused()).not.toBe(first);
    await page.keyboard.press('s');
    await page.getByRole('link', { name: /^Starred\s*1$/ }).waitFor();
    await page.keyboard.press('m');
    const menu = page.getByRole('dialog', { name: /^Menu of/ });
    await menu.getByRole('button', { name: /^Stop…/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'degraded-prod' }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: /^Starred/ }).click();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.reload();
    await rowOf(world, 'degraded-prod').waitFor();
    expect(queryOf(world).get('view')).toBe('starred');
  });

  test('offers the actions of a row, and says why others are not', async () => {
    const { page } = world;
    await page.goto('/jobs?view=all');
    await page.getByRole('button', { name: 'Menu of stopped-prod' }).click();
    const menu = page.getByRole('dialog', { name: 'Menu of stopped-prod' });
    await menu.getByRole('button', { name: /^Stop….*which does not allow stop/ }).waitFor();
    await expectAccessible(page);
    await menu.getByRole('button', { name: 'Resume…' }).click();
    await page.getByRole('dialog', { name: /Resume/ }).waitFor();
    await page.keyboard.press('Escape');
  });

  test('keeps columns and views in the browser', async () => {
    const { page } = world;
    await page.goto('/jobs?view=all&state=failed');
    await rowOf(world, 'failed-prod').waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Owner' }).uncheck();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByLabel('Name of this view').fill('Broken');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.goto('/jobs?view=all');
    await rowOf(world, 'healthy-prod').waitFor();
    expect(await page.getByRole('columnheader', { name: 'Owner' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('link', { name: 'Broken' }).click();
    await rowOf(world, 'healthy-prod').waitFor({ state: 'detached' });
    expect(queryOf(world).get('state')).toBe('failed');
  });
});

describe('a long list', () => {
  const world = useWorld();
  test('has few rows in the page, reads on, and is where it was on the way back', async () => {
    const { page, gateway } = world;
    gateway.visibility.hasDigests = true;
    for (let number = 0; number < 450; number += 1) {
      const name = `job-${String(number).padStart(3, '0')}-prod`;
      gateway.put(name, { state: 'running', ownership, current: deploymentOf(name) });
    }
    await world.signIn('/jobs');
    await rowOf(world, 'job-000-prod').waitFor();
    expect(await page.getByRole('row').count()).toBeLessThan(40);
    const scroll = (to: number) => page.evaluate<number>(`(scrollTo(0, ${to}), scrollY)`);
    await expect.poll(() => scroll(9000)).toBe(9000); // the rows come while somebody scrolls
    await rowOf(world, 'job-235-prod').waitFor();
    const place = await page.evaluate<number>('scrollY');
    await expect.poll(() => page.evaluate<number>('history.state?.scrollY')).toBe(place); // noted when scrolling has ended
    await page.getByRole('row').getByRole('link').nth(10).click();
    await page.getByRole('heading', { level: 1, name: /^job-/ }).waitFor();
    expect(await page.evaluate<number>('scrollY')).toBe(0);
    await page.goBack();
    await expect.poll(() => page.evaluate<number>('scrollY')).toBe(place);
    await rowOf(world, 'job-235-prod').waitFor();
  });
});

describe('a view', () => {
  const world = useWorld();
  test('of my jobs is there for whoever has rights for a team; without jobs the list says what to do', async () => {
    const { page, gateway } = world;
    const { token } = await world.tokenFor([{ role: 'operator', teams: ['ads-streaming'] }]);
    await world.signIn('/jobs', token);
    await page.getByText('No job that you may see was ever deployed.').waitFor();
    await expectAccessible(page);
    putJobsInStates(gateway);
    await page.goto('/jobs?view=mine');
    await rowOf(world, 'healthy-prod').waitFor();
    await page.goto('/jobs?view=starred');
    await page.getByText('No job has a star.').waitFor();
  });

  test('has no fault and nothing beside the window in any look', async () => {
    const { page, gateway } = world;
    putJobsInStates(gateway);
    await world.signIn('/jobs?view=all');
    await rowOf(world, 'starting-prod').waitFor();
    await expectFineInEveryLook(page, async (check) => {
      const cluster = page.getByRole('button', { name: 'Cluster', exact: true }).first();
      const filters = page.getByRole('button', { name: 'Filters', exact: true });
      if (!(await cluster.isVisible())) await filters.click();
      await cluster.click();
      await check();
      await page.keyboard.press('Escape');
    });
  });
});
