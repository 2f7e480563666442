/**
 * npm run soak:handovers [-- --upgrades 200 --kills 50 --minutes 60 --seed 7]: upgrades one job again and again by warm handover, while
 * a process of Sluice, a JobManager or a TaskManager of either instance is killed during some of them. An observer watches YARN and
 * what the job writes. Runs on the same code add up in `test/soak/handovers.json`, so it can be interrupted.
 */
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { messageOf } from '../../src/domain/errors/message-of.ts';
import { say, tell } from '../../stack/output.ts';
import { committedCode, listingOf, treeOf } from '../support/long-tier/results.ts';
import { watch } from '../support/outside/observer.ts';
import { startPrivateSluice } from '../support/processes/private-sluice.ts';
import { publish } from '../support/releases.ts';
import { newJobName, runningStack } from '../support/stack.ts';
import { random } from './random.ts';
import { bringBack, runScenario } from './scenario.ts';
import { chooseKill } from './troubles.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const RESULT = join(repository, 'test', 'soak', 'handovers.json');
const OWN = 'test/soak/handovers.ts';

/** The upgrades of one job in one run. */
const Block = z.strictObject({
  commit: z.string(),
  /** The hash of all files that may decide the outcome: blocks of other code are dropped. */
  tree: z.string(),
  seed: z.number().int(),
  upgrades: z.number().int(),
  /** How many of them went warm, and how many met a kill. */
  warm: z.number().int(),
  killed: z.number().int(),
  /** The longest time in which nobody wrote during an upgrade without a kill, in milliseconds; null: there was none. */
  longestPause: z.number().nullable(),
  minutes: z.number(),
  problems: z.array(z.string()),
});
type Block = z.infer<typeof Block>;

const program = new Command('soak:handovers')
  .option('--upgrades <count>', 'how many on this code in all', parseCount, 200)
  .option('--kills <count>', 'how many of them meet a kill', parseCount, 50)
  .option('--minutes <count>', 'no upgrade begins later than this', parseCount, 60)
  .option('--seed <number>', 'what was chosen once is chosen again', parseCount)
  .parse();
const options = program.opts<{ upgrades: number; kills: number; minutes: number; seed?: number }>();

async function main(): Promise<number> {
  runningStack(); // says how to bring one up
  const commit = committedCode(repository);
  if (commit === null) throw new Error('commit the changes first: each block names the commit that it is true of');
  const tree = treeOf(listingOf(repository, commit), OWN);
  const before = stored(tree);
  const left = options.upgrades - sum(before, 'upgrades');
  const seed = options.seed ?? randomInt(1, 1_000_000);
  if (left > 0) {
    const block: Block = { commit, tree, seed, ...(await upgradeInARow(left, seed)) };
    writeFileSync(RESULT, `[\n${[...before, block].map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`);
  }
  const all = stored(tree);
  const problems = all.flatMap((block) => block.problems);
  for (const problem of problems) say(`  ✗ ${problem}`);
  say(
    `${sum(all, 'upgrades')} upgrades in ${all.length} runs, ${sum(all, 'warm')} of them warm, ${sum(all, 'killed')} with a kill, ` +
      `${problems.length} problems`,
  );
  return problems.length === 0 ? 0 : 1;
}

const stored = (tree: string): Block[] =>
  existsSync(RESULT)
    ? z
        .array(Block)
        .parse(JSON.parse(readFileSync(RESULT, 'utf8')))
        .filter((block) => block.tree === tree)
    : [];

const sum = (blocks: readonly Block[], field: 'upgrades' | 'warm' | 'killed'): number =>
  blocks.reduce((total, block) => total + block[field], 0);

/** Upgrades a job of its own so many times, or until the time is over. */
async function upgradeInARow(most: number, seed: number): Promise<Omit<Block, 'commit' | 'tree' | 'seed'>> {
  const began = Date.now();
  const job = newJobName('handovers');
  const fields = { upgrade: { handover: 'auto' } };
  const versions = ['1.0.0', '1.1.0'] as const;
  const releases = await Promise.all(versions.map((version) => publish({ job, version, program: version, fields })));
  const outsider = await watch(job);
  const sluice = await startPrivateSluice('handovers');
  const driver = sluice.job(job);
  const counts = { upgrades: 0, warm: 0, killed: 0 };
  const problems: string[] = [];
  const untouched = new Set<string>();
  try {
    await driver.succeed('deploy', { id: 's0-deploy', release: releases[0] });
    const choose = random(seed);
    const lastStart = began + options.minutes * 60_000;
    for (let number = 1; number <= most && Date.now() < lastStart; number += 1) {
      const kill = isKilled(number, options) ? chooseKill(choose) : null;
      const troubles = kill ? [kill] : [];
      const old = (await driver.view()).deployment?.applicationId ?? '';
      const soaked = { sluice, driver, releases };
      const { operation, ...result } = await runScenario(number, choose, soaked, { kind: 'deploy', troubles });
      const handover = operation?.handover?.how ?? 'none';
      if (!kill && operation?.outcome !== 'succeeded')
        problems.push(`upgrade ${number} ended ${operation?.outcome ?? 'never'}: ${operation?.error?.detail ?? ''}`);
      problems.push(...result.problems.map((problem) => `upgrade ${number}: ${problem}`));
      if (!kill && handover === 'warm') untouched.add(old);
      counts.upgrades += 1;
      counts.warm += handover === 'warm' ? 1 : 0;
      counts.killed += kill?.hasHappened() === true ? 1 : 0;
      tell(
        `${String(number).padStart(4)} ${handover.padEnd(5)} ${operation?.outcome ?? 'no end'} ${result.troubles.join('')}`,
      );
    }
    await bringBack(driver, most + 1);
  } catch (error) {
    problems.push(messageOf(error));
  }
  const verdict = await outsider.conclude({ repeats: 'explained' });
  say(verdict.sentence);
  problems.push(...verdict.problems);
  await sluice.down();
  const pauses = (verdict.records?.pauses ?? []).flatMap(({ to, milliseconds }) =>
    untouched.has(to) ? [milliseconds] : [],
  );
  return {
    ...counts,
    longestPause: pauses.length === 0 ? null : Math.max(...pauses),
    minutes: Math.round((Date.now() - began) / 6_000) / 10,
    problems,
  };
}

/** Spreads the kills evenly over the upgrades. */
const isKilled = (
  number: number,
  { upgrades, kills }: { readonly upgrades: number; readonly kills: number },
): boolean => Math.floor((number * kills) / upgrades) > Math.floor(((number - 1) * kills) / upgrades);

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a positive whole number.');
}

// Ends also when an upgrade has left something waiting.
process.exit(await main());
