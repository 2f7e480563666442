/** A release: its files, the jobs that it is for with what each runs now, and what has changed since the version before. */
import { useParams } from 'wouter';
import type { ReleaseBody } from '../../../api/contract.ts';
import { useReleaseNews } from '../../api/news/release-news.ts';
import { useRead } from '../../api/use-read.ts';
import { Id } from '../../parts/copy.tsx';
import { Fact, Facts } from '../../parts/data/facts.tsx';
import { Time } from '../../parts/data/time.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { Files } from './release-files.tsx';
import { ReleaseJobs } from './release-jobs.tsx';
import { SinceBefore } from './since-before.tsx';
import './releases.css';

export default function ReleasePage() {
  const { project, version } = useParams<{ project: string; version: string }>();
  const query = useRead('/releases/{project}/{version}', { params: { project, version } }, { isStreamed: true });
  useReleaseNews();
  return (
    <Page
      title={`${project}/${version}`}
      trail={[
        ['Releases', '/releases'],
        [project, `/releases?project=${project}`],
      ]}
    >
      <Loaded query={query}>
        {(release) => (
          <>
            <About release={release} />
            <ReleaseJobs release={release} />
            <Files release={release} />
            <SinceBefore release={release} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

const About = ({ release: { gitCommit, buildUrl, createdAt, publishedAt } }: { readonly release: ReleaseBody }) => (
  <Panel title="Origin">
    <Facts>
      <Fact name="Published">
        <Time at={publishedAt} as="moment" /> (<Time at={publishedAt} />)
      </Fact>
      <Fact name="Built">
        <Time at={createdAt} as="moment" />
      </Fact>
      <Fact name="Commit">{gitCommit !== null && <Id value={gitCommit} of="commit" />}</Fact>
      <Fact name="Build">{buildUrl !== null && <BuildLink url={buildUrl} />}</Fact>
    </Facts>
  </Panel>
);

/** The build has written its own address, so that only one of the web becomes a link. */
const BuildLink = ({ url }: { readonly url: string }) =>
  /^https?:\/\//.test(url) ? (
    <a href={url} rel="noreferrer" target="_blank">
      {url}
    </a>
  ) : (
    <code>{url}</code>
  );
