/** Reads what processes use from `/proc`: processor time and resident memory, with that of their children. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Running } from './processes.ts';

/** The kernel counts processor time for programs in hundredths of a second (`USER_HZ`), on every architecture of today. */
const TICKS_PER_SECOND = 100;
const MIB = 1024;
const LOOK_EVERY_MS = 2_000;

/** A process in a window of time. */
export interface Usage {
  /** Processor seconds per second: 1 is a whole core. */
  readonly cores: number;
  /** MiB at the end of the window, and the most that was seen. */
  readonly rss: number;
  readonly rssPeak: number;
}

interface Look {
  readonly ticks: number;
  readonly rss: number;
}

/** Follows processes until the function that is returned is called, which tells what each has used meanwhile. */
export function watchUsage(processes: readonly Running[]): () => Record<string, Usage> {
  const startedAt = performance.now();
  const first = new Map(processes.map(({ name, pid }) => [name, lookAt(pid)]));
  const peaks = new Map([...first].map(([name, { rss }]) => [name, rss]));
  const look = (): void => {
    for (const { name, pid } of processes) peaks.set(name, Math.max(peaks.get(name) ?? 0, lookAt(pid).rss));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    const seconds = (performance.now() - startedAt) / 1_000;
    const usageOf = ({ name, pid }: Running): [string, Usage] => {
      const { ticks, rss } = lookAt(pid);
      const cores = (ticks - (first.get(name)?.ticks ?? 0)) / TICKS_PER_SECOND / seconds;
      const rssPeak = Math.max(rss, peaks.get(name) ?? 0);
      return [name, { cores: round(cores), rss: Math.round(rss), rssPeak: Math.round(rssPeak) }];
    };
    return Object.fromEntries(processes.map(usageOf));
  };
}

/** The resident memory of a process now, in MiB. */
export const memoryOf = ({ pid }: Running): number => lookAt(pid).rss;

const round = (cores: number): number => Math.round(cores * 1_000) / 1_000;

/** Sums a process and its children. The time of children that have ended is in the fields of their parent. */
function lookAt(pid: number): Look {
  const children = childrenOf(pid);
  // Processes of one program share memory, as those of PostgreSQL do, so that each counts with its proportional share.
  const field = children.length === 0 ? 'Rss' : 'Pss';
  const looks = [pid, ...children].map((one) => lookAtOne(one, field));
  return { ticks: sum(looks.map(({ ticks }) => ticks)), rss: sum(looks.map(({ rss }) => rss)) };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return []; // it has just ended
  }
}

/** Fields 14 to 17 of `stat` are the times, counted from behind the name, which may hold spaces. */
function lookAtOne(pid: number, field: 'Rss' | 'Pss'): Look {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const kilobytes = Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0);
    return { ticks: sum(fields.slice(11, 15).map(Number)), rss: kilobytes / MIB };
  } catch {
    return { ticks: 0, rss: 0 }; // it has just ended
  }
}
