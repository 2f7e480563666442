/** All deployments of a job. */
import { useList } from '../../../api/use-read.ts';
import { Loaded, Panel } from '../../../parts/panel.tsx';
import { DeploymentTable } from '../panels/deployment-table.tsx';
import { More } from '../more.tsx';
import type { TabProps } from '../tab-props.ts';

export default function DeploymentsTab({ job }: TabProps) {
  const deployments = useList('/jobs/{job}/deployments', { params: { job } }, { limit: 50, isStreamed: true });
  return (
    <Panel title="Deployments">
      <Loaded query={deployments} rows={10}>
        {({ pages }) => (
          <>
            <DeploymentTable deployments={pages.flatMap(({ items }) => items)} />
            <More list={deployments} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}
