/** States at a glance. Each tone has a colour, and each use a symbol and a word beside it. */
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleSlash,
  CircleStop,
  CircleX,
  LoaderCircle,
  TriangleAlert,
  Undo2,
  type LucideIcon,
} from 'lucide-react';
import type { Ending } from '../../../domain/deployment/deployment.ts';
import type { JobState, Outcome } from '../../../domain/lifecycle.ts';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'calm';

interface Sign {
  readonly tone: Tone;
  readonly icon: LucideIcon;
}

export const stateSigns: Readonly<Record<JobState, Sign>> = {
  new: { tone: 'calm', icon: CircleDashed },
  running: { tone: 'good', icon: CircleCheck },
  deploying: { tone: 'busy', icon: LoaderCircle },
  stopped: { tone: 'calm', icon: CircleStop },
  finished: { tone: 'calm', icon: CircleCheck },
  failed: { tone: 'bad', icon: CircleX },
  unreachable: { tone: 'warn', icon: CircleHelp },
};

export const degradedSign: Sign = { tone: 'warn', icon: TriangleAlert };
export const busySign: Sign = { tone: 'busy', icon: LoaderCircle };
export const unknownSign: Sign = { tone: 'warn', icon: CircleHelp };

export const runningSign: Sign = stateSigns.running;

/** Ways in which an instance ended. */
export const endingSigns: Readonly<Record<Ending, Sign>> = {
  stopped: { tone: 'calm', icon: CircleStop },
  replaced: { tone: 'calm', icon: CircleCheck },
  finished: { tone: 'calm', icon: CircleCheck },
  killed: { tone: 'warn', icon: CircleX },
  failed: { tone: 'bad', icon: CircleX },
};

export const outcomeSigns: Readonly<Record<Outcome, Sign>> = {
  succeeded: { tone: 'good', icon: CircleCheck },
  failed: { tone: 'bad', icon: CircleX },
  rolledBack: { tone: 'warn', icon: Undo2 },
  cancelled: { tone: 'calm', icon: CircleSlash },
  superseded: { tone: 'calm', icon: CircleSlash },
  rejected: { tone: 'warn', icon: CircleAlert },
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
