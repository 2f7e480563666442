/** The last fifty starts: their phases stacked, and the downtime of each as a line across. */
import { Link } from 'wouter';
import type { UpgradeItem, UpgradeList } from '../../../../api/figures-contract.ts';
import { phases } from '../../../../domain/lifecycle.ts';
import { keysOf } from '../../../../domain/values/keys-of.ts';
import { Columns, type ChartColumn } from '../../../parts/chart/columns.tsx';
import { OutcomeBadge } from '../../../parts/data/badge.tsx';
import { durationText } from '../../../parts/data/format.ts';
import { Table } from '../../../parts/data/table.tsx';
import { Time } from '../../../parts/data/time.tsx';
import { Loaded, Panel } from '../../../parts/panel.tsx';
import { useUpgrades } from './use-upgrades.ts';

export function Upgrades({ job }: { readonly job: string }) {
  const query = useUpgrades(job);
  return (
    <Panel title="Upgrades">
      <Loaded query={query} rows={3}>
        {(upgrades) =>
          upgrades.items.length === 0 ? (
            <p className="muted">No start has ended yet.</p>
          ) : (
            <Figures job={job} upgrades={upgrades} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Figures({ job, upgrades: { items, usualMs } }: { readonly job: string; readonly upgrades: UpgradeList }) {
  const { total, downtime } = usualMs;
  return (
    <>
      <p className="number">
        {total !== undefined && `Usually ${durationText(total)} in all`}
        {downtime !== undefined && `; downtime ${durationText(downtime)}`}
      </p>
      <Columns
        label="Phases of the last starts"
        columns={items.map((item) => columnOf(job, item)).toReversed()}
        textOf={durationText}
      />
      <PhaseLegend items={items} />
      <details className="numbers">
        <summary>The same as a table</summary>
        <Numbers job={job} items={items} />
      </details>
    </>
  );
}

function columnOf(job: string, { operation, kind, release, phases, totalMs, downtimeMs }: UpgradeItem): ChartColumn {
  return {
    key: operation,
    href: `/jobs/${job}/operations/${operation}`,
    says: `${kind} ${release ?? ''}: ${durationText(totalMs)}${downtimeMs === null ? '' : `, down for ${durationText(downtimeMs)}`}`,
    parts: phases.map(({ name, ms }, index) => ({ name: `${index} ${name}`, className: `phase-${name}`, value: ms })),
    mark: downtimeMs,
  };
}

function PhaseLegend({ items }: { readonly items: readonly UpgradeItem[] }) {
  const present = new Set<string>(items.flatMap((item) => item.phases.map(({ name }) => name)));
  const names = keysOf(phases).filter((name) => present.has(name));
  return (
    <p className="legend">
      {names.map((name) => (
        <span key={name}>
          <span aria-hidden className={`patch phase-${name}`} /> {name}
        </span>
      ))}
      <span>
        <span aria-hidden className="swatch" /> downtime
      </span>
    </p>
  );
}

function Numbers({ job, items }: { readonly job: string; readonly items: readonly UpgradeItem[] }) {
  return (
    <Table label="Upgrades" head={['Operation', 'When', 'Phases', 'Total', 'Downtime', 'Outcome']}>
      {items.map(({ operation, kind, release, acceptedAt, phases, totalMs, downtimeMs, outcome }) => (
        <tr key={operation}>
          <td>
            <Link href={`/jobs/${job}/operations/${operation}`}>{kind}</Link> <code>{release}</code>
          </td>
          <td>
            <Time at={acceptedAt} />
          </td>
          <td className="number">{phases.map(({ name, ms }) => `${name} ${durationText(ms)}`).join(', ')}</td>
          <td className="number">{durationText(totalMs)}</td>
          <td className="number">{downtimeMs === null ? '–' : durationText(downtimeMs)}</td>
          <td>
            <OutcomeBadge outcome={outcome} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
