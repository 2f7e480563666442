/** Operations of a job, newest first: what was asked, by whom and why, how long each phase took, and what became of it. */
import { Link } from 'wouter';
import type { OperationItem } from '../../../../api/contract.ts';
import { doorOf, releaseOf, whoAsked } from '../../../../domain/operation/in-words.ts';
import { useNow } from '../../../state/clock.ts';
import { OutcomeBadge } from '../../../parts/data/badge.tsx';
import { durationText } from '../../../parts/data/format.ts';
import { PhaseBar } from '../../../parts/data/phase-bar.tsx';
import { Table } from '../../../parts/data/table.tsx';
import { Elapsed, Time } from '../../../parts/data/time.tsx';
import { barsOf } from '../../../parts/operation/bars.ts';
import { LaunchAgain } from '../../../parts/operation/launch-again.tsx';
import { Empty } from '../../../parts/states.tsx';

interface OperationTableProps {
  readonly operations: readonly OperationItem[];
  /** How long the job was down, by the operation, as far as that is known. */
  readonly downtimes?: ReadonlyMap<string, number> | undefined;
}

export function OperationTable({ operations, downtimes }: OperationTableProps) {
  const now = useNow();
  if (operations.length === 0) return <Empty title="No operation." />;
  const rows = operations.map((operation) => ({ operation, phases: barsOf(operation, now) }));
  const longestMs = Math.max(...rows.map(({ phases }) => phases.reduce((sum, { ms }) => sum + ms, 0)));
  return (
    <Table label="Operations" head={['Operation', 'When', 'By', 'Phases', 'Total', 'Downtime', 'Outcome', '']}>
      {rows.map(({ operation, phases }) => (
        <tr key={operation.id}>
          <Asked operation={operation} />
          <td className="phases-cell">{phases.length > 0 && <PhaseBar phases={phases} longestMs={longestMs} />}</td>
          <td className="number">
            <Elapsed since={operation.acceptedAt} until={operation.endedAt} />
          </td>
          <td className="number">{downtimeText(downtimes?.get(operation.id))}</td>
          <td>
            <OutcomeBadge outcome={operation.outcome} />
            {operation.error && (
              <p className="muted clipped">{operation.error.cause?.meaning ?? operation.error.detail}</p>
            )}
          </td>
          <td>
            <LaunchAgain operation={operation} look="quiet" />
          </td>
        </tr>
      ))}
    </Table>
  );
}

const downtimeText = (ms: number | undefined): string => (ms === undefined ? '–' : durationText(ms));

function Asked({ operation }: { readonly operation: OperationItem }) {
  const { id, job, kind, reason, acceptedAt, undoes, undoneBy } = operation;
  const release = releaseOf(operation);
  return (
    <>
      <td>
        <Link href={`/jobs/${job}/operations/${id}`}>{kind}</Link> {release !== null && <code>{release}</code>}
        {undoes != null && (
          <p className="muted">
            takes back <Link href={`/jobs/${job}/operations/${undoes}`}>{undoes}</Link>
          </p>
        )}
        {undoneBy != null && (
          <p className="muted">
            taken back by <Link href={`/jobs/${job}/operations/${undoneBy}`}>{undoneBy}</Link>
          </p>
        )}
      </td>
      <td className="number nowrap">
        <Time at={acceptedAt} />
      </td>
      <td>
        {whoAsked(operation)} <span className="muted">{doorOf(operation)}</span>
        {reason !== null && <p className="muted clipped">“{reason}”</p>}
      </td>
    </>
  );
}
