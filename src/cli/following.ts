/** Bounds the following of something that goes on by itself: by a deadline, by Ctrl-C, and by a silent API. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CliContext } from './context.ts';
import { exitCodes } from './failures.ts';
import { seconds } from './show.ts';

/** Time that the API may be silent before the end counts as unknown. */
const SILENCE_MS = 60_000;

interface Followable {
  /** Names what goes on, such as "deploy". */
  readonly what: string;
  /** The command that follows it again. */
  readonly again: string;
  readonly timeoutMs: number;
}

export class Following {
  readonly #context: Pick<CliContext, 'out' | 'interrupted'>;
  readonly #of: Followable;
  readonly #began = Date.now();
  #heardAt = this.#began;

  constructor(context: Pick<CliContext, 'out' | 'interrupted'>, of: Followable) {
    this.#context = context;
    this.#of = of;
  }

  /** Milliseconds since it began. */
  get ageMs(): number {
    return Date.now() - this.#began;
  }

  /** The API has answered. */
  heard(): void {
    this.#heardAt = Date.now();
  }

  /** Ends the following where a bound is reached, and says so. @returns the exit code; null while the following goes on. */
  gaveUp(): number | null {
    const { out, interrupted } = this.#context;
    const { what, again, timeoutMs } = this.#of;
    const silentFor = Date.now() - this.#heardAt;
    if (interrupted.aborted) {
      out.note(`Stopped watching; the ${what} goes on. Watch again: ${again}`);
      return exitCodes.stillGoing;
    }
    if (silentFor > SILENCE_MS) {
      out.note(`The API has been silent for ${seconds(silentFor)}: the end is unknown. Ask: ${again}`);
      return exitCodes.unknown;
    }
    if (this.ageMs < timeoutMs) return null;
    out.note(`Not ended after ${seconds(this.ageMs)}; the ${what} goes on. Watch: ${again}`);
    return exitCodes.stillGoing;
  }

  /** Waits before the next question, at most until the deadline. Ctrl-C ends the wait. */
  async pause(everyMs: number): Promise<void> {
    const left = Math.max(1, this.#of.timeoutMs - this.ageMs);
    await sleep(Math.min(everyMs, left), undefined, { signal: this.#context.interrupted }).catch(() => undefined);
  }
}
