/** Makes the job as people read it: its own view, with what its watcher, its schedule and the catalogue add. */
import { scheduleIdOf } from '../../domain/identity/workflow-ids.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import type { JobBody } from '../contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { digestOf } from '../../domain/job/list/digest.ts';
import { attentionOf } from '../../domain/job/list/attention.ts';
import { refusedBy } from './actions.ts';
import { deadlineOf, stepsOf } from './progress.ts';
import type { Jobs } from './jobs.ts';
import { newestFor } from './index/newest-releases.ts';
import { projectOfView } from '../../domain/auto-deploy/auto-deploy.ts';
import { DECLARED_NOTHING } from '../../releases/declared.ts';

type Parts = Pick<
  RouteDependencies,
  'watchers' | 'autoDeploys' | 'gateway' | 'linksOf' | 'newest' | 'declared' | 'usual'
>;

/** Null when no workflow of the job is open. */
export async function readBody(parts: Parts, jobs: Pick<Jobs, 'view'>, job: string) {
  const view = await jobs.view(job);
  return view && (await jobBodyOf(parts, view));
}

export async function jobBodyOf(parts: Parts, view: JobView) {
  const { deployment, name, hotfix } = view;
  const running = deployment?.ended === null ? deployment : null;
  const [observedAt, checkpointAt, steps, periodicSavepoints, autoDeploy, usualMs] = await Promise.all([
    parts.watchers.observedAt(view),
    parts.watchers.checkpointAt(view),
    stepsOf(parts.gateway, view),
    periodicOf(parts, view),
    parts.autoDeploys.of(view),
    view.operation && parts.usual.of(name),
    deployment && parts.declared.read([deployment.file]),
  ]);
  const newestRelease = newestFor(parts.newest.known, name, projectOfView(view));
  const isBehind = deployment !== null && newestRelease !== null && newestRelease !== deployment.release;
  const { labels, description, contacts } = (deployment && parts.declared.of(deployment.file)) ?? DECLARED_NOTHING;
  return {
    ...view,
    sync: hotfix === null && isBehind ? 'behind' : view.sync,
    ...{
      newestRelease,
      labels,
      description,
      contacts: [...contacts],
      observedAt,
      checkpointAt,
      periodicSavepoints,
      autoDeploy,
    },
    progress: steps[0] ?? null,
    deadlineAt: deadlineOf(view),
    usualMs,
    notAllowed: refusedBy(view),
    attention: [...attentionOf(digestOf(view), Date.now())],
    links: parts.linksOf(name, running),
  };
}

/** Reads the schedule of the savepoints; a failure leaves out its next time, so that the job can still be read. */
async function periodicOf(
  { gateway }: Pick<RouteDependencies, 'gateway'>,
  { name, deployment }: JobView,
): Promise<JobBody['periodicSavepoints']> {
  const every = deployment?.ended === null ? (deployment.savepoints?.every ?? null) : null;
  if (every === null) return null;
  const schedule = await gateway.schedule(name).catch(() => null);
  return { every, schedule: scheduleIdOf(name), nextAt: schedule?.nextAt ?? null };
}
