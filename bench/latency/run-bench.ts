/** Runs a bench on a separate stack. The bench can be interrupted, and leaves nothing behind. */
import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { messageOf } from '../../src/domain/errors/message-of.ts';
import { stopCommands } from '../../stack/cache/command.ts';
import { benchDown, benchSettings, benchUp, type BenchStack } from './bench-stack.ts';
import { tell } from './terminal.ts';

const INTERRUPTED = 130;

/**
 * Brings the stack up, lets the bench act on it, takes the stack down.
 * @returns the exit code: 0 whatever the figures are, 1 when something failed, 130 when it was interrupted.
 */
export async function runBench(
  act: (stack: BenchStack, signal: AbortSignal) => Promise<void>,
  { keepStack = false } = {},
): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupted.signal.aborted) return; // the signal arrives twice for one Ctrl-C
      interrupted.abort();
      stopCommands();
      tell('\nInterrupted: stopping the bench …');
    });
  }
  const settings = benchSettings();
  let code = 0;
  try {
    const stack = await benchUp(settings, interrupted.signal);
    try {
      await act(stack, interrupted.signal);
    } finally {
      await rm(stack.folder, { recursive: true, force: true });
    }
  } catch (error) {
    code = interrupted.signal.aborted ? INTERRUPTED : 1;
    if (code === 1) tell(`\nThe bench failed: ${messageOf(error)}`);
  }
  if (!keepStack) await benchDown(settings);
  return code;
}

/** Returns the machine's load over the last minute. */
export const machineLoad = (): string => (loadavg()[0] ?? 0).toFixed(1);
