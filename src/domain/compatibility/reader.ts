/**
 * The number of the readers of this Sluice, and who may read what this Sluice writes. A record, or the memory that a run
 * carries, names in `minReader` the oldest readers that understand it; a record without the field suits all readers.
 */

import { isMap } from '../values/is-map.ts';

/**
 * Counts up by one with a release that changes what a field means, adds a member to a closed enum, or adds a fact that
 * older readers must not overlook. A field that older readers may overlook needs no new number.
 */
export const READER = 3;

/** The oldest readers that understand what this Sluice writes, by kind, as long as it holds none of the `facts`. */
export const minReaders = {
  adoption: 1,
  auditSegment: 1,
  campaign: 1,
  claim: 1,
  cluster: 1,
  containers: 1,
  deployment: 1,
  distribution: 1,
  fence: 1,
  gates: 1,
  memory: 1,
  notifications: 1,
  operation: 1,
  refusal: 1,
  release: 1,
  retiredRelease: 1,
  session: 1,
  token: 1,
  tokenUse: 1,
  traces: 1,
} as const satisfies Record<string, number>;

type KindToTell = keyof typeof minReaders;

/** Facts that older readers must not overlook. Only a value that holds one is refused by the readers before `reader`. */
const facts: readonly {
  readonly reader: number;
  readonly isIn: (object: Readonly<Record<string, unknown>>) => boolean;
}[] = [
  // Older readers would start the deployment without its files.
  { reader: 2, isIn: ({ shipped }) => typeof shipped === 'string' },
  // A file of a release that is no JAR and no deployment file.
  { reader: 2, isIn: ({ kind, sha256 }) => kind === 'file' && typeof sha256 === 'string' },
  // Older readers would take a standby for the instance that runs, and the end of it for the end of the instance.
  { reader: 3, isIn: ({ standsBy }) => standsBy === true },
];

/** The oldest readers that understand this value of a kind. */
export const minReaderOf = (kind: KindToTell, value: unknown): number => Math.max(minReaders[kind], readerFor(value));

/** The oldest readers that understand the facts of this value. */
export function readerFor(value: unknown): number {
  if (Array.isArray(value)) return Math.max(1, ...value.map(readerFor));
  if (!isMap(value)) return 1;
  const own = facts.map(({ reader, isIn }) => (isIn(value) ? reader : 1));
  return Math.max(1, ...own, ...Object.values(value).map(readerFor));
}

/** Says why this Sluice must not read a value; null when it may. */
export function refusalOf({ minReader }: { readonly minReader?: unknown }, reader: number = READER): string | null {
  if (minReader === undefined) return null;
  if (typeof minReader !== 'number') return 'its minReader is no number';
  return minReader <= reader
    ? null
    : `it was written by a newer Sluice, which says that readers before ${minReader} would misread it, and this one reads as ${reader}: update this Sluice`;
}
