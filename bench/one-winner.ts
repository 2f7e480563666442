// npm run bench:one-winner [-- --rounds 4]: twenty people deploy one job at once; how soon each of them is answered.
import { performance } from 'node:perf_hooks';
import { Command } from 'commander';
import { API_PREFIX, type OperationBody } from '../src/api/contract.ts';
import type { BenchStack } from './latency/bench-stack.ts';
import { machineLoad, runBench } from './latency/run-bench.ts';
import { ask, ended, type Sluice } from './latency/sluice-api.ts';
import { layOut, say, tell } from './latency/terminal.ts';
import { onlyCluster, publishWorkload } from './latency/workload.ts';
import { positive } from './positive.ts';

const ASKERS = 20;
const ACCEPTED = 202;

const options = new Command('bench:one-winner')
  .description('Twenty simultaneous deploys of one job: the time until the last but one of them is answered (p95).')
  .option('--rounds <count>', 'counted rounds', positive, 4)
  .parse()
  .opts<{ rounds: number }>();

process.exitCode = await runBench(run);

async function run(stack: BenchStack): Promise<void> {
  const id = Date.now().toString(36);
  const job = `bench-${id}-winner`;
  const { name: cluster } = onlyCluster(stack.config);
  const { release } = await publishWorkload(stack.settings, stack.s3, {
    runs: [job],
    id,
    folder: stack.folder,
    cluster,
  });
  const sluice = stack.status;
  const figures: number[] = [];
  // The first round is not counted: it pays for what API and worker load and compile on demand.
  for (let round = 0; round <= options.rounds; round += 1) {
    const p95 = await storm(sluice, job, { release, round });
    tell(`  round ${round}  ${p95.toFixed(0)} ms (load ${machineLoad()})`);
    if (round > 0) figures.push(p95);
  }
  await ended(sluice, await ask(sluice, job, { kind: 'kill', actor: 'bench' }));
  say(
    `\nMilliseconds until ${ASKERS} simultaneous deploys are answered, ${figures.length} rounds (load ${machineLoad()})`,
  );
  const rows = [
    ['', 'least', 'most'],
    ['p95', Math.min(...figures).toFixed(0), Math.max(...figures).toFixed(0)],
  ];
  for (const line of layOut(rows, new Set([1, 2]))) say(`  ${line}`);
}

/** @returns the p95 in milliseconds, once the winner's deploy has ended. */
async function storm(
  sluice: Sluice,
  job: string,
  { release, round }: { readonly release: string; readonly round: number },
): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: ASKERS }, async (_, asker) => {
      const began = performance.now();
      const response = await fetch(`${sluice.api}${API_PREFIX}/jobs/${job}/operations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${sluice.token}` },
        body: JSON.stringify({ kind: 'deploy', id: `${round}-${asker}`, actor: `person-${asker}`, release }),
      });
      const body: unknown = await response.json();
      return { ms: performance.now() - began, status: response.status, body };
    }),
  );
  const winners = answers.filter(({ status }) => status === ACCEPTED);
  const [winner] = winners;
  if (winner === undefined || winners.length > 1) throw new Error(`${winners.length} of ${ASKERS} were accepted`);
  const { operation } = winner.body as OperationBody; // the API's own shape of 202
  const { outcome, error } = await ended(sluice, operation);
  if (outcome !== 'succeeded') throw new Error(`the deploy ended ${outcome ?? ''}: ${error?.detail ?? ''}`);
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN;
}
