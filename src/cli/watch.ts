/** `--watch`: refreshes a view until Ctrl-C. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CliContext } from './context.ts';

const EVERY_MS = 2_000;

/** Reads and shows a value once, or with `watch` every two seconds; without a terminal, only when the value has changed. */
export async function showOnceOrWatch<T>(
  { out, interrupted }: CliContext,
  watch: boolean | undefined,
  read: () => Promise<T>,
  show: (value: T) => void,
): Promise<void> {
  let before = '';
  do {
    const value = await read();
    const text = JSON.stringify(value);
    if (text !== before || out.isTty) {
      if (watch === true) out.clearScreen();
      show(value);
      before = text;
    }
    if (watch !== true) return;
    await sleep(EVERY_MS, undefined, { signal: interrupted }).catch(() => undefined);
  } while (!interrupted.aborted);
}
