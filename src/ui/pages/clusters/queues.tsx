/** The queues of a cluster: who may take how much, and who waits. */
import type { QueueItem } from '../../../api/cluster-contract.ts';
import { Tag } from '../../parts/data/badge.tsx';
import { countText } from '../../parts/data/format.ts';
import { Table } from '../../parts/data/table.tsx';

const HEAD = ['Queue', 'State', 'Capacity', 'Maximum', 'Used', 'Pending', 'Largest container'];

export function Queues({ queues }: { readonly queues: readonly QueueItem[] | null }) {
  if (queues === null) return <p className="muted">The cluster did not answer.</p>;
  return (
    <Table label="Queues of the cluster" head={HEAD}>
      {queues.map((queue) => (
        <tr key={queue.path}>
          <th scope="row" style={{ paddingInlineStart: `${queue.path.split('.').length - 1}rem` }}>
            <code title={queue.path}>{queue.name}</code>
          </th>
          <td>{queue.state === 'RUNNING' ? 'running' : <Tag tone="warn">{queue.state.toLowerCase()}</Tag>}</td>
          <td className="number">{percentText(queue.absoluteCapacity)}</td>
          <td className="number">{percentText(queue.absoluteMaxCapacity)}</td>
          <td className="number">
            {percentText(queue.absoluteUsedCapacity)}
            {queue.used && <span className="muted">{` · ${sizeText(queue.used)}`}</span>}
          </td>
          <td className="number">{waitingText(queue)}</td>
          <td className="number">{queue.maxContainer ? sizeText(queue.maxContainer) : '–'}</td>
        </tr>
      ))}
    </Table>
  );
}

const percentText = (percent: number | null): string => (percent === null ? '–' : `${Math.round(percent)} %`);
const sizeText = ({ memoryMb, vcores }: { readonly memoryMb: number; readonly vcores: number }): string =>
  `${countText(memoryMb)} MiB, ${countText(vcores)} vcores`;

function waitingText({ pendingApplications, pendingContainers }: QueueItem): string {
  const parts = [
    [pendingApplications, 'applications'],
    [pendingContainers, 'containers'],
  ] as const;
  const told = parts.flatMap(([count, word]) => (count === null || count === 0 ? [] : [`${countText(count)} ${word}`]));
  return told.length === 0 ? '–' : told.join(', ');
}
