/** Writes to the terminal, and is the only place that does. Results go to stdout, everything else to stderr. */
import pc from 'picocolors';
import { escaped } from '../domain/input/input-path.ts';

type Colors = ReturnType<typeof pc.createColors>;

export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in characters. */
  readonly columns?: number | undefined;
}

/**
 * Signs that a terminal obeys or that change how others look: old records have names with such signs. Colours, tabs and ends
 * of lines stay, because the CLI itself writes them.
 */
// eslint-disable-next-line no-control-regex -- the escape of a terminal is one of them
const DECEIVING = /(?![\n\t]|\u001b\[[\d;]*m)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Folds the ends of lines in a text, which would break the row that it stands in. */
const inOneLine = (text: string): string => text.replace(/\s*[\r\n\t\u2028\u2029]+\s*/g, ' ').trim();

/** Width of the indent of the lines on which a wide row goes on. */
const INDENT = 4;
/** The least width that a text keeps when it is cut to the terminal. */
const LEAST_TEXT = 24;

const harmless = (text: string): string => text.replace(DECEIVING, escaped);

/** Escapes a sign as JSON does, so that programs still read it. */
const inJson = (sign: string): string =>
  Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');

export type Format = 'table' | 'json';

export class Output {
  readonly #stdout: Stream;
  readonly #stderr: Stream;
  readonly isTty: boolean;
  format: Format = 'table';
  colors: Colors;
  #unfinished = false;
  /** Collects the JSON of a list while it is made. */
  #items: unknown[] | null = null;

  constructor(stdout: Stream, stderr: Stream) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.isTty = stdout.isTTY === true;
    this.colors = pc.createColors(this.isTty && pc.isColorSupported);
  }

  withoutColors(): void {
    this.colors = pc.createColors(false);
  }

  /** Writes a line of the result. */
  line(text = ''): void {
    this.#endUnfinished();
    this.#stdout.write(`${harmless(text)}\n`);
  }

  json(value: unknown): void {
    if (this.#items) {
      this.#items.push(value);
      return;
    }
    this.#endUnfinished();
    this.#stdout.write(`${JSON.stringify(value, null, 2).replace(DECEIVING, inJson)}\n`);
  }

  /** Writes everything that `act` writes as JSON into one list, in the shape of the API's lists. */
  async asOneList(act: () => Promise<void>): Promise<void> {
    const items: unknown[] = [];
    this.#items = items;
    try {
      await act();
    } finally {
      this.#items = null;
    }
    if (this.format === 'json') this.json({ items });
  }

  /** Writes the result as JSON, or lets `forPeople` write it. */
  result(value: unknown, forPeople: () => void): void {
    if (this.format === 'json') this.json(value);
    else forPeople();
  }

  /** Writes a line beside the result. */
  note(text: string): void {
    this.#endUnfinished();
    this.#stderr.write(`${harmless(text)}\n`);
  }

  /** Writes progress: among the result for people, beside the result for programs. */
  progress(text: string): void {
    if (this.format === 'json') this.note(text);
    else this.line(text);
  }

  /** Writes a line that the next one replaces; on a terminal only. */
  passing(text: string): void {
    if (!this.isTty || this.format === 'json') return;
    this.#stdout.write(`\r\u001b[K${harmless(text)}`);
    this.#unfinished = true;
  }

  /** The output for what stands beside the result of a program: stderr then, and this one for people. */
  besideResult(): Output {
    if (this.format !== 'json') return this;
    const beside = new Output(this.#stderr, this.#stderr);
    if (!this.isTty) beside.withoutColors();
    return beside;
  }

  clearScreen(): void {
    if (this.isTty) this.#stdout.write('\u001b[H\u001b[2J');
  }

  /**
   * Writes a table. Columns are as wide as their widest cell. On a terminal that is too narrow each row goes on on indented
   * lines; with `cutLast` the last column is a text that is cut to the terminal instead.
   */
  table(heads: readonly string[], rows: readonly (readonly string[])[], { cutLast = false } = {}): void {
    const all = [heads, ...rows].map((row) => row.map(inOneLine));
    const width = this.isTty ? this.#stdout.columns : undefined;
    const layout = new TableLayout(all, width ?? Infinity, cutLast);
    for (const [index, row] of all.entries())
      for (const line of layout.linesOf(row)) this.line(index === 0 ? this.colors.dim(line) : line);
  }

  /** Writes a name and its value on each line, and leaves out names without a value. */
  fields(pairs: readonly (readonly [string, string | null | undefined])[]): void {
    const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
    const width = Math.max(0, ...shown.map(([name]) => name.length));
    for (const [name, value] of shown) this.line(`${this.colors.dim(name.padEnd(width))}  ${inOneLine(value ?? '')}`);
  }

  #endUnfinished(): void {
    if (!this.#unfinished) return;
    this.#stdout.write('\r\u001b[K');
    this.#unfinished = false;
  }
}

/** Divides the columns of a table into as many lines as the terminal needs. */
class TableLayout {
  readonly #widths: readonly number[];
  readonly #total: number;
  /** Columns of each line. */
  readonly #lines: number[][] = [[]];
  readonly #cutLast: boolean;

  constructor(rows: readonly (readonly string[])[], total: number, cutLast: boolean) {
    this.#total = total;
    this.#cutLast = cutLast;
    const count = rows[0]?.length ?? 0;
    this.#widths = Array.from({ length: count }, (_, column) =>
      Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    let left = total;
    for (const [column, whole] of this.#widths.entries()) {
      const width = cutLast && column === count - 1 ? Math.min(whole, LEAST_TEXT) : whole;
      if (width > left && this.#lines.at(-1)?.length !== 0) {
        this.#lines.push([]);
        left = total - INDENT;
      }
      this.#lines.at(-1)?.push(column);
      left -= width + 2;
    }
  }

  linesOf(row: readonly string[]): string[] {
    return this.#lines.map((columns, index) => {
      const cells = columns.map((column) => (row[column] ?? '').padEnd(this.#widths[column] ?? 0));
      const line = `${' '.repeat(index === 0 ? 0 : INDENT)}${cells.join('  ')}`.trimEnd();
      const isLast = index === this.#lines.length - 1;
      return this.#cutLast && isLast && line.length > this.#total ? `${line.slice(0, this.#total - 1)}…` : line;
    });
  }
}
