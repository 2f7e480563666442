/** The first step without a job: a release, and which of its jobs. */
import { useReleaseNews } from '../../api/news/release-news.ts';
import { useRead } from '../../api/use-read.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { partsOf } from './release-files.tsx';
import { ReleaseStep } from './release-step.tsx';

interface ChooseJobProps {
  readonly release: string;
  readonly onRelease: (release: string) => void;
  readonly onJob: (job: string, release: string) => void;
}

export function ChooseJob({ release, onRelease, onJob }: ChooseJobProps) {
  const isNew = useReleaseNews();
  return (
    <div className="launch">
      {release !== '' && <JobsOf release={release} onJob={(job) => onJob(job, release)} />}
      <section aria-label="release" className="step">
        <ReleaseStep job={null} body={null} chosen={release} onChoose={onRelease} isNew={isNew} />
      </section>
    </div>
  );
}

function JobsOf({ release, onJob }: { readonly release: string; readonly onJob: (job: string) => void }) {
  const { data } = useRead('/releases/{project}/{version}', { params: partsOf(release) });
  const files = data?.files.filter(({ kind }) => kind === 'deployment') ?? [];
  return (
    <Panel title={`Jobs of ${release}`}>
      <ul className="jobs-of">
        {files.map(({ name, job, environment }) =>
          job === undefined ? null : (
            <li key={name}>
              <Button onClick={() => onJob(job)}>
                Launch {job}
                {environment !== undefined && <span className="muted"> {environment}</span>}
              </Button>
            </li>
          ),
        )}
      </ul>
    </Panel>
  );
}
