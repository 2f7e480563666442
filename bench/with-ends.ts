/** Runs a bench with the clean-ups that it leaves behind. */
import { messageOf } from '../src/domain/errors/message-of.ts';
import { tell } from './latency/terminal.ts';

/** The exit code of a program that a person has interrupted. */
const INTERRUPTED = 130;

/** Clean-ups, which run in any case, newest first. */
export type Ends = (() => Promise<unknown>)[];

/** Reports a failure, and then cleans up. An interruption by a person is none that needs words. */
export async function withEnds(run: (ends: Ends) => Promise<void>, interrupted?: AbortSignal): Promise<void> {
  const ends: Ends = [];
  try {
    await run(ends);
  } catch (error) {
    process.exitCode = interrupted?.aborted === true ? INTERRUPTED : 1;
    if (interrupted?.aborted !== true) tell(`\nThe bench failed: ${messageOf(error)}`);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}
