/** The JavaScript that each page brings, as it travels. */
import type { Page, Response } from 'playwright-core';
import { nameOf, type Installation } from './installation.ts';

const KB = 1_000;

export async function measureBytes({ open }: Installation) {
  const context = await open();
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.endsWith('.js')) sizes.push(sizeOf(response));
  });
  const come = async (path: string, isThere: (page: Page) => Promise<void>): Promise<number> => {
    sizes.length = 0;
    await page.goto(path);
    await isThere(page);
    // Dialogs are fetched ahead, when the page has come to rest.
    await page.waitForLoadState('load');
    await page.waitForTimeout(500);
    const all = await Promise.all(sizes);
    return Math.round(all.reduce((sum, size) => sum + size, 0) / KB);
  };
  const jobsPageJsKb = await come('/jobs', (at) => at.getByRole('table', { name: 'Jobs' }).waitFor());
  // The cache of the browser has what the first page has brought.
  const jobPageJsKb = await come(`/jobs/${nameOf(1)}`, (at) => at.getByRole('region', { name: 'Why' }).waitFor());
  const launchPageJsKb = await come(`/jobs/${nameOf(1)}/launch`, (at) =>
    at.getByRole('heading', { level: 1 }).waitFor(),
  );
  await context.close();
  return { jobsPageJsKb, jobPageJsKb, launchPageJsKb };
}

/** None for what the cache has. */
async function sizeOf(response: Response): Promise<number> {
  const { responseBodySize } = await response.request().sizes();
  return Math.max(0, responseBodySize);
}
