/** Durations as Flink and people write them, such as `10s`. */
import { SluiceError } from '../errors/errors.ts';

const DAY = 86_400_000;

/** Labels that Flink reads (org.apache.flink.util.TimeUtils), in milliseconds. */
const UNITS: ReadonlyMap<string, number> = new Map(
  (
    [
      [DAY, ['d', 'day', 'days']],
      [3_600_000, ['h', 'hour', 'hours']],
      [60_000, ['m', 'min', 'minute', 'minutes']],
      [1000, ['s', 'sec', 'secs', 'second', 'seconds']],
      [1, ['ms', 'milli', 'millis', 'millisecond', 'milliseconds']],
      [1e-3, ['µs', 'micro', 'micros', 'microsecond', 'microseconds']],
      [1e-6, ['ns', 'nano', 'nanos', 'nanosecond', 'nanoseconds']],
    ] as const
  ).flatMap(([size, labels]) => labels.map((label) => [label, size] as const)),
);

/**
 * Reads a duration such as `500ms`, `10s`, `5 min`, `1h` or `7d` in milliseconds. A number without a unit means
 * milliseconds, as in Flink.
 * @returns null when the text is no duration.
 */
export function parseDuration(text: string): number | null {
  // Trimming keeps the pattern fast: two runs of spaces side by side can be divided in many ways.
  const match = /^(\d{1,15})\s*(\p{L}*)$/u.exec(text.trim());
  if (match?.[1] === undefined) return null;
  const label = match[2]?.toLowerCase() ?? '';
  const unit = label === '' ? 1 : UNITS.get(label);
  return unit === undefined ? null : Number(match[1]) * unit;
}

/**
 * Reads a duration that was validated before, in milliseconds.
 * @throws SluiceError `InvalidRequest` when it is no duration.
 */
export function durationMs(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === null) {
    throw new SluiceError('InvalidRequest', `"${text}" is not a duration: write it like 500ms, 10s, 5m, 1h or 7d`);
  }
  return milliseconds;
}

/** Writes the shortest exact text of a duration, such as `11m` for 660000. */
export function formatDuration(milliseconds: number): string {
  const units = [['d', DAY] as const, ['h', 3_600_000] as const, ['m', 60_000] as const, ['s', 1000] as const];
  const [label, size] = units.find(([, unit]) => milliseconds >= unit && milliseconds % unit === 0) ?? ['ms', 1];
  return `${milliseconds / size}${label}`;
}
