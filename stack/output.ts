// The one place that writes to the terminal. Results go to stdout, everything told on the way to stderr, so that
// `--json` leaves stdout clean.
import pc from 'picocolors';

// Whoever reads our output may stop reading, as in `… | head`: no reason to fail, and nothing of ours to be cut short.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Prints a result. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints something told on the way: progress, notices, errors. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A list of things under way: a live line on a terminal, a line for each finished thing elsewhere. */
export class Progress {
  readonly #pending = new Map<string, number>();
  readonly #verb: string;
  readonly #live = process.stderr.isTTY;
  #timer: NodeJS.Timeout | undefined;

  constructor(verb: string) {
    this.#verb = verb;
  }

  /** Something began. */
  begin(name: string): void {
    this.#pending.set(name, Date.now());
    if (!this.#live) return;
    this.#timer ??= setInterval(() => this.#draw(), 200);
    this.#draw();
  }

  /** Something ended well; `detail` is told beside its name. */
  succeed(name: string, detail = ''): void {
    this.#finish(name, pc.green('✓'), detail);
  }

  /** Something failed. */
  fail(name: string, reason: string): void {
    this.#finish(name, pc.red('✗'), reason);
  }

  /** Takes the live line away; must be called at the end, also after a failure. */
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
