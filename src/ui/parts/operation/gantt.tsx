/**
 * The phases of an operation below each other, on one axis of time. While one runs, its bar grows. The numbers are in the table
 * itself.
 */
import { Check, LoaderCircle, X, type LucideIcon } from 'lucide-react';
import { phases as meanings, type Phase } from '../../../domain/lifecycle.ts';
import { useNow } from '../../state/clock.ts';
import { durationText } from '../data/format.ts';
import { Time } from '../data/time.tsx';
import { barsOf, type Bar, type Timed } from './bars.ts';
import './gantt.css';

interface GanttProps {
  readonly operation: Timed & { readonly kind: string };
  /** Without the times of day, where there is little room. */
  readonly isBrief?: boolean;
  /** When the wait of the running phase ends at the latest. */
  readonly deadlineAt?: string | null | undefined;
  /** Phases that follow if all goes well. */
  readonly toCome?: readonly Phase[];
  /** The usual time of each phase, where it is known. */
  readonly usualMs?: Readonly<Record<string, number>> | null | undefined;
}

const signs: Readonly<Record<Bar['end'], { readonly icon: LucideIcon; readonly tone: string; readonly word: string }>> =
  {
    done: { icon: Check, tone: 'calm', word: 'done' },
    running: { icon: LoaderCircle, tone: 'busy', word: 'running' },
    broken: { icon: X, tone: 'bad', word: 'ended here' },
  };

export function Gantt({ operation, isBrief = false, deadlineAt = null, toCome = [], usualMs }: GanttProps) {
  const comingMs = toCome.reduce((sum, name) => sum + (usualMs?.[name] ?? 0), 0);
  const bars = barsOf(operation, useNow(), comingMs);
  return (
    <table className={`gantt${isBrief ? ' brief' : ''}`} aria-label={`Phases of the ${operation.kind}`}>
      <thead>
        <tr>
          <th scope="col">Phase</th>
          <th scope="col" className="gantt-time">
            <span className="unseen">Time line</span>
          </th>
          <th scope="col" className="gantt-began">
            Began
          </th>
          <th scope="col">Took</th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <Line
            key={`${bar.name} ${bar.startedAt}`}
            bar={bar}
            deadlineAt={deadlineAt}
            usual={bar.end === 'running' ? usualMs?.[bar.name] : undefined}
          />
        ))}
        {toCome.map((name) => (
          <tr key={name} className="muted">
            <th scope="row" title={meanings[name].meaning}>
              <span className="gantt-sign" aria-hidden>
                ·
              </span>{' '}
              {name}
            </th>
            <td className="gantt-time" />
            <td className="gantt-began">to come</td>
            <td className="number">{usualMs?.[name] !== undefined && `usually ${durationText(usualMs[name])}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface LineProps {
  readonly bar: Bar;
  readonly deadlineAt: string | null;
  readonly usual: number | undefined;
}

function Line({ bar, deadlineAt, usual }: LineProps) {
  const { name, startedAt, afterMs, ms, left, width, end } = bar;
  const { icon: Icon, tone, word } = signs[end];
  const atMost = end === 'running' && deadlineAt !== null ? Date.parse(deadlineAt) - Date.parse(startedAt) : null;
  return (
    <tr className={end} aria-current={end === 'running' ? 'step' : undefined}>
      <th scope="row" title={meanings[name].meaning}>
        <span className={`gantt-sign tone-${tone}`}>
          <Icon aria-hidden className={end === 'running' ? 'turning' : undefined} />
          <span className="unseen">{word}:</span>
        </span>{' '}
        {name}
      </th>
      <td className="gantt-time">
        <div aria-hidden>
          <span className={`phase-${name}`} style={{ left: `${left}%`, width: `${width}%` }} />
        </div>
      </td>
      <td className="gantt-began number">
        <Time at={startedAt} as="clock" /> <span className="muted">+{durationText(afterMs)}</span>
      </td>
      <td className="number">
        {durationText(ms)}
        {atMost !== null && <span className="muted"> of at most {durationText(atMost)}</span>}
        {usual !== undefined && <span className="muted"> · usually {durationText(usual)}</span>}
      </td>
    </tr>
  );
}
