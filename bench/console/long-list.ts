/** All jobs in one list: how long it takes to scroll through them, the frames, the nodes and the heap. */
import type { Page } from 'playwright-core';
import { summaryOf } from '../scale/figures.ts';
import type { Installation } from './installation.ts';

const MB = 1_000_000;
const FRAMES = 600;
const PX_A_FRAME = 240;
const PATIENCE_MS = 120_000;

export async function measureLongList({ open }: Installation) {
  const context = await open();
  const page = await context.newPage();
  await page.goto('/jobs?view=all');
  await page.getByRole('table', { name: 'Jobs' }).getByRole('link').first().waitFor();
  const domNodesAtTop = await nodesOf(page);
  const begun = performance.now();
  await scrollToEnd(page);
  const allRowsMs = Math.round(performance.now() - begun);
  const frames = summaryOf(await framesOf(page));
  const domNodes = await nodesOf(page);
  const session = await context.newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await context.close();
  return {
    domNodesAtTop,
    domNodes,
    allRowsMs,
    scrollFrameMedianMs: frames.median,
    scrollFrameP95Ms: frames.p95,
    heapMb: Math.round(usedSize / MB),
  };
}

const nodesOf = (page: Page): Promise<number> => page.evaluate<number>(`document.querySelectorAll('*').length`);

/** Scrolls down until no more rows come. */
async function scrollToEnd(page: Page): Promise<void> {
  await page.evaluate<null>(`new Promise((done, fail) => {
    const until = performance.now() + ${PATIENCE_MS};
    const table = document.querySelector('[role=table]');
    const total = Number(table.getAttribute('aria-rowcount')) - 1;
    const step = () => {
      scrollTo(0, document.documentElement.scrollHeight);
      const last = [...document.querySelectorAll('[role=row]')].at(-1);
      if (Number(last.getAttribute('aria-rowindex')) > total) done(null);
      else if (performance.now() > until) fail(new Error('the rows did not come'));
      else requestAnimationFrame(step);
    };
    step();
  })`);
}

/** The times between frames of a steady scroll upwards, through rows that are all there. */
const framesOf = (page: Page): Promise<number[]> =>
  page.evaluate<number[]>(`new Promise((done) => {
    const times = [];
    let last = performance.now();
    const step = (now) => {
      times.push(now - last);
      last = now;
      scrollBy(0, -${PX_A_FRAME});
      if (times.length < ${FRAMES}) requestAnimationFrame(step);
      else done(times.slice(1));
    };
    requestAnimationFrame(step);
  })`);
