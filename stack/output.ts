// Writes to the terminal, for all of stack/. Results go to stdout and progress to stderr, so that `--json` leaves
// stdout clean.
import pc from 'picocolors';

// A reader may close the pipe early, as in `… | head`. The command then carries on without failing.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Prints a result. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints progress, a notice or an error. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Shows steps under way: a live line on a terminal; elsewhere a line for each finished step. */
export class Progress {
  readonly #pending = new Map<string, number>();
  readonly #verb: string;
  readonly #live = process.stderr.isTTY;
  #timer: NodeJS.Timeout | undefined;

  constructor(verb: string) {
    this.#verb = verb;
  }

  /** Notes that a step began. */
  begin(name: string): void {
    this.#pending.set(name, Date.now());
    if (!this.#live) return;
    this.#timer ??= setInterval(() => this.#draw(), 200);
    this.#draw();
  }

  /** Notes that a step succeeded, and prints `detail` beside its name. */
  succeed(name: string, detail = ''): void {
    this.#finish(name, pc.green('✓'), detail);
  }

  /** Notes that a step failed. */
  fail(name: string, reason: string): void {
    this.#finish(name, pc.red('✗'), reason);
  }

  /** Removes the live line. Call it at the end, also after a failure. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#pending.clear();
    this.#erase();
  }

  #finish(name: string, mark: string, detail: string): void {
    const since = this.#pending.get(name);
    this.#pending.delete(name);
    this.#erase();
    const time = since === undefined ? '' : pc.dim(` ${((Date.now() - since) / 1000).toFixed(1)} s`);
    tell(`  ${mark} ${name}${detail === '' ? '' : ` ${detail}`}${time}`);
    if (this.#live && this.#pending.size > 0) this.#draw();
  }

  #draw(): void {
    const oldest = Math.min(...this.#pending.values());
    const line = `  ${this.#verb} ${[...this.#pending.keys()].join(', ')} (${Math.round((Date.now() - oldest) / 1000)} s)`;
    process.stderr.write(`\r\u001B[K${pc.dim(line.slice(0, (process.stderr.columns || 80) - 1))}`);
  }

  #erase(): void {
    if (this.#live) process.stderr.write('\r\u001B[K');
  }
}
