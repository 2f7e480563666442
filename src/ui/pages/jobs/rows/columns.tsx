/** The columns of the list of jobs. */
import { ArrowRight, ArrowUp, Flag } from 'lucide-react';
import type { JobItem } from '../../../../api/job-list-contract.ts';
import { attentionReasons } from '../../../../domain/job/list/attention.ts';
import { JobBadge } from '../../../parts/data/badge.tsx';
import type { Column } from '../../../parts/data/rows.tsx';
import { Time } from '../../../parts/data/time.tsx';
import { Tools } from './tools.tsx';

const orNone = (text: string | null) => text ?? '–';

/** The facts of a row that its job does not tell. */
interface Beside {
  /** When the newest checkpoint completed, by job, of those in sight. */
  readonly checkpoints: Readonly<Record<string, string | null>>;
  readonly silentClusters: readonly string[];
  readonly onMenu: (job: JobItem, button: HTMLElement) => void;
}

export const columnsOf = ({ checkpoints, silentClusters, onMenu }: Beside): readonly Column<JobItem>[] => [
  {
    key: 'name',
    title: 'Job',
    width: 'minmax(11rem, 2fr)',
    sort: 'name',
    cell: ({ hotfix }) => hotfix && <Flagged reason={hotfix.reason} />,
  },
  { key: 'state', title: 'State', width: 'minmax(12rem, 2.2fr)', sort: 'state', cell: stateCell },
  { key: 'env', title: 'Env', width: '4.5rem', sort: 'environment', cell: ({ environment }) => orNone(environment) },
  {
    key: 'cluster',
    title: 'Cluster',
    width: '6rem',
    sort: 'cluster',
    cell: ({ cluster }) =>
      cluster !== null && silentClusters.includes(cluster) ? (
        <span className="tone-warn" title="The cluster does not answer">
          {cluster} !
        </span>
      ) : (
        orNone(cluster)
      ),
  },
  { key: 'release', title: 'Release', width: 'minmax(8rem, 1.3fr)', sort: 'release', cell: releaseCell },
  { key: 'owner', title: 'Owner', width: 'minmax(7rem, 1fr)', sort: 'owner', cell: ({ owner }) => orNone(owner) },
  {
    key: 'labels',
    title: 'Labels',
    width: 'minmax(8rem, 1fr)',
    cell: ({ labels }) =>
      Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
  },
  { key: 'up', title: 'Up', width: '4rem', cell: (job) => <Time at={upSince(job)} as="age" /> },
  {
    key: 'checkpoint',
    title: 'Checkpoint',
    width: '6.5rem',
    cell: ({ name, checkpointAt }) => <Time at={checkpoints[name] ?? checkpointAt} />,
  },
  {
    key: 'tools',
    title: 'Star and menu',
    isTitleUnseen: true,
    width: '4rem',
    cell: (job) => <Tools job={job} onMenu={onMenu} />,
  },
];

const upSince = ({ state, deployment }: JobItem): string | null =>
  state === 'running' ? (deployment?.runningAt ?? null) : null;

function stateCell(job: JobItem) {
  const { operation, state, stateSince, attention } = job;
  // How long a job has been up is a column of its own.
  const isUp = state === 'running' && attention.length === 0;
  const since = operation?.phases.findLast(({ endedAt }) => endedAt === null)?.startedAt ?? (isUp ? null : stateSince);
  return (
    <>
      <JobBadge job={job} /> {since !== null && <Time at={since} as="age" className="muted" />}
      {attention.length > 0 && (
        <p className="muted reason" title={reasonOf(job)}>
          {reasonOf(job)}
        </p>
      )}
    </>
  );
}

const reasonOf = ({ attention, stateReason }: JobItem): string =>
  stateReason ?? attention.map((name) => attentionReasons[name].meaning).join(' ');

function releaseCell({ release, operation, newestRelease, sync }: JobItem) {
  const next = operation?.release;
  const isOther = next !== undefined && next !== release;
  return (
    <>
      {orNone(release)}
      {isOther && (
        <>
          {' '}
          <ArrowRight aria-label="to" /> {next.split('/').at(-1)}
        </>
      )}
      {sync === 'behind' && newestRelease !== null && !isOther && (
        <span className="newer" title={`${newestRelease} has a file for this job`}>
          <ArrowUp aria-label="newer:" /> {newestRelease.split('/').at(-1)}
        </span>
      )}
    </>
  );
}

const Flagged = ({ reason }: { readonly reason: string | null }) => (
  <span className="flagged" title={reason ?? undefined}>
    <Flag aria-hidden /> hotfix
  </span>
);

/** The names of all columns, for whoever chooses among them. */
export const columnNames = columnsOf({
  checkpoints: {},
  silentClusters: [],
  onMenu: () => undefined,
}).map(({ key, title }) => ({ key, title }));
