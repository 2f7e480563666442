/** Deployments of a job, newest first: what ran, from when to when, and how it ended. */
import { Link } from 'wouter';
import type { Deployment } from '../../../../domain/deployment/deployment.ts';
import { Table } from '../../../parts/data/table.tsx';
import { Elapsed, Time } from '../../../parts/data/time.tsx';
import { Empty } from '../../../parts/states.tsx';

export function DeploymentTable({ deployments }: { readonly deployments: readonly Deployment[] }) {
  if (deployments.length === 0) return <Empty title="Nothing was started yet." />;
  return (
    <Table label="Deployments" head={['', 'Release', 'Started', 'Ran for', 'Ended', '']}>
      {deployments.map((deployment) => (
        <Row key={deployment.number} deployment={deployment} />
      ))}
    </Table>
  );
}

function Row({ deployment }: { readonly deployment: Deployment }) {
  const {
    job,
    number,
    release,
    hotfix,
    cluster,
    startedAt,
    runningAt,
    ended,
    revisions = [],
    parallelism,
  } = deployment;
  const path = `/jobs/${job}/deployments/${number}`;
  return (
    <tr>
      <td className="number">
        <Link href={path}>#{number}</Link>
      </td>
      <td>
        <code>{release}</code> {hotfix && <span className="tone-warn">hotfix</span>}{' '}
        {revisions.length > 0 && <span title="Changed in place while it ran">rescaled to {parallelism}</span>}{' '}
        <span className="muted">{cluster}</span>
      </td>
      <td className="number">
        <Time at={startedAt} />
      </td>
      <td className="number">
        {runningAt === null ? 'never' : <Elapsed since={runningAt} until={ended?.at ?? null} />}
      </td>
      <td>
        {ended !== null ? (
          ended.how
        ) : runningAt === null ? (
          <span className="tone-busy">starts</span>
        ) : (
          <span className="tone-good">runs</span>
        )}
      </td>
      <td>{number > 1 && <Link href={`${path}?against=${number - 1}`}>Changes</Link>}</td>
    </tr>
  );
}
