/** The phases of an operation as a bar, each as long as it took. The same numbers are in its description. */
import type { Phase } from '../../../domain/lifecycle.ts';
import { durationText } from './format.ts';

export interface PhaseTime {
  readonly name: Phase;
  readonly ms: number;
}

/** @param longestMs the time that a full bar stands for: the same for all bars of a list. */
export function PhaseBar({ phases, longestMs }: { readonly phases: readonly PhaseTime[]; readonly longestMs: number }) {
  const said = phases.map(({ name, ms }) => `${name} ${durationText(ms)}`).join(', ');
  return (
    <div className="phase-bar" role="img" aria-label={said} title={said}>
      {phases.map(({ name, ms }) => (
        <span key={name} className={`phase-${name}`} style={{ width: `${(100 * ms) / Math.max(longestMs, 1)}%` }} />
      ))}
    </div>
  );
}
