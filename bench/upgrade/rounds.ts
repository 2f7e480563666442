/** The rounds of the bench of upgrades: each upgrade of a job, with the code that it is true of. */
import { z } from 'zod';
import { median } from '../statistics.ts';

/** The ways of an upgrade that the bench compares. */
export const modes = {
  warm: 'Sluice, the next application beside the old one (`upgrade.handover: always`)',
  cold: 'Sluice, one after the other (`upgrade.handover: never`)',
  client: "a script with Flink's client: `stop --savepointPath`, then `run-application -s`",
} as const;
export type Mode = keyof typeof modes;

const Round = z.strictObject({
  commit: z.string(),
  /** The hash of all files that may decide the outcome: rounds of other code are dropped. */
  tree: z.string(),
  mode: z.enum(['warm', 'cold', 'client']),
  /** Load of the machine over the last minute, before the upgrade. */
  load: z.number(),
  /** Milliseconds in which nobody wrote: from the last record of the old instance to the first of the new one. */
  pause: z.number(),
  /** Milliseconds from the request to the end of the upgrade. */
  whole: z.number(),
  /** Memory that YARN had given away before the upgrade, and at most during it, in MiB. */
  memory: z.strictObject({ before: z.number(), most: z.number(), total: z.number() }),
});
export type Round = z.infer<typeof Round>;

export const readRounds = (text: string): Round[] => z.array(Round).parse(JSON.parse(text));

/** Writes one round on a line. */
export const writeRounds = (rounds: readonly Round[]): string =>
  rounds.length === 0 ? '[]\n' : `[\n${rounds.map((round) => `  ${JSON.stringify(round)}`).join(',\n')}\n]\n`;

/**
 * Plans the upgrades that are missing until each mode has so many, in rounds of all modes. Every other round is in reverse, so that
 * each mode comes first as often as last.
 */
export function planned(wanted: number, among: readonly Mode[], done: readonly Pick<Round, 'mode'>[]): Mode[] {
  const left = new Map(among.map((mode) => [mode, wanted - done.filter((round) => round.mode === mode).length]));
  const plan: Mode[] = [];
  for (let round = 0; [...left.values()].some((count) => count > 0); round += 1) {
    for (const mode of round % 2 === 0 ? among : [...among].reverse()) {
      const count = left.get(mode) ?? 0;
      if (count > 0) plan.push(mode);
      left.set(mode, count - 1);
    }
  }
  return plan;
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);

/** Sums the rounds up, a line for each mode. */
export function linesOf(rounds: readonly Round[]): string[] {
  return (['warm', 'cold', 'client'] as const).flatMap((mode) => {
    const own = rounds.filter((round) => round.mode === mode);
    if (own.length === 0) return [];
    const pauses = own.map(({ pause }) => pause).sort((a, b) => a - b);
    const spread = `${seconds(pauses[0] ?? Number.NaN)} to ${seconds(pauses.at(-1) ?? Number.NaN)}`;
    const more = median(own.map(({ memory }) => memory.most - memory.before));
    const share = median(own.map(({ memory }) => (memory.most - memory.before) / memory.total)) * 100;
    return [
      `${mode.padEnd(6)} nobody wrote for ${seconds(median(pauses))} s (${spread}, ${own.length} rounds); the upgrade took ` +
        `${seconds(median(own.map(({ whole }) => whole)))} s and ${more} MiB more of YARN (${share.toFixed(0)} %): ${modes[mode]}`,
    ];
  });
}
