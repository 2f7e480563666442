/** Writes to the terminal, for the whole bench: results to stdout, progress to stderr. */

/** Prints a result. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints progress. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Lays cells out in columns; columns whose index is in `right` are aligned to the right. */
export function layOut(rows: readonly (readonly string[])[], right: ReadonlySet<number>): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
