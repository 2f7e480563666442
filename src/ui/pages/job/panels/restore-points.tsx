/** The newest restore points. */
import { Link } from 'wouter';
import { useRead } from '../../../api/use-read.ts';
import { Loaded, Panel } from '../../../parts/panel.tsx';
import { RestorePointTable } from './restore-point-table.tsx';

export function RestorePoints({ job }: { readonly job: string }) {
  const points = useRead('/jobs/{job}/restore-points', { params: { job }, query: { limit: 5 } }, { isStreamed: true });
  return (
    <Panel title="Restore points" aside={<Link href={`/jobs/${job}/restore-points`}>All</Link>}>
      <Loaded query={points} rows={5}>
        {({ items }) => <RestorePointTable job={job} points={items} />}
      </Loaded>
    </Panel>
  );
}
