/** Looks at a job as the claim of an operation would, without claiming, fencing off or ending anything. */
import { hasRun, type Deployment } from '../../domain/deployment/deployment.ts';
import { isCode } from '../../domain/errors/errors.ts';
import { epochRefusal } from '../../domain/lock/epoch.ts';
import type { PlanBasis, Sighting } from '../../domain/plan/plan.ts';
import { higherOf, noMark } from '../../domain/restore-points/progress.ts';
import { now, type Dependencies } from '../dependencies/dependencies.ts';
import { readDeployments } from '../../records/deployments.ts';
import { readFence } from '../../records/fences.ts';
import { doubtOfEnd, observe, type Observed } from '../instance/observe-instance.ts';
import { stateAfter } from '../operation/prove-job.ts';

type Known = Pick<Sighting, 'state' | 'current' | 'previous'>;

export const createSightJob = (deps: Dependencies) => ({
  /** Reads the job's records where its workflow is closed, or has not proven its memory yet. */
  async sightJob({ job, basis }: { readonly job: string; readonly basis: PlanBasis }): Promise<Sighting> {
    const [memory, { fence }] = await Promise.all([
      basis.proven ? basis : recorded(deps, job),
      readFence(deps.s3, job),
    ]);
    const { state, current, previous } = memory;
    const warnings =
      basis.proven || state === 'new'
        ? []
        : [`the workflow of ${job} remembers nothing: this is read from its records`];
    const detail = basis.proven && fence.epoch > basis.epoch ? epochRefusal(fence, basis.epoch) : null;
    if (detail !== null) {
      return { state, current, previous, problem: { code: 'LockLost', detail }, warnings };
    }
    if (!current || current.ended) return { state, current, previous, problem: null, warnings };
    const observed = await observe(deps, current, fence);
    const doubt = observed.kind === 'ended' && observed.isGone ? await doubtOf(deps, current) : null;
    if (doubt !== null) {
      const problem = { code: 'ApplicationNotEnding', detail: doubt } as const;
      return { state: 'unreachable', current, previous, problem, warnings };
    }
    return { ...found(memory, current, observed), previous, warnings };
  },
});

/** Why the operation could not confirm the end that YARN tells of. */
const doubtOf = (deps: Dependencies, current: Deployment): Promise<string | null> =>
  doubtOfEnd(deps, current).catch((error: unknown) => {
    if (isCode(error, 'ClusterUnreachable')) return error.message;
    throw error;
  });

async function recorded(deps: Dependencies, job: string): Promise<Known> {
  const records = await readDeployments(deps.s3, job);
  const current = records.at(-1) ?? null;
  const previous = records.findLast((record) => hasRun(record) && record !== current) ?? null;
  const state = current === null ? 'new' : current.ended ? stateAfter(current.ended) : 'running';
  return { state, current, previous };
}

/** The job may have ended by itself, or its cluster may have fallen silent, since its workflow answered. */
function found(
  { state }: Known,
  current: Deployment,
  observed: Observed,
): Pick<Sighting, 'state' | 'current' | 'problem'> {
  switch (observed.kind) {
    case 'alive': {
      const applicationId = observed.applicationId ?? current.applicationId;
      return { state: 'running', current: { ...current, applicationId }, problem: null };
    }
    case 'closed': {
      const { at, how, neverRan = false } = observed;
      return {
        state: state === 'running' || state === 'unreachable' ? stateAfter({ how }) : state,
        current: { ...current, ended: { at, how, savepoint: null, counted: neverRan } },
        problem: null,
      };
    }
    case 'unreachable':
      return { state: 'unreachable', current, problem: { code: 'ClusterUnreachable', detail: observed.detail } };
    case 'ended': {
      const { how, progress } = observed;
      const ended = { at: now(), how, savepoint: null, counted: progress !== undefined };
      const over = { ...current, ...higherOf(current, progress ?? noMark), ended };
      return { state: how === 'finished' ? 'finished' : 'failed', current: over, problem: null };
    }
  }
}
