/** Waiting at the breakpoints of a private Sluice. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Held } from '../faults/switches.ts';
import type { Effect } from './outside/effects.ts';
import type { PrivateSluice } from './processes/private-sluice.ts';

/** Where a request is held: before its effect, or after it with the answer still to be delivered. */
export interface Breakpoint {
  readonly effect: Effect;
  readonly when: 'before' | 'after';
}

const WITHIN_MS = 300_000;

/** Sets a breakpoint at once. @returns a function that waits until a request is held there. */
export function holdAt({ faults }: PrivateSluice, { effect, when }: Breakpoint): () => Promise<Held> {
  const arrived = faults[effect.role].hold(effect.match, when);
  return async () => {
    const late = sleep(WITHIN_MS, undefined, { ref: false }).then(() => {
      throw new Error(`${when} ${effect.name}: its request did not come within ${WITHIN_MS / 1000} s`);
    });
    return Promise.race([arrived, late]);
  };
}
