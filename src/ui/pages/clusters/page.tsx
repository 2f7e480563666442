/** All clusters: whether they answer, what they have free, and how the jobs on them are. */
import { Link } from 'wouter';
import { useRead } from '../../api/use-read.ts';
import { Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { ClusterFacts, Reach } from './cluster-facts.tsx';
import { CordonButton } from './cordon.tsx';
import './clusters.css';

const EVERY_MS = 10_000;

export default function ClustersPage() {
  const query = useRead('/clusters', {}, { everyMs: EVERY_MS });
  return (
    <Page title="Clusters">
      <Loaded query={query} rows={8}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No cluster is configured.">
              <p>
                The configuration of the API names them below <code>clusters</code>.
              </p>
            </Empty>
          ) : (
            <ul className="cards">
              {items.map((cluster) => (
                <li key={cluster.name} className={`card${cluster.reachable ? '' : ' tone-edge-bad'}`}>
                  <header>
                    <h2>
                      <Link href={`/clusters/${cluster.name}`}>{cluster.name}</Link>
                    </h2>
                    <Reach cluster={cluster} />
                  </header>
                  <ClusterFacts cluster={cluster} />
                  <CordonButton cluster={cluster} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  );
}
