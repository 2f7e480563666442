/** Writes to the terminal, and is the only place that does. Results go to stdout, everything else to stderr. */
import pc from 'picocolors';
import { escaped } from '../domain/input/input-path.ts';

type Colors = ReturnType<typeof pc.createColors>;

export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/**
 * Signs that a terminal obeys or that change how others look: old records have names with such signs. Colours, tabs and ends
 * of lines stay, because the CLI itself writes them.
 */
// eslint-disable-next-line no-control-regex -- the escape of a terminal is one of them
const DECEIVING = /(?![\n\t]|\u001b\[[\d;]*m)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

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
    this.#endUnfinished();
    this.#stdout.write(`${JSON.stringify(value, null, 2).replace(DECEIVING, inJson)}\n`);
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

  clearScreen(): void {
    if (this.isTty) this.#stdout.write('\u001b[H\u001b[2J');
  }

  /** Writes a table. Columns are as wide as their widest cell; the last one has no padding. */
  table(heads: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)));
    const padded = (cells: readonly string[]): string =>
      cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ');
    this.line(this.colors.dim(padded(heads)));
    for (const row of rows) this.line(padded(row).trimEnd());
  }

  /** Writes a name and its value on each line, and leaves out names without a value. */
  fields(pairs: readonly (readonly [string, string | null | undefined])[]): void {
    const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
    const width = Math.max(0, ...shown.map(([name]) => name.length));
    for (const [name, value] of shown) this.line(`${this.colors.dim(name.padEnd(width))}  ${value ?? ''}`);
  }

  #endUnfinished(): void {
    if (!this.#unfinished) return;
    this.#stdout.write('\r\u001b[K');
    this.#unfinished = false;
  }
}
