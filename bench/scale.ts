// npm run bench:scale [-- --jobs 10000 --minutes 5]: what thousands of jobs cost, and how quick the API stays, on a real
// Temporal server with PostgreSQL, with the real worker and API. Only the clusters are faked.
import { Command, Option } from 'commander';
import { stopCommands } from '../stack/cache/command.ts';
import { readSettings } from '../stack/settings.ts';
import { say, tell } from './latency/terminal.ts';
import { positive } from './positive.ts';
import { install } from './scale/installation.ts';
import { landscapeOf } from './scale/landscape.ts';
import { carry } from './scale/phases/carry.ts';
import { deploys } from './scale/phases/deploys.ts';
import { idle } from './scale/phases/idle.ts';
import { lists } from './scale/phases/lists.ts';
import type { Bench } from './scale/phases/phase.ts';
import { savepoints } from './scale/phases/savepoints.ts';
import { seed } from './scale/phases/seed.ts';
import { streams } from './scale/phases/streams.ts';
import { openResult } from './scale/result.ts';
import { Operations } from './scale/sluice.ts';
import { withEnds, type Ends } from './with-ends.ts';

/** In this order; `seed` and `carry` make the jobs and always come first. */
const phases = { idle, lists, streams, savepoints, deploys } as const;
type Phase = keyof typeof phases;
const names = Object.keys(phases) as Phase[]; // the keys of a constant

const options = new Command('bench:scale')
  .description(
    'Thousands of jobs on a real Temporal with PostgreSQL, real worker and API, faked clusters (Linux only).',
  )
  .option('--jobs <count>', 'jobs', positive, 10_000)
  .option(
    '--deployed <count>',
    'how many of them are deployed through the API; the others run already',
    positive,
    1_000,
  )
  .option('--minutes <count>', 'how long idling and each load is measured', positive, 5)
  .addOption(new Option('--phases <names...>', 'what is measured').choices(names).default(names))
  .option('--result <file>', 'JSON file that gets the figures, each phase as it ends')
  .option('--keep-logs <folder>', 'copies the logs of all processes there')
  .parse()
  .opts<{ jobs: number; deployed: number; minutes: number; phases: Phase[]; result?: string; keepLogs?: string }>();

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) return;
    tell('\nInterrupted: stopping the bench …');
    interrupted.abort(new Error('interrupted'));
    stopCommands();
  });
}

await withEnds(run, interrupted.signal);
// Connections of streams that were cut would keep the process.
process.exit();

async function run(ends: Ends): Promise<void> {
  const { signal } = interrupted;
  if (process.platform !== 'linux') throw new Error('this bench reads /proc, which only Linux has');
  const settings = readSettings();
  const landscape = landscapeOf(options.jobs, options.deployed);
  const { result, add } = openResult(options.result, settings.repository, options.jobs);
  const installation = await install({ settings, landscape, signal, ends, keepLogs: options.keepLogs });
  const operations = new Operations(installation);
  const bench: Bench = { installation, landscape, operations, minutes: options.minutes, signal };
  const measure = async (name: string, phase: (bench: Bench) => Promise<object>): Promise<void> => {
    tell(`${name} …`);
    add(name, await phase(bench));
  };
  await measure('seed', seed);
  await measure('carry', carry);
  for (const name of names.filter((one) => options.phases.includes(one))) await measure(name, phases[name]);
  await operations.rest();
  say(JSON.stringify(result, null, 2));
}
