/** What was added to a log between two looks at its end. */

/** So much of the end of the earlier text must be found again; logs repeat lines, but not so many in one order. */
const ANCHOR = 2_000;

/** @returns what follows the earlier end, or null when that is not in the later text any more. */
export function addedTo(earlier: string, later: string): string | null {
  if (earlier === '') return later;
  const anchor = earlier.slice(-ANCHOR);
  const at = later.lastIndexOf(anchor);
  return at === -1 ? null : later.slice(at + anchor.length);
}
