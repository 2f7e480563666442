/** A job: why it is in its state, what it waits for, what comes next. */
import { useParams } from 'wouter';
import { useRead } from '../../api/use-read.ts';
import { JobBadge, Tag } from '../../parts/data/badge.tsx';
import { Actions } from '../../parts/action/actions.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { useJobStream } from './use-job-stream.ts';

export default function JobPage() {
  const { job } = useParams<{ job: string }>();
  const query = useRead('/jobs/{job}', { params: { job } }, { isStreamed: true });
  useJobStream(job);
  const { data } = query;
  return (
    <Page
      title={job}
      trail={[['Jobs', '/jobs']]}
      about={
        data && (
          <>
            <JobBadge job={data} isFramed />
            {data.environment !== null && <Tag>{data.environment}</Tag>}
            {data.deployment && <Tag>{data.deployment.cluster}</Tag>}
          </>
        )
      }
      actions={data && <Actions job={data} />}
    >
      <Loaded query={query}>{({ stateMeaning, next }) => <p>{`${stateMeaning} ${next}`}</p>}</Loaded>
    </Page>
  );
}
