/** Finds the text that was added to a log between two looks at its end. */

/** Length of the end of the earlier text that must be found again: logs repeat lines, but not so many in one order. */
const ANCHOR = 2_000;

/** @returns the text after the earlier end, or null when the later text no longer has that end. */
export function addedTo(earlier: string, later: string): string | null {
  if (earlier === '') return later;
  const anchor = earlier.slice(-ANCHOR);
  const at = later.lastIndexOf(anchor);
  return at === -1 ? null : later.slice(at + anchor.length);
}
