/** The releases that have a file for the job, newest first. A new one appears by itself. */
import { useState } from 'react';
import type { JobBody, ReleaseItem } from '../../../api/contract.ts';
import type { Query, Reads } from '../../api/reads.ts';
import { useRead } from '../../api/use-read.ts';
import { Button } from '../../parts/button.tsx';
import { Tag } from '../../parts/data/badge.tsx';
import { Time } from '../../parts/data/time.tsx';
import { Loaded, type Loading } from '../../parts/panel.tsx';
import { PublishCommand } from '../../parts/publish-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { ReleaseFiles } from './release-files.tsx';

type ReleaseList = Reads['/releases'];

interface ReleaseStepProps {
  /** The job that is launched; null where the release decides. */
  readonly job: string | null;
  readonly body: JobBody | null;
  readonly chosen: string;
  readonly onChoose: (release: string) => void;
  /** Whether a release has come since the page was opened. */
  readonly isNew: (release: string) => boolean;
}

export function ReleaseStep({ job, body, chosen, onChoose, isNew }: ReleaseStepProps) {
  const [limit, setLimit] = useState(50);
  const releases = useReleases(body?.project ?? null, { limit, job: job ?? undefined });
  const ran = useRan(job, body);
  return (
    <Loaded query={releases} rows={6}>
      {({ items, nextCursor }) => {
        const fitting = items.filter(({ jobs }) => job === null || jobs.includes(job));
        if (fitting.length === 0 && nextCursor === null) return <NoRelease job={job} />;
        return (
          <fieldset className="releases">
            <legend className="unseen">Release</legend>
            {fitting.map((item) => (
              <ReleaseOption
                key={item.name}
                item={item}
                isChosen={item.name === chosen}
                isNew={isNew(item.name)}
                about={aboutOf(item, body, ran)}
                onChoose={() => onChoose(item.name)}
              />
            ))}
            {nextCursor !== null && limit < 200 && <Button onClick={() => setLimit(200)}>Older releases</Button>}
          </fieldset>
        );
      }}
    </Loaded>
  );
}

/** The releases of a project; of all projects where a job has none yet. */
function useReleases(project: string | null, query: Query): Loading<ReleaseList> {
  const all = useRead('/releases', { query }, { isStreamed: true, enabled: project === null });
  const own = useRead(
    '/releases/{project}',
    { params: { project: project ?? '' }, query },
    { isStreamed: true, enabled: project !== null },
  );
  return project === null ? all : own;
}

const NoRelease = ({ job }: { readonly job: string | null }) => (
  <Empty title={job === null ? 'No release was published yet.' : `No release has a deployment file for ${job}.`}>
    <p>
      It appears here by itself: <PublishCommand />
    </p>
  </Empty>
);

/** The newest deployment of each release. */
function useRan(job: string | null, body: JobBody | null): ReadonlyMap<string, number> {
  const { data } = useRead(
    '/jobs/{job}/deployments',
    { params: { job: job ?? '' }, query: { limit: 50 } },
    { enabled: job !== null && body !== null && body.deployment !== null },
  );
  return new Map((data?.items ?? []).toReversed().map(({ release, number }) => [release, number]));
}

function aboutOf({ name }: ReleaseItem, body: JobBody | null, ran: ReadonlyMap<string, number>): readonly string[] {
  const { deployment = null, autoDeploy = null } = body ?? {};
  const number = ran.get(name);
  const isRunning = deployment?.release === name && deployment.ended === null;
  const byItself =
    autoDeploy?.release === name ? (autoDeploy.detail ?? autoDeploy.meaning ?? 'will deploy itself') : null;
  return [
    ...(isRunning ? ['runs now'] : number === undefined ? [] : [`ran as #${number}`]),
    ...(byItself === null ? [] : [byItself]),
  ];
}

interface ReleaseOptionProps {
  readonly item: ReleaseItem;
  readonly isChosen: boolean;
  readonly isNew: boolean;
  readonly about: readonly string[];
  readonly onChoose: () => void;
}

function ReleaseOption({ item, isChosen, isNew, about, onChoose }: ReleaseOptionProps) {
  const { name, gitCommit, buildUrl, publishedAt, jobs } = item;
  return (
    <div className="release">
      <label className="option">
        <input type="radio" name="release" checked={isChosen} onChange={onChoose} />
        <span className="title">
          {name} {isNew && <Tag tone="good">new</Tag>}
          {about.map((text) => (
            <Tag key={text}>{text}</Tag>
          ))}
        </span>
        <span className="muted about">
          published <Time at={publishedAt} />
          {gitCommit !== null && (
            <>
              {' · '}commit <code title={gitCommit}>{gitCommit.slice(0, 8)}</code>
            </>
          )}
          {` · ${jobs.length === 1 ? '1 job' : `${jobs.length} jobs`}`}
        </span>
      </label>
      {isChosen && (
        <div className="release-more">
          {buildUrl !== null && isAddress(buildUrl) && (
            <a href={buildUrl} target="_blank" rel="noreferrer">
              Build
            </a>
          )}
          <ReleaseFiles release={name} />
        </div>
      )}
    </div>
  );
}

/** CI gives the address, so that it may be anything. */
const isAddress = (text: string): boolean => /^https?:\/\//i.test(text);
