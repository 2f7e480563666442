/**
 * The number of the readers of this Sluice, and who may read what this Sluice writes. A record, or the memory that a run
 * carries, names in `minReader` the oldest readers that understand it; a record without the field suits all readers.
 */

/**
 * Counts up by one with a release that changes what a field means, adds a member to a closed enum, or adds a fact that
 * older readers must not overlook. A field that older readers may overlook needs no new number.
 */
export const READER = 1;

/** The oldest readers that understand what this Sluice writes, by kind. A kind above 1 has `minReader` in its records. */
export const minReaders = {
  adoption: 1,
  claim: 1,
  deployment: 1,
  fence: 1,
  memory: 1,
  operation: 1,
  release: 1,
  retiredRelease: 1,
  traces: 1,
} as const satisfies Record<string, number>;

/** Says why this Sluice must not read a value; null when it may. */
export function refusalOf({ minReader }: { readonly minReader?: unknown }, reader: number = READER): string | null {
  if (minReader === undefined) return null;
  if (typeof minReader !== 'number') return 'its minReader is no number';
  return minReader <= reader
    ? null
    : `it was written by a newer Sluice, which says that readers before ${minReader} would misread it, and this one reads as ${reader}: update this Sluice`;
}
