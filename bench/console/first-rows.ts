/** The time from the address to the first rows, cold and again, on this machine and as if on a slow one. */
import type { BrowserContext, Page } from 'playwright-core';
import { median } from '../statistics.ts';
import type { Installation } from './installation.ts';

const SLOW = { cpu: 4, bytesPerSecond: (10 * 1_000_000) / 8, latencyMs: 40 } as const;

/** Notes when the first row of the table is in the page. */
const NOTE = `new MutationObserver((_changes, observer) => {
  if (!document.querySelector('[role=table] [role=row] a')) return;
  observer.disconnect();
  requestAnimationFrame(() => (globalThis.firstRowAt = performance.now()));
}).observe(document, { childList: true, subtree: true });`;

export async function measureFirstRows({ open }: Installation, rounds: number) {
  const [cold, again, slow, slowAgain] = [[], [], [], []] as [number[], number[], number[], number[]];
  for (let round = 0; round < rounds; round += 1) {
    for (const [isSlow, first, second] of [
      [false, cold, again],
      [true, slow, slowAgain],
    ] as const) {
      const context = await open();
      const page = await newPage(context, isSlow);
      first.push(await timeOf(page));
      second.push(await timeOf(page));
      await context.close();
    }
  }
  return {
    firstRowsMs: Math.round(median(cold)),
    firstRowsAgainMs: Math.round(median(again)),
    firstRowsSlowMs: Math.round(median(slow)),
    firstRowsSlowAgainMs: Math.round(median(slowAgain)),
  };
}

async function newPage(context: BrowserContext, isSlow: boolean): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(NOTE);
  if (!isSlow) return page;
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: SLOW.latencyMs,
    downloadThroughput: SLOW.bytesPerSecond,
    uploadThroughput: SLOW.bytesPerSecond,
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW.cpu });
  return page;
}

async function timeOf(page: Page): Promise<number> {
  await page.goto('/jobs?view=all');
  await page.getByRole('table', { name: 'Jobs' }).getByRole('link').first().waitFor();
  return await page.evaluate<number>(
    `new Promise((tell) => { const look = () => globalThis.firstRowAt ? tell(globalThis.firstRowAt) : setTimeout(look, 10); look(); })`,
  );
}
