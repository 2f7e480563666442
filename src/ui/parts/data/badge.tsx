/** States in a symbol, a word and a colour: each of the three is enough to read it. */
import type { ReactNode } from 'react';
import type { JobState, Outcome, Phase } from '../../../domain/lifecycle.ts';
import {
  busySign,
  degradedSign,
  outcomeSigns,
  outcomeWords,
  stateSigns,
  unknownSign,
  type Sign,
  type Tone,
} from './tones.ts';
import './signs.css';

interface BadgeProps extends Sign {
  readonly children: ReactNode;
  /** In a frame, for the head of a page. */
  readonly isFramed?: boolean;
}

/** A single element, because a long table has one in each row: its symbol is drawn by the style. */
export const Badge = ({ tone, symbol, children, isFramed = false }: BadgeProps) => (
  <span className={`badge tone-${tone} sign-${symbol}${isFramed ? ' framed' : ''}`}>{children}</span>
);

/** The part of a job or of a line of the list that its badge needs. */
interface Shown {
  readonly state: JobState;
  readonly health: 'healthy' | 'degraded' | 'unknown';
  readonly operation: { readonly kind: string; readonly phase: Phase | null } | null;
  /** The kind alone, until the job has told its operation. */
  readonly operationKind?: string | null;
  readonly pendingStop?: object | null;
  readonly pendingStopSince?: string | null;
}

export function JobBadge({ job, isFramed = false }: { readonly job: Shown; readonly isFramed?: boolean }) {
  const { sign, text } = readingOf(job);
  return (
    <Badge {...sign} isFramed={isFramed}>
      {text}
    </Badge>
  );
}

export function readingOf({ state, health, operation, operationKind, pendingStop, pendingStopSince }: Shown) {
  const kind = operation?.kind ?? operationKind;
  if (kind != null) return { sign: busySign, text: operation?.phase ? `${kind} · ${operation.phase}` : kind };
  if (pendingStop != null || pendingStopSince != null) return { sign: unknownSign, text: 'stop has no known outcome' };
  if (state === 'running' && health === 'degraded') return { sign: degradedSign, text: 'running, degraded' };
  return { sign: stateSigns[state], text: state };
}

export function OutcomeBadge({ outcome }: { readonly outcome: Outcome | null }) {
  if (outcome === null) return <Badge {...busySign}>in progress</Badge>;
  return <Badge {...outcomeSigns[outcome]}>{outcomeWords[outcome]}</Badge>;
}

/** A word in a frame, such as an environment. */
export function Tag({ children, tone }: { readonly children: ReactNode; readonly tone?: Tone }) {
  return <span className={`tag${tone === undefined ? '' : ` tone-${tone}`}`}>{children}</span>;
}
