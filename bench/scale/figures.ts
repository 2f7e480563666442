/** Figures of the bench: what a series of times amounts to, and how it spreads. */
import { median } from '../statistics.ts';

const PARTS = 5;
const P95 = 0.95;

/** Milliseconds. The series is also cut into five parts in the order of time: the p95 of the best and of the worst part. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly most: number;
  readonly p95OfParts: readonly [least: number, most: number];
}

export function summaryOf(times: readonly number[]): Summary {
  const size = Math.ceil(times.length / PARTS);
  const parts = Array.from({ length: PARTS }, (_none, part) => times.slice(part * size, (part + 1) * size))
    .filter((part) => part.length > 0)
    .map(p95Of);
  return {
    count: times.length,
    median: tidy(median(times)),
    p95: tidy(p95Of(times)),
    most: tidy(Math.max(...times)),
    p95OfParts: [tidy(Math.min(...parts)), tidy(Math.max(...parts))],
  };
}

function p95Of(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(P95 * sorted.length) - 1] ?? Number.NaN;
}

/** Leaves one decimal, which is enough for milliseconds. */
const tidy = (value: number): number => Math.round(value * 10) / 10;
