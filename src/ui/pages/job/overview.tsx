/** The overview of a job. Each panel loads and fails by itself. */
import { useRead } from '../../api/use-read.ts';
import { Loaded } from '../../parts/panel.tsx';
import { Checkpoints } from './panels/checkpoints.tsx';
import { Deployments } from './panels/deployments.tsx';
import { History } from './panels/history.tsx';
import { Hotfix } from './panels/hotfix.tsx';
import { Phases } from './panels/phases.tsx';
import { RestorePoints } from './panels/restore-points.tsx';
import { Upgrades } from './panels/upgrades.tsx';
import type { TabProps } from './tab-props.ts';
import { Why } from './why/why.tsx';

export default function Overview({ job: name }: TabProps) {
  const query = useRead('/jobs/{job}', { params: { job: name } });
  // The page has the problem already.
  if (query.error != null && query.data === undefined) return null;
  return (
    <>
      <Loaded query={{ ...query, error: null }} rows={6}>
        {(job) => (
          <>
            <Why job={job} />
            <div className="halves">
              {job.operation && <Phases job={job} operation={job.operation} />}
              {job.deployment?.ended === null && <Checkpoints job={job} />}
              {job.hotfix && <Hotfix job={job} hotfix={job.hotfix} />}
            </div>
          </>
        )}
      </Loaded>
      <div className="halves">
        <RestorePoints job={name} />
        <Deployments job={name} />
      </div>
      <History job={name} />
      <Upgrades job={name} />
    </>
  );
}
