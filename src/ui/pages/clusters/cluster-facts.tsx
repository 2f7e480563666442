/** Facts about a cluster, for its card and its page. */
import { Link } from 'wouter';
import type { ClusterItem } from '../../../api/cluster-contract.ts';
import { jobStates } from '../../../domain/lifecycle.ts';
import { keysOf } from '../../../domain/values/keys-of.ts';
import { Badge, Tag } from '../../parts/data/badge.tsx';
import { Fact, Facts } from '../../parts/data/facts.tsx';
import { countText } from '../../parts/data/format.ts';
import { Time } from '../../parts/data/time.tsx';
import { Cordoned } from './cordon.tsx';

export function Reach({ cluster: { reachable, unreachableSince } }: { readonly cluster: ClusterItem }) {
  if (reachable)
    return (
      <Badge tone="good" symbol="check">
        answers
      </Badge>
    );
  return (
    <Badge tone="bad" symbol="cross">
      silent {unreachableSince != null && <Time at={unreachableSince} as="age" />}
    </Badge>
  );
}

export function ClusterFacts({ cluster }: { readonly cluster: ClusterItem }) {
  const { zone, version, memoryMb, vcores, activeNodes, runningApplications, launchers, problem, watch } = cluster;
  return (
    <Facts>
      <Fact name="Problem">{problem}</Fact>
      <Fact name="Cordoned">{cluster.cordoned && <Cordoned cluster={cluster} />}</Fact>
      <Fact name="Zone">{zone}</Fact>
      <Fact name="Memory">{memoryMb && <Used {...memoryMb} label="Memory in use" textOf={gigabytes} />}</Fact>
      <Fact name="vcores">{vcores && <Used {...vcores} label="vcores in use" textOf={countText} />}</Fact>
      <Fact name="Nodes">{activeNodes !== null && <Nodes cluster={cluster} />}</Fact>
      <Fact name="Applications">{runningApplications !== null && `${countText(runningApplications)} running`}</Fact>
      <Fact name="Jobs">
        <JobCounts cluster={cluster} />
      </Fact>
      <Fact name="Watcher">
        {watch &&
          (watch.heardAt === null ? (
            'not heard yet'
          ) : (
            <>
              heard <Time at={watch.heardAt} />
            </>
          ))}
      </Fact>
      <Fact name="Hadoop">{version}</Fact>
      <Fact name="Launchers">{launchers.join(', ')}</Fact>
    </Facts>
  );
}

const MEGABYTES = 1024;
const gigabytes = (megabytes: number): string => `${(megabytes / MEGABYTES).toFixed(1)} GiB`;

interface UsedProps {
  readonly total: number;
  readonly available: number;
  readonly label: string;
  readonly textOf: (amount: number) => string;
}

function Used({ total, available, label, textOf }: UsedProps) {
  const used = Math.max(0, total - available);
  return (
    <span className="used">
      <meter aria-label={label} min={0} max={Math.max(1, total)} value={used} high={0.9 * Math.max(1, total)} />
      <span className="number">{`${textOf(used)} of ${textOf(total)} used`}</span>
    </span>
  );
}

function Nodes({ cluster: { nodes, activeNodes } }: { readonly cluster: ClusterItem }) {
  if (nodes == null) return `${activeNodes ?? 0} active`;
  const ill = [
    [nodes.unhealthy, 'unhealthy'],
    [nodes.lost, 'lost'],
  ] as const;
  return (
    <>
      {`${nodes.active} active`}
      {ill.map(([count, word]) => count > 0 && <Tag key={word} tone="warn">{`${count} ${word}`}</Tag>)}
    </>
  );
}

function JobCounts({ cluster: { name, jobs = {} } }: { readonly cluster: ClusterItem }) {
  const states = keysOf(jobStates).filter((state) => (jobs[state] ?? 0) > 0);
  if (states.length === 0) return 'none';
  return (
    <span className="spread">
      {states.map((state) => (
        <Link
          key={state}
          href={`/jobs?cluster=${name}&state=${state}`}
        >{`${countText(jobs[state] ?? 0)} ${state}`}</Link>
      ))}
    </span>
  );
}
