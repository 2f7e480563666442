/** Reads for Flink's pages: only what lies below the job's own place in the API, and only with GET. */

/** Only stands for the address of the API, so that a path is read as browsers read it. */
const BASE = 'http://api/flink/';

/**
 * The path below `/flink/` that a read of Flink's pages means, such as `jobs/overview`.
 * @returns null for a path that leads elsewhere, because the frame may not read as the person who looks.
 */
export function placeOfRead(path: unknown): string | null {
  if (typeof path !== 'string' || !URL.canParse(path, BASE)) return null;
  const { href } = new URL(path, BASE);
  return href.startsWith(BASE) && !/%2e|%2f|%5c|\/\//i.test(href.slice(BASE.length)) ? href.slice(BASE.length) : null;
}
