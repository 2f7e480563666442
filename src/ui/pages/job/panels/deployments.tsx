/** The newest deployments. */
import { Link } from 'wouter';
import { useRead } from '../../../api/use-read.ts';
import { Loaded, Panel } from '../../../parts/panel.tsx';
import { DeploymentTable } from './deployment-table.tsx';

export function Deployments({ job }: { readonly job: string }) {
  const deployments = useRead(
    '/jobs/{job}/deployments',
    { params: { job }, query: { limit: 5 } },
    { isStreamed: true },
  );
  return (
    <Panel title="Deployments" aside={<Link href={`/jobs/${job}/deployments`}>All</Link>}>
      <Loaded query={deployments} rows={5}>
        {({ items }) => <DeploymentTable deployments={items} />}
      </Loaded>
    </Panel>
  );
}
