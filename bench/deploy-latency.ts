// npm run bench:deploy-latency [-- --pairs 5 --variant provided --same-settings]: compares the time of a start.
import { loadavg } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { launcherNames } from '../src/domain/identity/launcher-name.ts';
import type { BenchStack } from './latency/bench-stack.ts';
import { waitUntilEmpty } from './latency/cluster-state.ts';
import type { Contender } from './latency/contender.ts';
import { warm } from './latency/class-archives.ts';
import { assemble, assembleGate, type Field } from './latency/contenders.ts';
import { measure, type Latency } from './latency/measure.ts';
import { report, type Round } from './latency/report.ts';
import { machineLoad, runBench } from './latency/run-bench.ts';
import { say, tell } from './latency/terminal.ts';
import { onlyCluster, publishWorkload } from './latency/workload.ts';

const MOST_PAIRS = 50;

const program = new Command('bench:deploy-latency')
  .description("From the request until every task is RUNNING: Sluice's launchers against Flink's own client.")
  .option('--pairs <count>', `counted rounds, 1 to ${MOST_PAIRS}, after one that is not`, parsePairs, 5)
  .option('--variant <name>', 'another client besides: provided (yarn.provided.lib.dirs)', parseVariant)
  .option('--same-settings', "another client besides, with the platform's settings for quick starts")
  .option('--archives', 'instead of all that: direct with class archives, direct without, and the client')
  .option('--gate', 'instead of all that: the bare launcher without a gate and with one; take at least 7 pairs')
  .option('--keep-stack', 'leave the stack up for the next bench')
  .parse();
const options = program.opts<{
  pairs: number;
  variant?: 'provided';
  sameSettings?: true;
  archives?: true;
  gate?: true;
  keepStack?: true;
}>();

process.exitCode = await runBench(compare, { keepStack: options.keepStack === true });

async function compare(stack: BenchStack, signal: AbortSignal): Promise<void> {
  const rounds = Array.from({ length: options.pairs + 1 }, (_, index) => index); // the first is the warm-up
  const id = Date.now().toString(36);
  const names = options.archives === true ? (['direct', 'direct-archives'] as const) : launcherNames;
  const runs = rounds.flatMap((round) => names.map((name) => runName(id, round, name)));
  const { name: cluster } = onlyCluster(stack.config);
  const workload = await publishWorkload(stack.settings, stack.s3, {
    ...{ runs, id, folder: stack.folder, cluster },
    ...(options.archives === true ? { archives: (run: string) => !run.endsWith('-direct') } : {}),
  });
  if (options.archives === true) await warm(stack);
  const variants = {
    archives: options.archives === true,
    provided: options.variant === 'provided',
    sameSettings: options.sameSettings === true,
  };
  const field = options.gate === true ? assembleGate(stack, workload) : await assemble(stack, workload, variants);
  say(
    `Load of the machine before: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
  const counted: Round[] = [];
  for (const round of rounds) {
    const latencies = await playRound(field, id, round, signal);
    if (round > 0) counted.push(latencies);
  }
  report(field.contenders, counted);
}

/** Starts the job once with each contender. */
async function playRound(field: Field, id: string, round: number, signal: AbortSignal): Promise<Round> {
  const latencies = new Map<Contender['name'], Latency>();
  for (const contender of ordered(field.contenders, round)) {
    await waitUntilEmpty(field.yarn);
    const load = machineLoad();
    const start = contender.start(runName(id, round, contender.name));
    try {
      const latency = await measure(field, start, signal);
      latencies.set(contender.name, latency);
      const label = round === 0 ? 'warm-up' : `round ${round}`;
      tell(`  ${label.padEnd(9)} ${contender.name.padEnd(20)} ${(latency.running / 1000).toFixed(2)} s (load ${load})`);
    } finally {
      await start.end();
    }
  }
  return latencies;
}

/** Reverses the order in every other round, so that each of a pair goes first equally often. */
function ordered(contenders: readonly Contender[], round: number): readonly Contender[] {
  return round % 2 === 0 ? [...contenders].reverse() : contenders;
}

function runName(id: string, round: number, contender: string): string {
  return `bench-${id}-${round}-${contender}`;
}

function parsePairs(text: string): number {
  const pairs = Number(text);
  if (Number.isInteger(pairs) && pairs >= 1 && pairs <= MOST_PAIRS) return pairs;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_PAIRS}.`);
}

function parseVariant(text: string): 'provided' {
  if (text === 'provided') return text;
  throw new InvalidArgumentError('It must be provided.');
}
