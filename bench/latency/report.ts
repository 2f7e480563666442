/** Prints the figures of each contender, and the comparisons. */
import { layOut, say } from './terminal.ts';
import type { Contender, ContenderName } from './contender.ts';
import type { Latency } from './measure.ts';
import {
  differenceOfMedians,
  median,
  medianOfDifferences,
  ratioOfMedians,
  withInterval,
  type Pair,
} from '../statistics.ts';

/** The latencies of one round, by contender. */
export type Round = ReadonlyMap<ContenderName, Latency>;

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);

/** Prints the table of all contenders, and every comparison that they allow. */
export function report(contenders: readonly Contender[], rounds: readonly Round[]): void {
  const names = contenders.map(({ name }) => name);
  say('\nSeconds from the request until every task is RUNNING, and the medians of the way there');
  for (const line of table(names, rounds)) say(`  ${line}`);
  say('');
  for (const { name, description } of contenders) say(`  ${name}: ${description}`);
  say('');
  for (const name of names.filter((other) => other === 'shell-runner' || other.startsWith('client')))
    sayRatio('direct', name, rounds);
  if (names.includes('direct-archives'))
    for (const other of ['client', 'direct'] as const) sayRatio('direct-archives', other, rounds);
  if (names.includes('direct') && names.includes('launcher')) sayOverhead(rounds);
  if (names.includes('launcher-gated')) sayGate(rounds);
}

function table(names: readonly ContenderName[], rounds: readonly Round[]): string[] {
  const headings = ['', 'min', 'median', 'max', '', 'submitted', 'registered', 'job created', 'running'];
  const rows = names.map((name) => {
    const all = valuesOf(rounds, name);
    const running = all.map((latency) => latency.running);
    const steps = (['submitted', 'registered', 'created', 'running'] as const).map((step) =>
      seconds(median(all.map((latency) => latency[step]))),
    );
    return [name, seconds(Math.min(...running)), seconds(median(running)), seconds(Math.max(...running)), '', ...steps];
  });
  return layOut([headings, ...rows], new Set([1, 2, 3, 5, 6, 7, 8]));
}

const valuesOf = (rounds: readonly Round[], name: ContenderName): Latency[] =>
  rounds.flatMap((round) => round.get(name) ?? []);

function pairsOf(rounds: readonly Round[], step: keyof Latency, one: ContenderName, other: ContenderName): Pair[] {
  return rounds.flatMap((round) => {
    const [first, second] = [round.get(one), round.get(other)];
    return first === undefined || second === undefined ? [] : [[first[step], second[step]] as const];
  });
}

function sayRatio(one: ContenderName, other: ContenderName, rounds: readonly Round[]): void {
  const { value, low, high } = withInterval(pairsOf(rounds, 'running', one, other), ratioOfMedians);
  say(
    `ratio ${one}/${other} ${value.toFixed(2)}  (medians of ${rounds.length} interleaved pairs; ` +
      `95 % bootstrap interval ${low.toFixed(2)} to ${high.toFixed(2)})`,
  );
}

/** Prints the time that Sluice adds before the submit. After the submit both are the same application. */
function sayOverhead(rounds: readonly Round[]): void {
  const before = withInterval(pairsOf(rounds, 'submitted', 'direct', 'launcher'), differenceOfMedians);
  const total = withInterval(pairsOf(rounds, 'running', 'direct', 'launcher'), differenceOfMedians);
  const interval = ({ low, high }: typeof before): string => `95 % ${seconds(low)} to ${seconds(high)}`;
  say(
    `Sluice adds ${seconds(before.value)} s over the bare launcher  (until YARN has the application; ${interval(before)}; ` +
      `until every task is RUNNING ${seconds(total.value)} s, ${interval(total)})`,
  );
}

/**
 * Prints the price of the gate. The median of the differences of the pairs stands beside the difference of the medians, because
 * the load of a machine that changes between rounds meets both of a pair.
 */
function sayGate(rounds: readonly Round[]): void {
  const pairs = pairsOf(rounds, 'running', 'launcher-gated', 'launcher');
  const { value, low, high } = withInterval(pairs, differenceOfMedians);
  const paired = withInterval(pairs, medianOfDifferences);
  const each = pairs.map(([gated, bare]) => seconds(gated - bare)).join(' ');
  say(
    `the gate adds ${seconds(value)} s to a start  (medians of ${pairs.length} interleaved pairs; ` +
      `95 % bootstrap interval ${seconds(low)} to ${seconds(high)})`,
  );
  say(
    `median of the differences ${seconds(paired.value)} s  (95 % ${seconds(paired.low)} to ${seconds(paired.high)}): ${each}`,
  );
}
