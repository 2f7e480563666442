/** The jobs that a release has a deployment file for, each with what it runs now. Each line loads and fails alone. */
import { Link } from 'wouter';
import type { ReleaseBody } from '../../../api/contract.ts';
import { isNotFound, problemIn } from '../../api/problems.ts';
import { useRead } from '../../api/use-read.ts';
import { JobBadge, Tag } from '../../parts/data/badge.tsx';
import { Table } from '../../parts/data/table.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';

type File = ReleaseBody['files'][number];

export function ReleaseJobs({ release: { name, files } }: { readonly release: ReleaseBody }) {
  const ofJobs = files.filter(({ job }) => job !== undefined);
  return (
    <Panel title="Jobs">
      {ofJobs.length === 0 ? (
        <Empty title="It has no deployment file that you may see." />
      ) : (
        <Table label="Jobs of the release" head={['Job', 'Environment', 'State', 'Runs now', 'Launch']}>
          {ofJobs.map((file) => (
            <JobLine key={file.name} release={name} file={file} />
          ))}
        </Table>
      )}
    </Panel>
  );
}

const EVERY_MS = 10_000;

function JobLine({ release, file: { job = '', environment } }: { readonly release: string; readonly file: File }) {
  const { data, error } = useRead('/jobs/{job}', { params: { job } }, { everyMs: EVERY_MS });
  const isNew = isNotFound(error);
  const about = new URLSearchParams({ release, ...(isNew ? { job } : {}) }).toString();
  const running = data?.deployment?.ended === null ? data.deployment : null;
  return (
    <tr>
      <td>{isNew ? job : <Link href={`/jobs/${job}`}>{job}</Link>}</td>
      <td>{environment}</td>
      <td>{data ? <JobBadge job={data} /> : isNew ? 'never deployed' : error ? problemIn(error).detail : '…'}</td>
      <td>
        {running === null ? (
          <span className="muted">–</span>
        ) : (
          <>
            <Link href={`/jobs/${job}/deployments/${running.number}`}>{`${running.release} #${running.number}`}</Link>{' '}
            {running.release === release && <Tag tone="good">this one</Tag>}
          </>
        )}
      </td>
      <td>
        <Link
          className="button"
          href={isNew ? `/launch?${about}` : `/jobs/${job}/launch?${about}`}
          aria-label={`Launch ${job} with ${release}`}
        >
          Launch…
        </Link>
      </td>
    </tr>
  );
}
