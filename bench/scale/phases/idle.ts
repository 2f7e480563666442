/** Counts what an installation costs that nobody asks for anything. */
import { setTimeout as sleep } from 'node:timers/promises';
import { tell } from '../../latency/terminal.ts';
import { watchUsage } from '../usage.ts';
import type { Bench } from './phase.ts';

const WINDOW_SECONDS = 30;
/** The jobs settle first: the watches look at each of them once. */
const SETTLES_WITHIN_WINDOWS = 20;
const SETTLED_PER_SECOND = 2;

export async function idle({ installation, operations, minutes, signal }: Bench) {
  await operations.rest();
  let windows = 0;
  for (; windows < SETTLES_WITHIN_WINDOWS; windows += 1) {
    const { total } = await count(installation, WINDOW_SECONDS, signal);
    tell(`  ${total.toFixed(2)} actions a second`);
    if (total < SETTLED_PER_SECOND) break;
  }
  const usage = watchUsage(installation.processes);
  const seconds = minutes * 60;
  const { total, byKind } = await count(installation, seconds, signal);
  return { settledAfterSeconds: windows * WINDOW_SECONDS, seconds, actionsPerSecond: total, byKind, usage: usage() };
}

async function count({ actions }: Bench['installation'], seconds: number, signal: AbortSignal) {
  const before = await actions();
  await sleep(seconds * 1_000, undefined, { signal });
  const perSecond = [...(await actions())]
    .map(([kind, sum]) => [kind, (sum - (before.get(kind) ?? 0)) / seconds] as const)
    .filter(([, rate]) => rate > 0);
  const total = perSecond.reduce((sum, [, rate]) => sum + rate, 0);
  const tidy = (rate: number): number => Math.round(rate * 1_000) / 1_000;
  return { total: tidy(total), byKind: Object.fromEntries(perSecond.map(([kind, rate]) => [kind, tidy(rate)])) };
}
