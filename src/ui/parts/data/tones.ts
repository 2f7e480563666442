/** States at a glance. Each tone has a colour, and each use a symbol and a word beside it. */
import type { Ending } from '../../../domain/deployment/deployment.ts';
import type { JobState, Outcome } from '../../../domain/lifecycle.ts';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'calm';

/** A symbol of `signs.css`. */
export type SignSymbol =
  'dashed' | 'check' | 'turning' | 'stop' | 'cross' | 'help' | 'alert' | 'slash' | 'warning' | 'back';

export interface Sign {
  readonly tone: Tone;
  readonly symbol: SignSymbol;
}

export const stateSigns: Readonly<Record<JobState, Sign>> = {
  new: { tone: 'calm', symbol: 'dashed' },
  running: { tone: 'good', symbol: 'check' },
  deploying: { tone: 'busy', symbol: 'turning' },
  stopped: { tone: 'calm', symbol: 'stop' },
  finished: { tone: 'calm', symbol: 'check' },
  failed: { tone: 'bad', symbol: 'cross' },
  unreachable: { tone: 'warn', symbol: 'help' },
};

export const degradedSign: Sign = { tone: 'warn', symbol: 'warning' };
export const busySign: Sign = { tone: 'busy', symbol: 'turning' };
export const unknownSign: Sign = { tone: 'warn', symbol: 'help' };

export const runningSign: Sign = stateSigns.running;

/** Ways in which an instance ended. */
export const endingSigns: Readonly<Record<Ending, Sign>> = {
  stopped: { tone: 'calm', symbol: 'stop' },
  replaced: { tone: 'calm', symbol: 'check' },
  finished: { tone: 'calm', symbol: 'check' },
  killed: { tone: 'warn', symbol: 'cross' },
  failed: { tone: 'bad', symbol: 'cross' },
};

export const outcomeSigns: Readonly<Record<Outcome, Sign>> = {
  succeeded: { tone: 'good', symbol: 'check' },
  failed: { tone: 'bad', symbol: 'cross' },
  rolledBack: { tone: 'warn', symbol: 'back' },
  cancelled: { tone: 'calm', symbol: 'slash' },
  superseded: { tone: 'calm', symbol: 'slash' },
  rejected: { tone: 'warn', symbol: 'alert' },
};

/** Words of outcomes for people. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  rolledBack: 'rolled back',
  cancelled: 'cancelled',
  superseded: 'superseded',
  rejected: 'refused',
};
