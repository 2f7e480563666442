/** Digests of values: equal values give equal digits in every process and every release of Sluice. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Derives 32 hexadecimal digits, the form of Flink's JobID and TriggerId, from all parts together. */
export const hex32 = (...parts: readonly string[]): string =>
  bytesToHex(sha256(utf8ToBytes(parts.join('\n')))).slice(0, 32);

/** Identifies a value such as a request; Sluice refuses an operation id that comes again with another fingerprint. */
export const fingerprintOf = (value: unknown): string => hex32('payload', canonicalJson(value));

/** Writes JSON with sorted keys and without undefined members, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return value === undefined ? 'null' : JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
