/** Writes to the terminal, for the whole demo: plain text in a pipe, colours and a live line for people. */
import pc from 'picocolors';

const REDRAW_MS = 100;
const live = process.stdout.isTTY;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error; // a reader may close the pipe early, as in `npm run demo | head`
});

/** Prints a line. */
export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Prints the title of a chapter. */
export function title(text: string): void {
  say(`\n${pc.bold(text)}`);
}

/** Formats milliseconds as seconds with one decimal, such as `12.3 s`. */
export const seconds = (milliseconds: number): string => `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;

/** A line that changes during a wait. In a pipe it shows nothing until the wait is over. */
export class LiveLine {
  #text: (() => string) | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Shows the result of `text`, which each redraw calls again. */
  show(text: () => string): void {
    if (!live) return;
    this.#text = text;
    this.#timer ??= setInterval(() => this.#draw(), REDRAW_MS);
    this.#draw();
  }

  /** Removes the line. */
  clear(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (live) process.stdout.write('\r\u001B[K');
  }

  #draw(): void {
    const width = (process.stdout.columns || 80) - 1;
    process.stdout.write(`\r\u001B[K${pc.dim((this.#text?.() ?? '').slice(0, width))}`);
  }
}

/** Lays cells out in columns; columns whose index is in `right` are aligned to the right. */
export function layOut(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
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
