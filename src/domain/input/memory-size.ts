import { SluiceError } from '../errors/errors.ts';

const KIB = 1024;

/** Bytes in a mebibyte: Flink's `m`, `mb` and YARN's memory unit. */
export const MEBIBYTE = KIB * KIB;

/** Labels that Flink reads (org.apache.flink.configuration.MemorySize), in bytes. All are powers of 1024. */
const UNITS: ReadonlyMap<string, number> = new Map(
  (
    [
      [1, ['', 'b', 'bytes']],
      [KIB, ['k', 'kb', 'kibibytes']],
      [MEBIBYTE, ['m', 'mb', 'mebibytes']],
      [KIB ** 3, ['g', 'gb', 'gibibytes']],
      [KIB ** 4, ['t', 'tb', 'tebibytes']],
    ] as const
  ).flatMap(([size, labels]) => labels.map((label) => [label, size] as const)),
);

/** Bytes of a memory size such as `1600m`, `4g` or `1 gb`, or null when it is none. Without a unit it is bytes, as in Flink. */
export function parseMemory(text: string): number | null {
  // Trimmed first, as durations are: so no text makes the pattern slow.
  const match = /^(\d{1,15})\s*([a-z]*)$/i.exec(text.trim());
  const unit = UNITS.get(match?.[2]?.toLowerCase() ?? '');
  if (match?.[1] === undefined || unit === undefined) return null;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/**
 * Bytes of a memory size that was validated before.
 * @throws SluiceError `InvalidRequest` when it is no memory size.
 */
function memoryBytes(text: string): number {
  const bytes = parseMemory(text);
  if (bytes === null) {
    throw new SluiceError('InvalidRequest', `"${text}" is not a memory size: write it like 1600m or 4g`);
  }
  return bytes;
}

/**
 * Whole mebibytes of a memory size, rounded down: what YARN is asked for.
 * @throws SluiceError `InvalidRequest` when it is no memory size.
 */
export const memoryMegabytes = (text: string): number => Math.floor(memoryBytes(text) / MEBIBYTE);
