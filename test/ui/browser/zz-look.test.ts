import { test } from 'vitest';
import { openConsoleBrowser, openWorld } from './world.ts';
import { planOf, refusedPlan } from './plans.ts';

test('look', async () => {
  const browser = await openConsoleBrowser();
  for (const [name, options] of [
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 390, height: 844 } }],
  ] as const) {
    const world = await openWorld(browser, options);
    world.gateway.put('clicks-prod', {
      state: 'running',
      ownership: { project: 'clicks', team: 'ads', environment: 'prod' },
    });
    world.gateway.plansSay = ({ request }) =>
      request.kind === 'resume' ? refusedPlan('restart', 'restorePoint', 'DiscardsNewerState') : planOf(request.kind);
    await world.signIn('/jobs/clicks-prod');
    const { page } = world;
    await page.getByRole('button', { name: 'Kill…' }).waitFor();
    await page.screenshot({ path: `/tmp/look-bar-${name}.png` });
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.screenshot({ path: `/tmp/look-menu-${name}.png` });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Restart…' }).click();
    await page.getByText('Restart as planned').waitFor();
    await page.getByText('Start from another state').click();
    await page.screenshot({ path: `/tmp/look-restart-${name}.png` });
    await page.getByRole('dialog').locator('.dialog-body').evaluate('(e) => e.parentElement.scrollTo(0, 10000)');
    await page.getByText('Copy as CLI').click();
    await page.getByText('Temporal signal').waitFor();
    await page.getByRole('dialog').locator('.dialog-body').evaluate('(e) => e.parentElement.scrollTo(0, 10000)');
    await page.screenshot({ path: `/tmp/look-restart2-${name}.png` });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Kill…' }).click();
    await page.getByText('Kill as planned').waitFor();
    await page.screenshot({ path: `/tmp/look-kill-${name}.png` });
    console.log(name, world.faults);
    await world.close();
  }
  await browser.close();
}, 120000);
