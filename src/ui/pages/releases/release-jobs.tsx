/** The jobs that a release has a deployment file for, each with what it runs now. */
import { Link } from 'wouter';
import type { ReleaseBody } from '../../../api/contract.ts';
import { problemIn } from '../../api/problems.ts';
import { JobBadge, Tag } from '../../parts/data/badge.tsx';
import { Table } from '../../parts/data/table.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { useRunning } from './use-running.ts';

type File = ReleaseBody['files'][number];

export function ReleaseJobs({ release: { name, files } }: { readonly release: ReleaseBody }) {
  const ofJobs = files.filter(({ job }) => job !== undefined);
  const running = useRunning(ofJobs.flatMap(({ job }) => job ?? []));
  return (
    <Panel title="Jobs">
      {ofJobs.length === 0 ? (
        <Empty title="It has no deployment file that you may see." />
      ) : (
        <Table label="Jobs of the release" head={['Job', 'Environment', 'State', 'Runs now', 'Launch']}>
          {ofJobs.map((file) => (
            <JobLine key={file.name} release={name} {...{ file, running }} />
          ))}
        </Table>
      )}
    </Panel>
  );
}

interface JobLineProps {
  readonly release: string;
  readonly file: File;
  readonly running: ReturnType<typeof useRunning>;
}

function JobLine({ release, file: { job: name = '', environment }, running }: JobLineProps) {
  const { job, error } = running(name);
  const isNew = job === null;
  const about = new URLSearchParams({ release, ...(isNew ? { job: name } : {}) }).toString();
  const deployment = job?.deployment?.ended === null ? job.deployment : null;
  return (
    <tr>
      <td>{isNew ? name : <Link href={`/jobs/${name}`}>{name}</Link>}</td>
      <td>{environment}</td>
      <td>{job ? <JobBadge job={job} /> : isNew ? 'never deployed' : error ? problemIn(error).detail : '…'}</td>
      <td>
        {deployment === null ? (
          <span className="muted">–</span>
        ) : (
          <>
            <Link
              href={`/jobs/${name}/deployments/${deployment.number}`}
            >{`${deployment.release} #${deployment.number}`}</Link>{' '}
            {deployment.release === release && <Tag tone="good">this one</Tag>}
          </>
        )}
      </td>
      <td>
        <Link
          className="button"
          href={isNew ? `/launch?${about}` : `/jobs/${name}/launch?${about}`}
          aria-label={`Launch ${name} with ${release}`}
        >
          Launch…
        </Link>
      </td>
    </tr>
  );
}
