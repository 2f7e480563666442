/**
 * Lines over time, with the same numbers as a table. The drawing is fetched when a chart is shown; its times are in the zone
 * that the person has chosen, as everywhere.
 */
import { Suspense, useId, useState } from 'react';
import { Time } from '../data/time.tsx';
import { fetched } from '../../state/fetched.ts';
import { units } from './axes.ts';
import type { Series } from './series.ts';
import './chart.css';

const Plot = fetched(() => import('./plot.tsx'));

export interface TimeChartProps {
  /** The subject of the chart, for the table and for screen readers. */
  readonly label: string;
  /** Milliseconds since 1970, ascending. */
  readonly times: readonly number[];
  /** At most two units: the first has its axis on the left, the second on the right. */
  readonly series: readonly Series[];
  readonly heightPx?: number;
}

export function TimeChart({ label, times, series, heightPx = 180 }: TimeChartProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  return (
    <figure className="chart">
      <div role="img" aria-label={saidOf(label, times, series)} style={{ minHeight: heightPx }}>
        <Suspense>
          <Plot times={times} series={series} heightPx={heightPx} onPoint={setPointed} />
        </Suspense>
      </div>
      <Legend times={times} series={series} pointed={pointed} />
      <Numbers label={label} times={times} series={series} />
    </figure>
  );
}

/** The newest value of each line, for those who do not see them. */
function saidOf(label: string, times: readonly number[], series: readonly Series[]): string {
  const newest = series.flatMap(({ title, unit, values }) => {
    const value = values.findLast((one) => one !== null);
    return value == null ? [] : [`${title} ${units[unit](value)}`];
  });
  return `${label}: ${times.length} points${newest.length === 0 ? '' : `, newest ${newest.join(', ')}`}`;
}

interface LegendProps extends Pick<TimeChartProps, 'times' | 'series'> {
  /** The place of the point that the pointer is at. */
  readonly pointed: number | null;
}

function Legend({ times, series, pointed }: LegendProps) {
  const at = pointed === null ? undefined : times[pointed];
  return (
    <figcaption className="legend">
      {series.map(({ title, unit, values }, index) => {
        const value = pointed === null ? null : (values[pointed] ?? null);
        return (
          <span key={title}>
            <span aria-hidden className={`swatch series-${index + 1}`} /> {title}
            {value !== null && <b className="number"> {units[unit](value)}</b>}
          </span>
        );
      })}
      {at !== undefined && (
        <span className="muted number">
          <Time at={new Date(at).toISOString()} as="moment" />
        </span>
      )}
    </figcaption>
  );
}

function Numbers({ label, times, series }: Pick<TimeChartProps, 'label' | 'times' | 'series'>) {
  const caption = useId();
  return (
    <details className="numbers">
      <summary>
        <span id={caption}>
          <span className="unseen">{label}: </span>The same as a table
        </span>
      </summary>
      <div className="scroll" tabIndex={0} role="region" aria-labelledby={caption}>
        <table className="table number" aria-labelledby={caption}>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map(({ title }) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((time, place) => (
              <tr key={time}>
                <td>
                  <Time at={new Date(time).toISOString()} as="moment" />
                </td>
                {series.map(({ title, unit, values }) => {
                  const value = values[place] ?? null;
                  return <td key={title}>{value === null ? '–' : units[unit](value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
