/**
 * npm run scenarios [-- --for 60m] [--count 5000] [--seed 7] [--workers 2] [--block 500]: plays random scenarios of new seeds in
 * blocks, and adds each block to `test/scenarios/campaign.json`. Runs on the same code add up, so a campaign goes on after an
 * interruption; a block that is interrupted does not count. A violation ends the run, and the sum begins again at zero.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../../../src/domain/input/durations.ts';
import { say, tell } from '../../../stack/output.ts';
import {
  again,
  CAMPAIGN_FILE,
  playedFiles,
  readBlocks,
  resultOf,
  sumOf,
  treeOf,
  writeBlocks,
  type Block,
} from './blocks.ts';

const repository = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const file = join(repository, CAMPAIGN_FILE);

interface Options {
  readonly for: number;
  readonly count: number;
  readonly seed?: number;
  readonly workers: number;
  readonly block: number;
}

const program = new Command('scenarios')
  .option('--for <duration>', 'no block begins later than this', parseFor, Infinity)
  .option('--count <number>', 'how many scenarios to add', parseCount, Infinity)
  .option('--seed <number>', 'the seed of the first block; the next blocks take the next numbers', parseCount)
  .option('--workers <number>', 'blocks that are played at one time', parseCount, 1)
  .option('--block <number>', 'scenarios of a block', parseCount, 500)
  .parse();

async function main(options: Options): Promise<number> {
  if (options.for === Infinity && options.count === Infinity) {
    tell('Say how long (--for 60m) or how many (--count 5000).');
    return 2;
  }
  const changed = git('status', '--porcelain', '--', ...playedFiles(repository));
  if (changed !== '') {
    tell(`Commit first, because a block names the commit that it played:\n${changed}`);
    return 2;
  }
  const campaign = new Campaign(options);
  await Promise.all(Array.from({ length: options.workers }, () => campaign.work()));
  const { scenarios, blocks } = sumOf(stored(), campaign.tree);
  say(`${scenarios.toLocaleString('en')} scenarios without a violation on this code, in ${blocks} blocks.`);
  return campaign.hasFailed ? 1 : 0;
}

class Campaign {
  readonly tree = treeOf(repository);
  hasFailed = false;
  readonly #commit = git('rev-parse', 'HEAD');
  readonly #options: Options;
  readonly #endsAt: number;
  #left: number;
  #seed: number;

  constructor(options: Options) {
    this.#options = options;
    this.#left = options.count;
    this.#endsAt = Date.now() + options.for;
    this.#seed = options.seed ?? randomInt(0x7fff_ffff);
  }

  /** Plays one block after the other, while there is time and nothing has failed. */
  async work(): Promise<void> {
    while (this.#left > 0 && Date.now() < this.#endsAt && !this.hasFailed) {
      const count = Math.min(this.#options.block, this.#left);
      this.#left -= count;
      const seed = this.#seed;
      this.#seed = (seed + 1) & 0x7fff_ffff;
      await this.#play(seed, count);
    }
  }

  async #play(seed: number, asked: number): Promise<void> {
    const began = Date.now();
    const output = await run(seed, asked);
    const result = resultOf(output);
    if (result === null || treeOf(repository) !== this.tree) {
      this.hasFailed = true;
      tell(result === null ? output : 'The code has changed meanwhile, so the block does not count.');
      return;
    }
    const { count, violation } = result;
    const minutes = Math.round((Date.now() - began) / 6_000) / 10;
    const block: Block = { commit: this.#commit, tree: this.tree, seed, count, minutes, violation };
    writeFileSync(file, writeBlocks([...stored(), block]));
    tell(`seed ${seed}: ${count} scenarios in ${minutes} min, ${violation?.what ?? 'no violation'}`);
    if (violation === null) return;
    this.hasFailed = true;
    say(`${violation.what}\nagain: ${again(seed, violation)}`);
  }
}

const stored = (): Block[] => (existsSync(file) ? readBlocks(readFileSync(file, 'utf8')) : []);

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim();

/** Plays one block in a process of its own. @returns everything that it printed. */
async function run(seed: number, count: number): Promise<string> {
  const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--project', 'scenario', 'scenarios-1'], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NO_COLOR: '1',
      SLUICE_SCENARIOS: String(count),
      SLUICE_SCENARIO_SEED: String(seed),
    },
  });
  const printed: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
  await new Promise((resolve) => child.once('close', resolve));
  return Buffer.concat(printed).toString();
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('It must be a number of 1 or more.');
  return Number(text);
}

function parseFor(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms === 0) throw new InvalidArgumentError('It must be a duration, such as 60m.');
  return ms;
}

process.exitCode = await main(program.opts<Options>());
