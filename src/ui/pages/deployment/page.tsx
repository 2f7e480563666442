/** A deployment: what ran and from what state, how it ended, its configuration, its file, and how it differs from any other. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Link, useParams } from 'wouter';
import type { JobBody } from '../../../api/contract.ts';
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import { useJobStream } from '../../api/news/use-job-stream.ts';
import { useRead } from '../../api/use-read.ts';
import { Badge, Tag } from '../../parts/data/badge.tsx';
import { endingSigns, runningSign } from '../../parts/data/tones.ts';
import { EffectiveConfiguration } from '../../parts/operation/effective-configuration.tsx';
import { LaunchAgain } from '../../parts/operation/launch-again.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useUrlState } from '../../state/url.ts';
import { DiffTab } from './diff-tab.tsx';
import { FileTab } from './file-tab.tsx';
import { Summary } from './summary.tsx';
import './deployment.css';

const ConfigurationTab = ({ deployment: { job, number } }: { readonly deployment: Deployment }) => (
  <EffectiveConfiguration job={job} number={number} />
);

const tabs = [
  { tab: 'configuration', name: 'Configuration', Content: ConfigurationTab },
  { tab: 'file', name: 'File', Content: FileTab },
  { tab: 'diff', name: 'Differences', Content: DiffTab },
] as const;

export default function DeploymentPage() {
  const { job, number } = useParams<{ job: string; number: string }>();
  const query = useRead('/jobs/{job}/deployments/{number}', { params: { job, number } }, { isStreamed: true });
  const { data: body } = useRead('/jobs/{job}', { params: { job } }, { isStreamed: true });
  useJobStream(job);
  const url = useUrlState();
  const { data } = query;
  const here = tabs.find(({ tab }) => tab === url.get('tab')) ?? tabs[0];
  return (
    <Page
      title={`Deployment ${number} of ${job}`}
      trail={[
        ['Jobs', '/jobs'],
        [job, `/jobs/${job}`],
        ['Deployments', `/jobs/${job}/deployments`],
      ]}
      about={data && <About deployment={data} />}
      actions={data && <Actions deployment={data} body={body} />}
    >
      <Loaded query={query} rows={8}>
        {(deployment) => (
          <>
            <Summary deployment={deployment} />
            <Tabs
              label="Parts of the deployment"
              tabs={tabs.map(({ tab, name }) => ({
                name,
                href: `/jobs/${job}/deployments/${number}?tab=${tab}`,
                isHere: tab === here.tab,
              }))}
            />
            <here.Content deployment={deployment} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function About({ deployment: { ended, environment, cluster } }: { readonly deployment: Deployment }) {
  return (
    <>
      <Badge {...(ended ? endingSigns[ended.how] : runningSign)} isFramed>
        {ended ? ended.how : 'runs'}
      </Badge>
      <Tag>{environment}</Tag>
      <Tag>{cluster}</Tag>
    </>
  );
}

function Actions({
  deployment: { job, number, operationId },
  body,
}: {
  readonly deployment: Deployment;
  readonly body: JobBody | undefined;
}) {
  const newest = body?.deployment?.number ?? 0;
  return (
    <>
      <LaunchAgain operation={{ job, id: operationId, kind: 'deploy' }} told={body ?? {}} />
      {number > 1 && (
        <Link href={`/jobs/${job}/deployments/${number - 1}`} className="button quiet">
          <ChevronLeft aria-label="Before:" role="img" /> #{number - 1}
        </Link>
      )}
      {number < newest && (
        <Link href={`/jobs/${job}/deployments/${number + 1}`} className="button quiet">
          #{number + 1} <ChevronRight aria-label="after" role="img" />
        </Link>
      )}
    </>
  );
}
