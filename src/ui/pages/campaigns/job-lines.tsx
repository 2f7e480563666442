/** The jobs of a campaign in their order, each with its operation or the reason why it has none. */
import { Link } from 'wouter';
import type { CampaignItem } from '../../../api/campaign-contract.ts';
import { Badge, Tag } from '../../parts/data/badge.tsx';
import { Rows, type Column } from '../../parts/data/rows.tsx';
import { Time } from '../../parts/data/time.tsx';
import { jobSigns } from './signs.ts';

type JobOfCampaign = CampaignItem['jobs'][number];

const columns: readonly Column<JobOfCampaign>[] = [
  { key: 'job', title: 'Job', width: 'minmax(12rem, 1.5fr)', cell: () => null },
  { key: 'state', title: 'State', width: 'minmax(9rem, 1fr)', cell: (job) => <State job={job} /> },
  { key: 'since', title: 'Since', width: '6rem', cell: ({ at }) => <Time at={at} /> },
  { key: 'operation', title: 'Operation', width: 'minmax(10rem, 1fr)', cell: (job) => <Operation job={job} /> },
  { key: 'why', title: 'Why', width: 'minmax(12rem, 2fr)', cell: (job) => <Why job={job} /> },
];

export function JobLines({ campaign: { jobs, hidden } }: { readonly campaign: CampaignItem }) {
  return (
    <>
      {jobs.length > 0 && (
        <Rows
          label="Jobs of the campaign"
          columns={columns}
          items={jobs}
          nameOf={({ job }) => job}
          hrefOf={({ job }) => `/jobs/${job}`}
          total={jobs.length}
          onEnd={nothing}
        />
      )}
      {hidden > 0 && <p className="muted">{`${hidden} of its jobs are not shown, because you may not see them.`}</p>}
    </>
  );
}

/** All of them are there. */
const nothing = (): void => undefined;

const State = ({ job: { state, isCanary } }: { readonly job: JobOfCampaign }) => (
  <>
    <Badge {...jobSigns[state]}>{jobSigns[state].word}</Badge> {isCanary && <Tag>canary</Tag>}
  </>
);

function Operation({ job: { job, operation, release } }: { readonly job: JobOfCampaign }) {
  if (operation === null) return release === null ? '–' : <code>{release}</code>;
  return <Link href={`/jobs/${job}/operations/${operation}`}>{release ?? 'its operation'}</Link>;
}

function Why({ job: { code, why, retryAt, tries } }: { readonly job: JobOfCampaign }) {
  if (why === null) return null;
  return (
    <>
      {code !== null && <code>{code}</code>} {why}
      {retryAt !== null && (
        <span className="muted">
          {' '}
          It is asked again <Time at={retryAt} />, after {tries} {tries === 1 ? 'try' : 'tries'}.
        </span>
      )}
    </>
  );
}
