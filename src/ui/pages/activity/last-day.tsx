/** The last day of all jobs: how many operations ended in each hour, by outcome, and the same numbers as a table. */
import type { OperationStats } from '../../../api/figures-contract.ts';
import { outcomes, type Outcome } from '../../../domain/lifecycle.ts';
import { useRead } from '../../api/use-read.ts';
import { Columns, type ChartColumn } from '../../parts/chart/columns.tsx';
import { Badge } from '../../parts/data/badge.tsx';
import { countText, momentText } from '../../parts/data/format.ts';
import { Table } from '../../parts/data/table.tsx';
import { Time } from '../../parts/data/time.tsx';
import { outcomeSigns, outcomeWords } from '../../parts/data/tones.ts';
import { useSettings } from '../../state/settings.ts';
import type { Zone } from '../../state/zone.ts';

const EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;

type Hour = OperationStats['hours'][number];

export function LastDay() {
  const { zone } = useSettings();
  const { data, error } = useRead('/stats/operations', {}, { everyMs: EVERY_MS });
  if (!data) return null;
  const { total, hours, outcomes: all, uncounted } = data;
  const shown = outcomes.filter((outcome) => all[outcome] !== undefined);
  return (
    <section className={`last-day${error === null ? '' : ' stale'}`} aria-label="Last 24 hours">
      <p>
        <b className="number">{countText(total)}</b> operations ended in the last 24 hours
        {uncounted > 0 && <span className="muted"> ({countText(uncounted)} more are not counted yet)</span>}
      </p>
      <p className="legend number">
        {shown.map((outcome) => (
          <Badge key={outcome} {...outcomeSigns[outcome]}>
            {countText(all[outcome] ?? 0)} {outcomeWords[outcome]}
          </Badge>
        ))}
      </p>
      {total > 0 && (
        <>
          <Columns
            label="Operations by hour"
            columns={hours.map((hour) => columnOf(hour, shown, zone))}
            textOf={countText}
          />
          <p className="ends muted" aria-hidden>
            <span>24 h ago</span>
            <span>now</span>
          </p>
          <details className="numbers">
            <summary>The same as a table</summary>
            <Numbers hours={hours} shown={shown} />
          </details>
        </>
      )}
    </section>
  );
}

function columnOf({ at, total, outcomes: counts }: Hour, shown: readonly Outcome[], zone: Zone): ChartColumn {
  const told = shown.flatMap((name) => (counts[name] === undefined ? [] : [`${counts[name]} ${outcomeWords[name]}`]));
  const until = new Date(Date.parse(at) + HOUR_MS).toISOString();
  return {
    key: at,
    href: `/activity?${new URLSearchParams({ since: at, until }).toString()}`,
    says: `${momentText(at, zone)}: ${total === 0 ? 'none' : told.join(', ')}`,
    parts: shown.map((name) => ({ name, className: `outcome-${name}`, value: counts[name] ?? 0 })),
  };
}

const Numbers = ({ hours, shown }: { readonly hours: readonly Hour[]; readonly shown: readonly Outcome[] }) => (
  <Table label="Operations by hour" head={['Hour', 'All', ...shown.map((name) => outcomeWords[name])]}>
    {hours.toReversed().map(({ at, total, outcomes: counts }) => (
      <tr key={at} className="number">
        <td>
          <Time at={at} as="moment" />
        </td>
        <td>{total}</td>
        {shown.map((name) => (
          <td key={name}>{counts[name] ?? 0}</td>
        ))}
      </tr>
    ))}
  </Table>
);
