// npm run bench:hotfix [-- --rounds 3]: times a hotfix of a running and of a crash-looping job, from the command until
// the hotfixed job runs.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { JobBody } from '../src/api/contract.ts';
import { createFlinkClient } from '../src/clients/flink/flink.ts';
import { createYarnClient } from '../src/clients/yarn/yarn.ts';
import type { BenchStack } from './latency/bench-stack.ts';
import { lastTaskRunningAt } from './latency/measure.ts';
import { machineLoad, runBench } from './latency/run-bench.ts';
import { ask, ended, get } from './latency/sluice-api.ts';
import { median } from './statistics.ts';
import { layOut, say, tell } from './latency/terminal.ts';
import { onlyCluster, publishWorkload } from './latency/workload.ts';

const MOST_ROUNDS = 20;
const SICK_WITHIN_MS = 90_000;
/** Takes more heap than the workload's TaskManager has, and less than a TaskManager of `ENOUGH` has. */
const HUNGER = ['--hold-mib', '450'];
const ENOUGH = '1600m';

const options = new Command('bench:hotfix')
  .description('From the command until every task of the hotfixed job is RUNNING, and until it is verified.')
  .option('--rounds <count>', `counted rounds, 1 to ${MOST_ROUNDS}`, parseRounds, 3)
  .parse()
  .opts<{ rounds: number }>();

process.exitCode = await runBench(run);

/** Times in milliseconds after the command. */
interface Figures {
  readonly running: number;
  readonly verified: number;
}

async function run(stack: BenchStack, signal: AbortSignal): Promise<void> {
  const id = Date.now().toString(36);
  const job = `bench-${id}-hotfix`;
  const hungry = join(stack.folder, 'hungry');
  const { name: cluster } = onlyCluster(stack.config);
  const args = [...HUNGER, '--faults-while', hungry];
  const { release } = await publishWorkload(stack.settings, stack.s3, {
    runs: [job],
    id,
    folder: stack.folder,
    cluster,
    args,
  });
  const act = operations(stack, job, signal);
  await act.succeed({ kind: 'deploy', release });
  const figures = { running: [] as Figures[], crashing: [] as Figures[] };
  for (let round = 1; round <= options.rounds; round += 1) {
    const running = await act.measured({ set: { 'flink.config.bench.round': round } });
    await writeFile(hungry, '');
    await act.untilSick();
    const crashing = await act.measured({ set: { 'taskManager.memory': ENOUGH }, stopWith: 'checkpoint' });
    await rm(hungry);
    await act.succeed({ kind: 'revertHotfix' });
    figures.running.push(running);
    figures.crashing.push(crashing);
    const [one, other] = [running, crashing].map((figure) => seconds(figure.running));
    tell(`  round ${round}  running ${one ?? ''} s, crash-looping ${other ?? ''} s (load ${machineLoad()})`);
  }
  await act.succeed({ kind: 'kill' });
  report(figures.running, figures.crashing);
}

/** The operations on the bench's job. */
function operations({ status, config }: BenchStack, job: string, signal: AbortSignal) {
  const { name, resourceManager } = onlyCluster(config);
  const yarn = createYarnClient({ name, resourceManager, user: 'bench' });
  const flink = createFlinkClient();
  const succeed = async (body: Record<string, unknown>) => {
    const operation = await ended(status, await ask(status, job, { actor: 'bench', ...body }));
    if (operation.outcome === 'succeeded') return operation;
    throw new Error(`${operation.kind} ended ${operation.outcome ?? ''}: ${operation.error?.detail ?? ''}`);
  };
  /** Asks Flink for the running Flink job. */
  const look = async () => {
    const { deployment } = (await get(status, `/jobs/${job}`)) as JobBody; // the API's own shape
    const address = deployment && (await yarn.application(deployment.applicationId))?.amAddress;
    const found = address ? await flink.job(address, deployment.flinkJobId) : null;
    if (!address || !found) throw new Error(`${job} has no Flink job`);
    return { address, found };
  };
  return {
    succeed,
    async measured(hotfix: Record<string, unknown>): Promise<Figures> {
      const requestedAt = Date.now();
      const { endedAt } = await succeed({ kind: 'hotfix', ...hotfix });
      const { address, found } = await look();
      return {
        running: (await lastTaskRunningAt(address, found)) - requestedAt,
        verified: Date.parse(endedAt ?? '') - requestedAt,
      };
    },
    async untilSick(): Promise<void> {
      const until = Date.now() + SICK_WITHIN_MS;
      while ((await look()).found.state === 'RUNNING') {
        if (Date.now() > until) throw new Error(`${job} did not run out of memory`);
        await sleep(200, undefined, { signal });
      }
    },
  };
}

function report(running: readonly Figures[], crashing: readonly Figures[]): void {
  const row = (what: string, figures: readonly Figures[]): string[] => {
    const all = figures.map((figure) => figure.running);
    const spread = [Math.min(...all), median(all), Math.max(...all)].map(seconds);
    return [what, ...spread, '', seconds(median(figures.map(({ verified }) => verified)))];
  };
  say(`\nSeconds from the command until every task is RUNNING, ${running.length} rounds (load ${machineLoad()})`);
  const rows = [
    ['', 'min', 'median', 'max', '', 'verified'],
    row('running job', running),
    row('crash-looping job', crashing),
  ];
  for (const line of layOut(rows, new Set([1, 2, 3, 5]))) say(`  ${line}`);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS) return rounds;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_ROUNDS}.`);
}
