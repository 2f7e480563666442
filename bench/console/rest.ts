/** A tab that nobody touches, a tab that nobody sees, a search, and a change that comes by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { summaryOf } from '../scale/figures.ts';
import { nameOf, type Installation } from './installation.ts';

const REST_MS = 15_000;
const SEARCHES = [
  'fraud',
  'job-0',
  'project-7',
  'ads staging',
  '1.12',
  'mail prod',
  'feed',
  'yarn-2',
  'core dev',
  '99',
];
const CHANGES = 8;

export async function measureRest(installation: Installation) {
  const context = await installation.open();
  const page = await context.newPage();
  await page.goto('/jobs?view=all');
  await page.getByRole('table', { name: 'Jobs' }).getByRole('link').first().waitFor();
  await sleep(2_000);
  const idleCpuPercent = await idleCpuOf(context, page);
  const answers = summaryOf(await searchesOf(page));
  const changes = summaryOf(await changesOf(installation, page));
  const requestsOfHiddenTab = await requestsWhileHidden(page);
  await context.close();
  return {
    idleCpuPercent,
    searchAnswerMedianMs: answers.median,
    searchAnswerP95Ms: answers.p95,
    changeOnScreenMedianMs: changes.median,
    changeOnScreenP95Ms: changes.p95,
    requestsOfHiddenTab,
  };
}

/** The share of the time in which the page was at work. */
async function idleCpuOf(context: BrowserContext, page: Page): Promise<number> {
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  const busy = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const before = await busy();
  await sleep(REST_MS);
  return Math.round((((await busy()) - before) * 1_000_000) / REST_MS) / 10;
}

/** From the request to the end of its answer: the pause after a key is not in it. */
async function searchesOf(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (const words of SEARCHES) {
    const answered = page.waitForEvent('requestfinished', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      return pathname.endsWith('/jobs') && searchParams.get('q') === words && searchParams.get('limit') === '100';
    });
    await page.getByLabel(/^Search/).fill(words);
    times.push((await answered).timing().responseEnd);
  }
  await page.getByLabel(/^Search/).fill('');
  return times;
}

/** From a change of a job until its row says so. */
async function changesOf({ change }: Installation, page: Page): Promise<number[]> {
  const times: number[] = [];
  const first = nameOf(8);
  const row = page.getByRole('row').filter({ hasText: first });
  await row.waitFor();
  for (let round = 0; round < CHANGES; round += 1) {
    const state = round % 2 === 0 ? 'unreachable' : 'running';
    const begun = performance.now();
    change(first, { state });
    await row.getByText(state, { exact: true }).waitFor();
    times.push(performance.now() - begun);
  }
  return times;
}

async function requestsWhileHidden(page: Page): Promise<number> {
  await page.evaluate<null>(`(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    document.dispatchEvent(new Event('visibilitychange'));
    return null;
  })()`);
  await sleep(1_000);
  let count = 0;
  const note = (): void => void (count += 1);
  page.on('request', note);
  await sleep(REST_MS);
  page.off('request', note);
  return count;
}
