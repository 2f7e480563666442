/** Deploys running jobs anew, faster and faster, until the installation no longer keeps up, and names what limits it. */
import { availableParallelism } from 'node:os';
import { tell } from '../../latency/terminal.ts';
import { operationsAt, readers, summariesOf, type Load } from '../load.ts';
import { watchUsage, type Usage } from '../usage.ts';
import type { Bench } from './phase.ts';

const FIRST_RATE = 0.5;
const FASTER = 1.5;
const READ_EVERY_MS = 500;
/** A rate holds while no more are open at the end than begin in so many seconds, and none failed. */
const BACKLOG_SECONDS = 20;
const MOST_STEPS = 8;

export async function deploys(bench: Bench) {
  const steps: Awaited<ReturnType<typeof step>>[] = [];
  let turn = 0;
  for (let rate = FIRST_RATE; steps.length < MOST_STEPS; rate = Math.round(rate * FASTER * 100) / 100) {
    const one = await step(bench, rate, turn);
    turn += one.begun;
    steps.push(one);
    tell(`  ${rate} deploys a second: ${one.holds ? 'holds' : 'does not hold'}`);
    if (!one.holds) break;
  }
  const best = steps.filter(({ holds }) => holds).at(-1);
  const busiest = limiting(steps.at(-1)?.usage ?? {});
  return { highestRateThatHolds: best?.perSecond ?? null, limitedBy: busiest, steps };
}

async function step({ installation, landscape, operations, minutes, signal }: Bench, perSecond: number, from: number) {
  const jobs = landscape.deployed;
  const usage = watchUsage(installation.processes);
  const read = readers(installation, READ_EVERY_MS);
  const seconds = (minutes * 60) / 2;
  // A job has its deploys one after the other, so each comes only when all others had theirs.
  const jobAt = (turn: number) => jobs[(from + turn) % jobs.length];
  const load = await operationsAt(operations, {
    perSecond,
    seconds,
    jobAt: (turn) => jobAt(turn)?.name ?? '',
    body: (turn) => ({ kind: 'deploy', release: jobAt(turn)?.release ?? '' }),
    signal,
  });
  const { done, ...rest } = load;
  return {
    ...{ perSecond, seconds, begun: Math.round(perSecond * seconds), holds: holdsAt(perSecond, load) },
    ...rest,
    pages: read(),
    ...summariesOf(done),
    usage: usage(),
  };
}

const holdsAt = (perSecond: number, { openAtEnd, failures }: Load): boolean =>
  openAtEnd <= Math.max(5, perSecond * BACKLOG_SECONDS) && Object.keys(failures).length === 0;

/** The process that used the most processor time, and how much of the machine all of them used. */
function limiting(usage: Readonly<Record<string, Usage>>) {
  const [busiest] = Object.entries(usage).sort(([, a], [, b]) => b.cores - a.cores);
  const all = Object.values(usage).reduce((sum, { cores }) => sum + cores, 0);
  return { process: busiest?.[0] ?? null, cores: busiest?.[1].cores ?? 0, all, machine: availableParallelism() };
}
