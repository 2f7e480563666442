/** The deployments that an operation started, the restore points that it took and used, and the difference that it brought. */
import { Link } from 'wouter';
import type { OperationItem } from '../../../api/contract.ts';
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import { isNotFound } from '../../api/problems.ts';
import { useRead } from '../../api/use-read.ts';
import { ChangesView } from '../../parts/changes/changes.tsx';
import { Id } from '../../parts/copy.tsx';
import { Arrow } from '../../parts/data/arrow.tsx';
import { Fact, Facts } from '../../parts/data/facts.tsx';
import { Ran } from '../../parts/operation/ran.tsx';
import { StartedFrom } from '../../parts/operation/started-from.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';

export function Brought({ operation }: { readonly operation: OperationItem }) {
  const { job, id, deployment: number, savepoint, phases } = operation;
  const wentBack = phases.some(({ name }) => name === 'rollingBack');
  const last = useDeployment(job, number);
  // A start that failed has the number before the one that was started again in its place.
  const before = useDeployment(job, wentBack && number !== null ? number - 1 : null);
  const started = [before.data, last.data].filter((one): one is Deployment => one?.operationId === id);
  const [first] = started;
  if (savepoint === null && number === null) return null;
  return (
    <>
      <Panel title="What it brought">
        <Facts>
          <Fact name="Savepoint">{savepoint !== null && <Id value={savepoint} of="path of the savepoint" />}</Fact>
        </Facts>
        {number !== null && (
          <Loaded query={last} rows={3}>
            {(deployment) => (
              <>
                {started.length === 0 && (
                  <p>
                    It acted on <DeploymentLink deployment={deployment} /> and started none.
                  </p>
                )}
                {started.map((one) => (
                  <Started key={one.number} deployment={one} />
                ))}
              </>
            )}
          </Loaded>
        )}
      </Panel>
      {first && <Difference job={job} number={first.number} />}
    </>
  );
}

const useDeployment = (job: string, number: number | null) =>
  useRead(
    '/jobs/{job}/deployments/{number}',
    { params: { job, number: String(number) } },
    { enabled: number !== null },
  );

const DeploymentLink = ({ deployment: { job, number } }: { readonly deployment: Deployment }) => (
  <Link href={`/jobs/${job}/deployments/${number}`}>deployment {number}</Link>
);

function Started({ deployment }: { readonly deployment: Deployment }) {
  const { release, cluster, restorePoint } = deployment;
  return (
    <Facts>
      <Fact name="Started">
        <DeploymentLink deployment={deployment} /> · {release} on {cluster}
      </Fact>
      <Fact name="From">
        <StartedFrom point={restorePoint} />
      </Fact>
      <Fact name="Ran">
        <Ran deployment={deployment} />
      </Fact>
    </Facts>
  );
}

function Difference({ job, number }: { readonly job: string; readonly number: number }) {
  const query = useRead('/jobs/{job}/diff', { params: { job }, query: { to: number } });
  const { data, error } = query;
  const aside = data && (
    <Link href={`/jobs/${job}/deployments/${number}?tab=diff&against=${data.from}`}>
      #{data.from} <Arrow /> #{number}
    </Link>
  );
  return (
    <Panel title="Difference that it brought" aside={aside}>
      {isNotFound(error) && data === undefined ? (
        <p className="muted">There is no deployment before {number} to compare it with.</p>
      ) : (
        <Loaded query={query}>{(changes) => <ChangesView changes={changes} />}</Loaded>
      )}
    </Panel>
  );
}
