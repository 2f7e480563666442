/** Tells whether a text is a path of this site, to which a browser may be sent after a login. */

const HERE = 'http://here.invalid';

/** @returns the path as browsers read it; null for an address elsewhere, such as `//evil` or `/\evil`. */
export function ownPath(text: string): string | null {
  if (!text.startsWith('/') || !URL.canParse(text, HERE)) return null;
  const { origin, pathname, search, hash } = new URL(text, HERE);
  // Browsers drop tabs and newlines, and read a backslash as a slash. The parser does the same, so its result is judged.
  return origin === HERE && !pathname.startsWith('//') ? pathname + search + hash : null;
}
