/** Times pages of the list of jobs on a quiet installation, and the first answer of an API that has just started. */
import { setTimeout as sleep } from 'node:timers/promises';
import { summaryOf } from '../figures.ts';
import { PAGES, timed } from '../load.ts';
import { memoryOf, watchUsage } from '../usage.ts';
import type { Bench } from './phase.ts';

const REQUESTS = 300;
const PAUSE_MS = 50;
const ANSWERED_WITHIN_MS = 120_000;

export async function lists({ installation, signal }: Bench) {
  await installation.restartApi();
  const afterStart = await untilAnswered(installation, signal);
  const usage = watchUsage(installation.processes);
  const times = new Map<string, number[]>(Object.keys(PAGES).map((name) => [name, []]));
  // The first requests warm what is compiled on demand, as the first minute of any API does.
  for (let turn = -20; turn < REQUESTS; turn += 1) {
    signal.throwIfAborted();
    for (const [name, pathOf] of Object.entries(PAGES)) {
      const ms = await timed(installation, pathOf(Math.abs(turn)));
      if (turn >= 0) times.get(name)?.push(ms);
    }
    await sleep(PAUSE_MS);
  }
  return {
    firstAnswerAfterStart: Math.round(afterStart),
    pages: Object.fromEntries([...times].map(([name, series]) => [name, summaryOf(series)])),
    apiMemory: Math.round(memoryOf(installation.process('api'))),
    usage: usage(),
  };
}

/** @returns milliseconds until the list was answered; an API that has just started may say that it cannot yet. */
async function untilAnswered(installation: Bench['installation'], signal: AbortSignal): Promise<number> {
  const began = performance.now();
  for (;;) {
    signal.throwIfAborted();
    try {
      await timed(installation, '/jobs?limit=100');
      return performance.now() - began;
    } catch (failure) {
      if (performance.now() - began > ANSWERED_WITHIN_MS) throw failure;
      await sleep(PAUSE_MS);
    }
  }
}
