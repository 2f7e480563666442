/** Where JSON breaks, counted from 1. */

/** The place that the error of `JSON.parse` names; null when it names none. */
export function jsonPosition(text: string, error: unknown): { line: number; column: number } | null {
  if (!(error instanceof SyntaxError)) return null;
  const position = /at position (\d+)/.exec(error.message)?.[1];
  const offset = position === undefined ? (/end of JSON/.test(error.message) ? text.length : null) : Number(position);
  if (offset === null) return null;
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
