/** The blocks of the campaign of random scenarios, and which of them count together. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** The files from which everything is reached that decides what a scenario plays and proves. */
export const ENTRIES = [
  'test/scenarios/scenarios-1.test.ts',
  'test/scenarios/simulation/memory-undici.ts',
  'src/workflows/index.ts',
  'src/temporal/payload-converter.ts',
  'package-lock.json',
] as const;
export const CAMPAIGN_FILE = 'test/scenarios/campaign.json';

const Violation = z.strictObject({
  path: z.string().describe('The path of fast-check to the smallest scenario, with the seed of its block'),
  what: z.string(),
});
export type Violation = z.infer<typeof Violation>;

const Block = z.strictObject({
  commit: z.string(),
  /** The hash of all files that decide what was played. */
  tree: z.string(),
  seed: z.number().int(),
  /** Scenarios played. */
  count: z.number().int(),
  minutes: z.number(),
  violation: Violation.nullable(),
});
export type Block = z.infer<typeof Block>;

export const readBlocks = (text: string): Block[] => z.array(Block).parse(JSON.parse(text));

/** Writes one block on a line, so that a change of the file shows which were added. */
export const writeBlocks = (blocks: readonly Block[]): string =>
  `[\n${blocks.map((block) => `  ${JSON.stringify(block)}`).join(',\n')}\n]\n`;

interface Sum {
  readonly scenarios: number;
  readonly blocks: number;
}

/** Adds up the blocks of one tree since its last violation. Blocks of another tree played, or proved, something else. */
export function sumOf(blocks: readonly Block[], tree: string): Sum {
  const own = blocks.filter((block) => block.tree === tree);
  const counted = own.slice(own.findLastIndex(({ violation }) => violation !== null) + 1);
  return { scenarios: counted.reduce((sum, { count }) => sum + count, 0), blocks: counted.length };
}

/** Hashes names and contents of the files that decide what is played. */
export function treeOf(repository: string): string {
  const hash = createHash('sha256');
  for (const name of playedFiles(repository)) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(repository, name)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

const IMPORT = /(?:from|import) '(\.[^']+)'/g;

/** The entries and every file that they import, directly or not, by name. */
export function playedFiles(repository: string): readonly string[] {
  const found = new Set<string>(ENTRIES);
  for (const name of found) {
    if (!name.endsWith('.ts')) continue;
    for (const [, path = ''] of readFileSync(join(repository, name), 'utf8').matchAll(IMPORT))
      found.add(join(dirname(name), path));
  }
  return [...found].sort();
}

/** Reads what a run of the scenarios printed. Null: it neither played them to the end nor found a violation. */
export function resultOf(output: string): Pick<Block, 'count' | 'violation'> | null {
  const [, played] = /^(\d+) scenarios, seed \d+, /m.exec(output) ?? [];
  if (played !== undefined) return { count: Number(played), violation: null };
  const [, count, what] = /scenario (\d+) breaks: (.*)/.exec(output) ?? [];
  const [, path] = /SLUICE_SCENARIO_PATH=(\S+)/.exec(output) ?? [];
  if (count === undefined || what === undefined || path === undefined) return null;
  return { count: Number(count), violation: { path, what } };
}

/** The line that plays the scenario of a violation again. */
export const again = (seed: number, { path }: Violation): string =>
  `SLUICE_SCENARIO_SEED=${seed} SLUICE_SCENARIO_PATH=${path} npx vitest run --project scenario scenarios-1`;
