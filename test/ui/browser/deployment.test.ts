/** The page of a deployment: configuration, file, and the differences from any other. */
import { describe, expect, test } from 'vitest';
import { JOB, putHistory, savepoint } from './history.ts';
import { expectFineInEveryLook } from './looks.ts';
import { useWorld, worldWith } from './use-world.ts';
import { expectAccessible } from './world.ts';

const world = useWorld(worldWith(putHistory));

const pathOf = (): string => new URL(world.page.url()).pathname + new URL(world.page.url()).search;

describe('a deployment', () => {
  test('says what ran and how it ended, finds options, and shows no secret', async () => {
    const { page, signIn } = world;
    await signIn(`/jobs/${JOB}/deployments/2`);
    const summary = page.getByRole('region', { name: 'Summary' });
    await summary.getByText('never seen running').waitFor();
    await summary.getByText(savepoint).waitFor();
    await page.getByText('6 options').waitFor();
    await page.getByRole('row', { name: 'fs.s3a.secret.key hidden cluster' }).waitFor();
    await expectAccessible(page);
    await page.getByLabel('Search in keys and values').fill('memory');
    await page.getByText('1 of 6 options').waitFor();
    await page.getByLabel('Search in keys and values').fill('');
    await page.getByRole('button', { name: 'Origin' }).click();
    await page.getByRole('checkbox', { name: /hotfix/ }).check();
    await page.getByText('1 of 6 options').waitFor();
    expect(pathOf()).toBe(`/jobs/${JOB}/deployments/2?origin=hotfix`);
    await page.reload();
    await page.getByRole('row', { name: 'pipeline.object-reuse true hotfix' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    expect(await page.content()).not.toContain('canary');
  });

  test('shows its file, which can be copied and saved', async () => {
    const { page, signIn } = world;
    await signIn(`/jobs/${JOB}/deployments/2?tab=file`);
    await page.getByRole('region', { name: 'Deployment file' }).getByText('parallelism: 4').waitFor();
    await expectAccessible(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the deployment file' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${JOB}.yaml`);
    await page.getByRole('button', { name: 'Copy the deployment file' }).click();
    await page.getByText('Copied the deployment file').waitFor();
  });

  test('is compared with the one before, and with any other, section by section', async () => {
    const { page, signIn } = world;
    await signIn(`/jobs/${JOB}/deployments/2`);
    await page.getByRole('link', { name: 'Differences' }).click();
    await page.getByText('From #1 to #2, this one').waitFor();
    await page.getByText('12 unchanged lines').waitFor();
    await page.getByRole('row', { name: /removed.*parallelism: 1/ }).waitFor();
    await page.getByText('3 changed · 1 added').waitFor();
    await page.getByText('changed, hidden').waitFor();
    const memory = page.getByRole('row', { name: /taskmanager.memory.process.size/ });
    expect(await memory.innerText()).toMatch(/896m.*1g/s);
    await page.getByText('1.2 MB').waitFor();
    await expectAccessible(page);
    await page.getByText('Deployment file', { exact: true }).click();
    await page.getByText('12 unchanged lines').waitFor({ state: 'hidden' });
    await page.getByLabel('Compare with').selectOption('3');
    await page.getByText('From #2 to #3, the later one').waitFor();
    expect(pathOf()).toBe(`/jobs/${JOB}/deployments/2?tab=diff&against=3`);
    await page.goBack();
    await page.getByText('From #1 to #2, this one').waitFor();
    await page.goto(`/jobs/${JOB}/deployments/1?tab=diff&against=3`);
    await page.getByText('Nothing differs.').waitFor();
    await page.goto(`/jobs/${JOB}/deployments/9`);
    await page.getByText(`${JOB} has no deployment 9`).waitFor();
  });

  test('has no fault and nothing beside the window in any look', async () => {
    const { page, signIn } = world;
    await signIn(`/jobs/${JOB}/deployments/2`);
    await expectFineInEveryLook(page, async (check) => {
      for (const [tab, shown] of [
        ['Configuration', '6 options'],
        ['File', 'parallelism: 4'],
        ['Differences', 'changed, hidden'],
      ] as const) {
        await page.getByRole('link', { name: tab }).click();
        await page.getByText(shown).first().waitFor();
        await check();
      }
    });
  });
});
