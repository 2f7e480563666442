/** Makes jobs: a first deploy of each through the API, as fast as the installation takes them. */
import { performance } from 'node:perf_hooks';
import { messageOf } from '../../../src/domain/errors/message-of.ts';
import { inTurns } from '../../../src/concurrency/in-turns.ts';
import { tell } from '../../latency/terminal.ts';
import { summariesOf } from '../load.ts';
import type { Done } from '../sluice.ts';
import { watchUsage } from '../usage.ts';
import type { Bench } from './phase.ts';

/** Deploys under way at a time: enough to keep two cores busy. */
const AT_ONCE = 24;
const TELL_EVERY_MS = 30_000;
const TRIES = 3;

export async function seed({ installation, landscape, operations, signal }: Bench) {
  const jobs = landscape.deployed;
  const done: Done[] = [];
  const failures: Record<string, number> = {};
  const usage = watchUsage(installation.processes);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1_000;
  const progress = setInterval(
    () => tell(`  ${done.length} of ${jobs.length} deployed, ${(done.length / seconds()).toFixed(1)} a second`),
    TELL_EVERY_MS,
  );
  try {
    await inTurns(
      jobs,
      async ({ name, release }) => {
        for (let attempt = 1; ; attempt += 1) {
          signal.throwIfAborted();
          try {
            const one = await operations.do(name, { kind: 'deploy', release });
            if (one.outcome !== 'succeeded') throw new Error(`ended ${one.outcome}`);
            done.push(one);
            return;
          } catch (failure) {
            const reason = messageOf(failure).slice(0, 120);
            failures[reason] = (failures[reason] ?? 0) + 1;
            if (attempt === TRIES) throw new Error(`${name} could not be deployed: ${reason}`, { cause: failure });
          }
        }
      },
      AT_ONCE,
    );
  } finally {
    clearInterval(progress);
  }
  return {
    jobs: jobs.length,
    atOnce: AT_ONCE,
    seconds: Math.round(seconds()),
    perSecond: Math.round((done.length / seconds()) * 100) / 100,
    failures,
    ...summariesOf(done),
    usage: usage(),
  };
}
