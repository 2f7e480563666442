/** Computes medians, and the uncertainty of their ratio. */

const RESAMPLES = 10_000;
const SEED = 0x51_0c_e0;

/** Returns the middle value, or the mean of the two middle values of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

/** Two measurements of one round. */
export type Pair = readonly [number, number];

/**
 * Computes a statistic of pairs with its 95 % percentile bootstrap interval. Rounds are drawn with replacement. Both
 * values of a round are drawn together, because a disturbance of one is likely to have disturbed the other. The draws
 * are the same each time.
 */
export function withInterval(
  pairs: readonly Pair[],
  statistic: (pairs: readonly Pair[]) => number,
): { readonly value: number; readonly low: number; readonly high: number } {
  const random = pseudoRandom(SEED);
  const draw = () => pairs[Math.floor(random() * pairs.length)] ?? ([Number.NaN, Number.NaN] as const);
  const resampled = Array.from({ length: RESAMPLES }, () => statistic(pairs.map(draw))).sort((a, b) => a - b);
  const at = (share: number) => resampled[Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES))] ?? Number.NaN;
  return { value: statistic(pairs), low: at(0.025), high: at(0.975) };
}

/** Returns the ratio of the medians. */
export const ratioOfMedians = (pairs: readonly Pair[]): number =>
  median(pairs.map(([first]) => first)) / median(pairs.map(([, second]) => second));

/** Returns the difference of the medians. */
export const differenceOfMedians = (pairs: readonly Pair[]): number =>
  median(pairs.map(([first]) => first)) - median(pairs.map(([, second]) => second));

/** Returns the median of the differences within the pairs. */
export const medianOfDifferences = (pairs: readonly Pair[]): number =>
  median(pairs.map(([first, second]) => first - second));

/** Implements mulberry32, which is small and good enough for drawing rounds. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
