/** The columns of the list of jobs. */
import { ArrowUp, Flag } from 'lucide-react';
import type { JobItem } from '../../../api/job-list-contract.ts';
import { attentionReasons } from '../../../domain/job/attention.ts';
import { JobBadge } from '../../parts/data/badge.tsx';
import type { Column } from '../../parts/data/rows.tsx';
import { Time } from '../../parts/data/time.tsx';

const orNone = (text: string | null) => text ?? '–';

export const columns: readonly Column<JobItem>[] = [
  {
    key: 'name',
    title: 'Job',
    width: 'minmax(14rem, 2.2fr)',
    sort: 'name',
    cell: ({ hotfix }) => hotfix && <Flagged reason={hotfix.reason} />,
  },
  {
    key: 'state',
    title: 'State',
    width: 'minmax(12rem, 1.6fr)',
    sort: 'state',
    cell: (job) => (
      <>
        <JobBadge job={job} />
        {job.stateSince && (
          <span className="muted">
            {' '}
            <Time at={job.stateSince} as="age" />
          </span>
        )}
        {job.attention.length > 0 && <p className="muted reason">{reasonOf(job)}</p>}
      </>
    ),
  },
  { key: 'env', title: 'Env', width: '7rem', sort: 'environment', cell: ({ environment }) => orNone(environment) },
  { key: 'cluster', title: 'Cluster', width: '8rem', sort: 'cluster', cell: ({ cluster }) => orNone(cluster) },
  {
    key: 'release',
    title: 'Release',
    width: 'minmax(10rem, 1.3fr)',
    sort: 'release',
    cell: ({ release, newestRelease, sync }) => (
      <>
        <code>{orNone(release)}</code>
        {sync === 'behind' && newestRelease !== null && (
          <span className="newer" title={`${newestRelease} has a file for this job`}>
            <ArrowUp aria-label="newer:" /> {newestRelease.split('/').at(-1)}
          </span>
        )}
      </>
    ),
  },
  { key: 'owner', title: 'Owner', width: 'minmax(6rem, 1fr)', sort: 'owner', cell: ({ owner }) => orNone(owner) },
  { key: 'up', title: 'Up', width: '5rem', sort: 'since', cell: (job) => <Time at={upSince(job)} as="age" /> },
];

const upSince = ({ state, deployment }: JobItem): string | null =>
  state === 'running' ? (deployment?.runningAt ?? null) : null;

const reasonOf = ({ attention, stateReason }: JobItem): string =>
  stateReason ?? attention.map((name) => attentionReasons[name].meaning).join(' ');

const Flagged = ({ reason }: { readonly reason: string | null }) => (
  <span className="flagged" title={reason ?? undefined}>
    <Flag aria-hidden /> hotfix
  </span>
);
