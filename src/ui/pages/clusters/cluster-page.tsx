/** A cluster: its queues, its jobs, and the applications on it that Sluice does not know. */
import { Link, useParams } from 'wouter';
import type { ClusterBody } from '../../../api/cluster-contract.ts';
import { useRead } from '../../api/use-read.ts';
import { Page } from '../../parts/page.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { ClusterFacts, Reach } from './cluster-facts.tsx';
import { CordonButton } from './cordon.tsx';
import { Queues } from './queues.tsx';
import { Strangers } from './strangers.tsx';
import './clusters.css';

const EVERY_MS = 10_000;

export default function ClusterPage() {
  const { cluster } = useParams<{ cluster: string }>();
  const query = useRead('/clusters/{cluster}', { params: { cluster } }, { everyMs: EVERY_MS });
  return (
    <Page
      title={cluster}
      trail={[['Clusters', '/clusters']]}
      about={query.data && <Reach cluster={query.data} />}
      actions={query.data && <CordonButton cluster={query.data} />}
    >
      <Loaded query={query} rows={8}>
        {(body) => (
          <>
            <Panel title="Now" aside={<ManagerLink cluster={body} />}>
              <ClusterFacts cluster={body} />
            </Panel>
            <Panel title="Queues">
              <Queues queues={body.queues} />
            </Panel>
            <Panel title="Unknown applications">
              <Strangers strangers={body.strangers} cluster={cluster} isReachable={body.reachable} />
            </Panel>
          </>
        )}
      </Loaded>
    </Page>
  );
}

const ManagerLink = ({ cluster: { name, resourceManager } }: { readonly cluster: ClusterBody }) => (
  <span className="spread">
    <Link href={`/jobs?cluster=${name}`}>Jobs on it</Link>
    <a href={resourceManager} rel="noreferrer" target="_blank">
      ResourceManager
    </a>
  </span>
);
