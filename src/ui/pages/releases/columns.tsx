/** The columns of the list of releases. */
import { Link } from 'wouter';
import type { ReleaseItem } from '../../../api/contract.ts';
import { Tag } from '../../parts/data/badge.tsx';
import type { Column } from '../../parts/data/rows.tsx';
import { Time } from '../../parts/data/time.tsx';

const MOST_JOBS = 3;
const COMMIT_CHARACTERS = 10;

/** @param isNew whether a release has come since the list was opened. */
export const columnsOf = (isNew: (release: string) => boolean): readonly Column<ReleaseItem>[] => [
  {
    key: 'name',
    title: 'Release',
    width: 'minmax(12rem, 1.5fr)',
    cell: ({ name }) => isNew(name) && <Tag tone="good">new</Tag>,
  },
  { key: 'at', title: 'Published', width: '8rem', cell: ({ publishedAt }) => <Time at={publishedAt} /> },
  {
    key: 'commit',
    title: 'Commit',
    width: '8rem',
    cell: ({ gitCommit }) =>
      gitCommit === null ? '–' : <code title={gitCommit}>{gitCommit.slice(0, COMMIT_CHARACTERS)}</code>,
  },
  { key: 'jobs', title: 'Jobs with a file', width: 'minmax(10rem, 1.5fr)', cell: ({ jobs }) => <Jobs jobs={jobs} /> },
  {
    key: 'runs',
    title: 'Runs now',
    width: 'minmax(10rem, 1.5fr)',
    cell: ({ runsAs = [] }) =>
      runsAs.length === 0 ? (
        <span className="muted">–</span>
      ) : (
        runsAs.slice(0, MOST_JOBS).map(({ job, deployment }) => (
          <span key={job} className="runs">
            <Link href={`/jobs/${job}/deployments/${deployment}`}>{`${job} #${deployment}`}</Link>
          </span>
        ))
      ),
  },
];

function Jobs({ jobs }: { readonly jobs: readonly string[] }) {
  if (jobs.length === 0) return <span className="muted">none</span>;
  const more = jobs.length - MOST_JOBS;
  return (
    <span title={jobs.join(', ')}>
      {jobs.slice(0, MOST_JOBS).join(', ')}
      {more > 0 && <span className="muted">{` and ${more} more`}</span>}
    </span>
  );
}
