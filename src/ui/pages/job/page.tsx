/** A job: why it is in its state, what it waits for, what comes next; and its parts below one address each. */
import { Suspense } from 'react';
import { useLocation, useParams } from 'wouter';
import { useJobStream } from '../../api/news/use-job-stream.ts';
import { useRead } from '../../api/use-read.ts';
import { Actions } from '../../parts/action/actions.tsx';
import { copyText } from '../../parts/copy.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Skeleton } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useShortcuts } from '../../state/shortcuts.ts';
import { turnStar } from '../../state/stars.ts';
import { About, Head } from './head.tsx';
import { NotThere } from './not-there.tsx';
import { pathOfTab, tabs } from './tabs.tsx';
import './job.css';

/** The stream tells of every change, but not of a Temporal that is away. */
const EVERY_MS = 20_000;

export default function JobPage() {
  const { job, tab = '' } = useParams<{ job: string; tab?: string }>();
  const query = useRead('/jobs/{job}', { params: { job } }, { everyMs: EVERY_MS, isStreamed: true });
  useJobStream(job);
  const { data, error } = query;
  useKeys(job, data?.links.flink ?? null);
  const shown = tabs.find(({ name }) => name === tab);
  return (
    <Page
      title={job}
      trail={[['Jobs', '/jobs']]}
      about={data && <Head job={data} />}
      actions={data && <Actions job={data} />}
    >
      {data && <About job={data} />}
      <Tabs
        label="Parts of the job"
        tabs={tabs.map(({ name, title }) => ({ name: title, href: pathOfTab(job, name), isHere: name === tab }))}
      />
      {error != null && <NotThere job={job} failure={error} onRetry={() => void query.refetch()} />}
      <Suspense fallback={<Skeleton rows={8} />}>
        {shown ? <shown.Content key={job} job={job} /> : <Empty title="The job has no such part." />}
      </Suspense>
    </Page>
  );
}

/** Keys that go somewhere; none acts on the job. */
function useKeys(job: string, flink: string | null): void {
  const [, go] = useLocation();
  useShortcuts([
    { keys: 'l', does: 'Launch', act: () => go(`/jobs/${job}/launch`) },
    { keys: 'e', does: 'History', act: () => go(pathOfTab(job, 'history')) },
    { keys: 's', does: 'Star', act: () => turnStar(job) },
    { keys: 'y', does: 'Copy the link to this page', act: () => void copyText(location.href, 'link') },
    { keys: 'Escape', does: 'Back to the jobs', act: () => go('/jobs') },
    ...(flink === null
      ? []
      : [{ keys: 'f', does: 'Flink', act: () => void window.open(flink, '_blank', 'noreferrer') }]),
  ]);
}
