// npm run bench:upgrade [-- --rounds 7 --modes warm,cold,client]: compares the time in which nobody writes during an upgrade.
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { createFlinkClient } from '../src/clients/flink/flink.ts';
import { createYarnClient, type YarnClient } from '../src/clients/yarn/yarn.ts';
import { watch, type Watch } from '../test/support/outside/observer.ts';
import type { BenchStack } from './latency/bench-stack.ts';
import { waitUntilEmpty } from './latency/cluster-state.ts';
import { runBench } from './latency/run-bench.ts';
import { say, tell } from './latency/terminal.ts';
import { onlyCluster, publishWorkload } from './latency/workload.ts';
import { codeThatRuns } from './recovery/rounds.ts';
import { linesOf, modes, planned, readRounds, writeRounds, type Mode, type Round } from './upgrade/rounds.ts';
import { OBSERVED, upgradeByClient, upgradeBySluice, type Upgrade } from './upgrade/upgrades.ts';

const RESULT = new URL('./upgrade/result.json', import.meta.url);
const MOST_ROUNDS = 50;
/** Records of an instance before it is replaced: more than a checkpoint, and the JIT has seen them. */
const RECORDS = 500;

/** The word for each mode in a deployment file. */
const HANDOVERS: Readonly<Record<Mode, string | null>> = { warm: 'always', cold: 'never', client: null };

const program = new Command('bench:upgrade')
  .description(
    'Upgrades a job in several ways, in turns. Rounds of the same code add up in bench/upgrade/result.json, so it can be interrupted.',
  )
  .option('--rounds <count>', `rounds of each mode in all, 1 to ${MOST_ROUNDS}`, parseRounds, 7)
  .option('--modes <names>', `of ${Object.keys(modes).join(', ')}`, parseModes, ['warm', 'cold', 'client'])
  .option('--keep-stack', 'leave the stack up for the next bench')
  .parse();
const options = program.opts<{ rounds: number; modes: Mode[]; keepStack?: true }>();

const code = codeThatRuns();
/** Rounds of the code that runs; those of other code proved something else. */
const stored = (): Round[] => readRounds(readFileSync(RESULT, 'utf8')).filter(({ tree }) => tree === code.tree);

process.exitCode = await runBench(
  async (stack, signal) => {
    const plan = planned(options.rounds, options.modes, stored());
    const upgrades = await prepare(stack, plan);
    const yarn = createYarnClient(onlyCluster(stack.config));
    for (const [index, { mode, job, upgrade }] of upgrades.entries()) {
      if (signal.aborted) break;
      const load = Number((loadavg()[0] ?? 0).toFixed(1));
      const round: Round = { ...code, mode, load, ...(await measure(yarn, job, upgrade)) };
      writeFileSync(RESULT, writeRounds([...stored(), round]));
      tell(`  ${index + 1} of ${plan.length} ${mode.padEnd(6)} nobody wrote for ${round.pause} ms (load ${load})`);
    }
    for (const line of linesOf(stored())) say(line);
  },
  { keepStack: options.keepStack === true },
);

async function prepare(stack: BenchStack, plan: readonly Mode[]) {
  const id = Date.now().toString(36);
  const { name: cluster } = onlyCluster(stack.config);
  const rounds = plan.map((mode, index) => ({ mode, job: `upgrade-${id}-${index}-${mode}` }));
  const publish = (version: string) =>
    publishWorkload(stack.settings, stack.s3, {
      runs: rounds.map(({ job }) => job),
      id: version,
      folder: stack.folder,
      cluster,
      args: OBSERVED,
      handoverOf: (job) => HANDOVERS[rounds.find((round) => round.job === job)?.mode ?? 'client'],
    });
  const [first, second] = [await publish(`${id}-a`), await publish(`${id}-b`)];
  const clients = { yarn: createYarnClient(onlyCluster(stack.config)), flink: createFlinkClient() };
  return rounds.map(({ mode, job }) => ({
    mode,
    job,
    upgrade:
      mode === 'client'
        ? upgradeByClient(clients, job, first, cluster)
        : upgradeBySluice(stack.status, job, { mode, releases: [first.release, second.release] }),
  }));
}

type Measured = Pick<Round, 'pause' | 'whole' | 'memory'>;

/** Upgrades a job once. @throws Error when a record was lost or written twice, or two instances lived at once */
async function measure(yarn: YarnClient, job: string, upgrade: Upgrade): Promise<Measured> {
  await waitUntilEmpty(yarn);
  const outsider = await watch(job);
  const end = async (): Promise<readonly string[]> => {
    await upgrade.end();
    return (await outsider.conclude({ repeats: 'none' })).problems;
  };
  let measured: Measured;
  try {
    measured = await upgradeOnce(yarn, outsider, upgrade);
  } catch (error) {
    await end();
    throw error;
  }
  const problems = await end();
  if (problems.length > 0) throw new Error(`the observer found: ${problems.join('; ')}`);
  return measured;
}

async function upgradeOnce(yarn: YarnClient, outsider: Watch, upgrade: Upgrade): Promise<Measured> {
  await outsider.counted(await upgrade.begin(), RECORDS);
  const usage = watchMemory(yarn);
  const begun = Date.now();
  const next = await upgrade.upgrade().finally(() => usage.stop());
  const whole = Date.now() - begun;
  await outsider.counted(next);
  const [pause, ...others] = (await outsider.report())?.pauses ?? [];
  if (pause === undefined || others.length > 0) throw new Error(`the job had ${others.length + 2} instances`);
  return { pause: pause.milliseconds, whole, memory: await usage.most };
}

/** Watches how much memory YARN has given away. */
function watchMemory(yarn: YarnClient) {
  const over = new AbortController();
  const stop = (): void => {
    over.abort();
  };
  const used = async () => {
    const { totalMb, availableMb } = await yarn.metrics();
    return { used: totalMb - availableMb, total: totalMb };
  };
  const watching = async () => {
    const first = await used();
    let most = first.used;
    while (!over.signal.aborted) {
      most = Math.max(most, (await used()).used);
      await sleep(100);
    }
    return { before: first.used, most, total: first.total };
  };
  const most = watching();
  most.catch(() => undefined); // heard of where the result is asked for
  return { most, stop };
}

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS) return rounds;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_ROUNDS}.`);
}

function parseModes(text: string): Mode[] {
  const names = text.split(',');
  const known = names.filter((name): name is Mode => Object.hasOwn(modes, name));
  if (known.length === names.length && new Set(names).size === names.length) return known;
  throw new InvalidArgumentError(`It must name some of ${Object.keys(modes).join(', ')}, separated by commas.`);
}
