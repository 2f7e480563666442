/** The newest operations of a job. */
import { Link } from 'wouter';
import { useRead } from '../../../api/use-read.ts';
import { Loaded, Panel } from '../../../parts/panel.tsx';
import { OperationTable } from './operation-table.tsx';
import { downtimesOf, useUpgrades } from './use-upgrades.ts';

export function History({ job }: { readonly job: string }) {
  const operations = useRead('/jobs/{job}/operations', { params: { job }, query: { limit: 10 } }, { isStreamed: true });
  const { data: upgrades } = useUpgrades(job);
  return (
    <Panel title="History" aside={<Link href={`/jobs/${job}/history`}>All</Link>}>
      <Loaded query={operations} rows={6}>
        {({ items }) => <OperationTable operations={items} downtimes={downtimesOf(upgrades)} />}
      </Loaded>
    </Panel>
  );
}
