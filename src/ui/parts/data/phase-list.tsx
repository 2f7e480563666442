/** The phases of an operation one below the other: each with its time, and its place in the whole. They go on by themselves. */
import { CircleCheck, CircleDashed, LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Phase } from '../../../domain/lifecycle.ts';
import { useNow } from '../../state/clock.ts';
import { durationText } from './format.ts';

export interface PhaseSpan {
  readonly name: Phase;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

interface PhaseListProps {
  readonly label: string;
  readonly spans: readonly PhaseSpan[];
  /** The phases that come, if all goes well. */
  readonly coming?: readonly Phase[];
  /** The usual time of each phase, where it is known. */
  readonly usualMs?: Readonly<Record<string, number>> | null | undefined;
}

export function PhaseList({ label, spans, coming = [], usualMs }: PhaseListProps) {
  const now = useNow();
  const begin = Date.parse(spans[0]?.startedAt ?? '');
  const ends = spans.map(({ endedAt }) => (endedAt === null ? now : Date.parse(endedAt)));
  const expected = coming.reduce((sum, name) => sum + (usualMs?.[name] ?? 0), 0);
  const whole = Math.max(1, ...ends.map((end) => end - begin + expected));
  const share = (ms: number): string => `${(100 * Math.max(0, ms)) / whole}%`;
  return (
    <table className="phase-list" aria-label={label}>
      <tbody>
        {spans.map(({ name, startedAt, endedAt }, index) => {
          const ms = (ends[index] ?? now) - Date.parse(startedAt);
          return (
            <Row key={`${name} ${startedAt}`} name={name} mark={endedAt === null ? 'goes on' : 'done'} ms={ms}>
              <span
                className={`phase-${name}`}
                style={{ marginInlineStart: share(Date.parse(startedAt) - begin), width: share(ms) }}
              />
            </Row>
          );
        })}
        {coming.map((name) => (
          <Row key={name} name={name} mark="comes" ms={usualMs?.[name] ?? null} />
        ))}
      </tbody>
    </table>
  );
}

const icons = { done: CircleCheck, 'goes on': LoaderCircle, comes: CircleDashed } as const;

interface RowProps {
  readonly name: Phase;
  readonly mark: keyof typeof icons;
  /** The time that it took; of one that comes, the usual time. */
  readonly ms: number | null;
  readonly children?: ReactNode;
}

function Row({ name, mark, ms, children }: RowProps) {
  const Icon = icons[mark];
  return (
    <tr className={mark === 'comes' ? 'muted' : undefined} aria-current={mark === 'goes on' ? 'step' : undefined}>
      <th scope="row">
        <Icon aria-hidden className={mark === 'goes on' ? 'turning tone-busy' : undefined} /> {name}
        <span className="unseen"> {mark}</span>
      </th>
      <td className="phase-track">{children}</td>
      <td className="number">{ms !== null && (mark === 'comes' ? `usually ${durationText(ms)}` : durationText(ms))}</td>
    </tr>
  );
}
