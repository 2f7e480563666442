/** The rounds of the bench of recovery: each kill and its end, with the code that it is true of. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { committedCode, listingOf, treeOf } from '../../test/support/long-tier/results.ts';
import { keysOf } from '../../src/domain/values/keys-of.ts';
import { median } from '../statistics.ts';
import { moments } from './moments.ts';

const Round = z.strictObject({
  commit: z.string(),
  /** The hash of all files that may decide the outcome: rounds of other code are dropped. */
  tree: z.string(),
  moment: z.enum(keysOf(moments)),
  /** Load of the machine over the last minute. */
  load: z.number(),
  /** Seconds from the last kill until all tasks of the next instance ran; null: the job did not come back by itself. */
  seconds: z.number().nullable(),
  /** Starts by Sluice itself until the job was back. */
  restarts: z.number().int(),
  /** Why the job was left to people. */
  why: z.string().nullable(),
});
export type Round = z.infer<typeof Round>;

export const readRounds = (text: string): Round[] => z.array(Round).parse(JSON.parse(text));

/** Writes one round on a line. */
export const writeRounds = (rounds: readonly Round[]): string =>
  `[\n${rounds.map((round) => `  ${JSON.stringify(round)}`).join(',\n')}\n]\n`;

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The code that runs. @throws Error when files are changed and not committed, since no commit would name that code. */
export function codeThatRuns(): Pick<Round, 'commit' | 'tree'> {
  const commit = committedCode(repository);
  if (commit === null) throw new Error('commit the changes first: each round names the commit that it is true of');
  return { commit, tree: treeOf(listingOf(repository, commit), 'bench/recovery.ts') };
}

/** Sums the rounds up, a line for each moment. */
export function linesOf(rounds: readonly Round[]): string[] {
  return keysOf(moments).flatMap((moment) => {
    const own = rounds.filter((round) => round.moment === moment);
    if (own.length === 0) return [];
    const back = own.flatMap(({ seconds }) => seconds ?? []).sort((a, b) => a - b);
    const spread = `${(back[0] ?? Number.NaN).toFixed(1)} to ${(back.at(-1) ?? Number.NaN).toFixed(1)}`;
    return [
      `${moment.padEnd(10)} ${back.length} of ${own.length} back by themselves, ${median(back).toFixed(1)} s (${spread}): ${moments[moment].meaning}`,
    ];
  });
}
