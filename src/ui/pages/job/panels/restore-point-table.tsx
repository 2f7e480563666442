/** Restore points of a job, newest first, with what is known of each. */
import { Link } from 'wouter';
import type { JobBody, RestorePointItem } from '../../../../api/contract.ts';
import { pointStates, takenWords } from '../../../../domain/restore-points/point-words.ts';
import { ActionButton } from '../../../parts/action/actions.tsx';
import { CopyButton } from '../../../parts/copy.tsx';
import { bytesText } from '../../../parts/data/format.ts';
import { Table } from '../../../parts/data/table.tsx';
import { Time } from '../../../parts/data/time.tsx';
import { Empty } from '../../../parts/states.tsx';

interface RestorePointTableProps {
  readonly job: string;
  readonly points: readonly RestorePointItem[];
  /** The job, where a start from each of them is offered. */
  readonly startable?: JobBody | undefined;
}

export function RestorePointTable({ job, points, startable }: RestorePointTableProps) {
  if (points.length === 0)
    return (
      <Empty title="No restore point.">
        <p>A savepoint, a stop, or the first checkpoint that Flink retains makes one.</p>
      </Empty>
    );
  const head = ['Kind', 'Completed', 'Size', 'Deployment', 'State', ''];
  return (
    <Table label="Restore points" head={head}>
      {points.map((point) => (
        <tr key={point.path}>
          <td>
            {point.kind} <span className="muted">{takenWords[point.taken]}</span>
          </td>
          <td className="number">
            <Time at={point.completedAt} />
          </td>
          <td className="number">{point.bytes === null ? '–' : bytesText(point.bytes)}</td>
          <td>
            {point.deployment === null ? (
              '–'
            ) : (
              <Link href={`/jobs/${job}/deployments/${point.deployment}`}>#{point.deployment}</Link>
            )}
          </td>
          <td>
            <PointState point={point} />
          </td>
          <td className="actions-cell">
            <CopyButton text={point.path} of="path of the restore point" />
            {startable && pointStates[point.state].startable && (
              <ActionButton
                job={startable}
                kind={startable.state === 'running' ? 'restart' : 'resume'}
                initial={{ from: point.path }}
              >
                Start here…
              </ActionButton>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function PointState({ point: { state, problem } }: { readonly point: RestorePointItem }) {
  const { word, meaning } = pointStates[state];
  if (state === 'verified') return <span className="tone-good">{word}</span>;
  return (
    <span className={state === 'broken' ? 'tone-bad' : 'muted'} title={problem ?? meaning}>
      {word}
      {problem !== null && <>: {problem}</>}
    </span>
  );
}
