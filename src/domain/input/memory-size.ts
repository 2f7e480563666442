/** Memory sizes as Flink and people write them, such as `1600m`. */
import { SluiceError } from '../errors/errors.ts';

const KIB = 1024;

/** Bytes of a mebibyte, which is Flink's `m` and `mb` and YARN's unit of memory. */
export const MEBIBYTE = KIB * KIB;

/** Labels that Flink reads (org.apache.flink.configuration.MemorySize), in bytes; each is a power of 1024. */
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

/**
 * Reads a memory size such as `1600m`, `4g` or `1 gb` in bytes. A number without a unit means bytes, as in Flink.
 * @returns null when the text is no memory size.
 */
export function parseMemory(text: string): number | null {
  // Trimming keeps the pattern fast, as in `parseDuration`.
  const match = /^(\d{1,15})\s*([a-z]*)$/i.exec(text.trim());
  const unit = UNITS.get(match?.[2]?.toLowerCase() ?? '');
  if (match?.[1] === undefined || unit === undefined) return null;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/**
 * Reads a memory size that was validated before, in bytes.
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
 * Reads a memory size in whole mebibytes, rounded down, which is how YARN counts.
 * @throws SluiceError `InvalidRequest` when it is no memory size.
 */
export const memoryMegabytes = (text: string): number => Math.floor(memoryBytes(text) / MEBIBYTE);

/** Writes a size for people, in mebibytes rounded up, such as `448m`. */
export const formatMemory = (bytes: number): string => `${Math.ceil(bytes / MEBIBYTE)}m`;
