/**
 * Takes the pictures of the documents: `npm run docs:screenshots` writes them to docs/console/, and a run of the tests only holds
 * that each of them can be taken, without a fault of the page, and is small.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { repository } from '../../docs/markdown.ts';
import { DEPLOYING, openCompany, SHOWN } from './company.ts';
import { fontsOfTheMachine } from './picture-fonts.ts';
import { fileOf, pictureFolder, pictures, themes, type Picture } from './picture-names.ts';
import { useWorld } from './use-world.ts';
import { openConsoleBrowser } from './world.ts';

const MOST_BYTES = 150_000;
const isWriting = process.env['SLUICE_PICTURES'] === 'write';

/** In a browser of its own, which has other fonts. */
const company = useWorld(async () => {
  const browser = await openConsoleBrowser(fontsOfTheMachine);
  const opened = await openCompany(browser, { viewport: { width: 1280, height: 780 } });
  return {
    ...opened,
    close: async (): Promise<void> => {
      await opened.close();
      await browser.close();
    },
  };
}, 'all tests');
beforeAll(() => company.signIn('/jobs'));

/** Opens the page of each picture, and waits until it has everything. */
const scenes: Readonly<Record<Picture, (page: Page) => Promise<unknown>>> = {
  async jobs(page) {
    await page.goto('/jobs?view=all');
    await page.getByRole('row').filter({ hasText: 'courier-positions-prod' }).getByText('s ago').first().waitFor();
  },
  async job(page) {
    await page.goto(`/jobs/${DEPLOYING}`);
    await page.getByText('Now starting').waitFor();
    await page.getByRole('table', { name: 'Operations' }).waitFor();
    await page
      .getByText(/^usually /)
      .first()
      .waitFor();
  },
  async launch(page) {
    await page.goto(`/jobs/${SHOWN}/launch?release=ad-clicks/2.4.0&step=values`);
    const line = page.locator('.cm-line', { hasText: 'parallelism: 8' });
    if ((await line.count()) > 0 || !(await page.getByRole('heading', { name: 'Your hotfix' }).isVisible())) {
      await line.click();
      await page.keyboard.press('End');
      await page.keyboard.press('Backspace');
      await page.keyboard.type('12');
    }
    await page.getByText('1 of 32 paths').waitFor();
    await page.getByRole('heading', { name: 'Active hotfix' }).waitFor();
    await page.getByRole('heading', { level: 1 }).focus();
  },
  async operation(page) {
    await page.goto(`/jobs/${SHOWN}/operations/op-12`);
    await page.getByText('Count (3/16)').waitFor();
  },
};

test.each(pictures)('the picture of %s can be taken', async (picture) => {
  const { page } = company;
  await scenes[picture](page);
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme });
    const image = await page.screenshot({ animations: 'disabled' });
    expect(image.length).toBeLessThan(MOST_BYTES);
    if (!isWriting) continue;
    const folder = join(repository, pictureFolder);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, fileOf(picture, theme)), image);
  }
});
