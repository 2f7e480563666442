/** Applications that live on a cluster and that Sluice does not know: some can be adopted. */
import { Link } from 'wouter';
import type { StrangerItem } from '../../../api/cluster-contract.ts';
import { permissions } from '../../../domain/access/permissions.ts';
import { CopyButton, Id } from '../../parts/copy.tsx';
import { Table } from '../../parts/data/table.tsx';
import { Time } from '../../parts/data/time.tsx';

interface StrangersProps {
  readonly strangers: readonly StrangerItem[] | null;
  readonly cluster: string;
  readonly isReachable: boolean;
}

const HEAD = ['Application', 'Name', 'User', 'Queue', 'State', 'Began', 'Belongs to', 'Adopt'];

export function Strangers({ strangers, cluster, isReachable }: StrangersProps) {
  if (strangers === null) {
    const why = isReachable
      ? `Whoever may ${permissions.doctor.meaning} sees them: that needs the role ${permissions.doctor.role}.`
      : 'The cluster did not answer.';
    return <p className="muted">{why}</p>;
  }
  if (strangers.length === 0) return <p className="muted">None: Sluice knows each Flink application on it.</p>;
  return (
    <Table label="Applications that Sluice does not know" head={HEAD}>
      {strangers.map((one) => (
        <tr key={one.application}>
          <td>
            <Id value={one.application} of="application id" />
          </td>
          <td>{one.name}</td>
          <td>{one.user}</td>
          <td>{one.queue}</td>
          <td>{one.state}</td>
          <td>
            <Time at={one.startedAt} />
          </td>
          <td>{one.job === null ? '–' : <Link href={`/jobs/${one.job}`}>{one.job}</Link>}</td>
          <td>
            <CopyButton text={adoptCommand(one, cluster)} of={`command that adopts ${one.application}`} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

const adoptCommand = ({ job, application }: StrangerItem, cluster: string): string =>
  `sluice adopt ${job ?? '<job>'} --cluster ${cluster} --application ${application} --release <project>/<version>`;
