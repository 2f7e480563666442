/** Finds out the fate of an instance. Unreachable is not dead, and a forgotten application may live on. */
import { isTerminalJob } from '../../clients/flink/replies.ts';
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import type { Cause } from '../../domain/errors/cause.ts';
import type { Deployment, EndedBy } from '../../domain/deployment/deployment.ts';
import { isCode, withoutAnswer } from '../../domain/errors/errors.ts';
import type { Fence } from '../../domain/lock/fence.ts';
import type { GivenUp } from '../../domain/lock/give-up.ts';
import type { Mark } from '../../domain/restore-points/progress.ts';
import { doubtThatDead, type Doubt } from './confirm-dead.ts';
import { countProgress } from './count-progress.ts';
import { clusterOfInstance, type Dependencies } from '../dependencies/dependencies.ts';
import { readDeployment } from '../../records/deployments.ts';
import { readFence } from '../../records/fences.ts';
import { findApplication, isUnfound } from './flink-application.ts';
import { howEnded, reportedCause, reportedEnd } from './how-ended.ts';
import { poll } from '../poll.ts';

export type Observed =
  /** Lives, as this application; id and progress are absent in answers of older releases. */
  | { readonly kind: 'alive'; readonly applicationId?: string; readonly progress?: Mark | undefined }
  /** The start is closed in the fence: its end was confirmed before, or it was given up. */
  | {
      readonly kind: 'closed';
      readonly at: string;
      readonly how: 'stopped' | 'finished' | 'failed' | 'killed';
      /** A person gave the instance up, so its end was not confirmed. */
      readonly givenUp?: GivenUp;
      /** YARN never had it, so it completed nothing; absent in answers of older releases. */
      readonly neverRan?: boolean;
      /** The author of a failure, by the record of the deployment; absent where nobody noted one. */
      readonly by?: EndedBy;
    }
  | {
      readonly kind: 'unreachable';
      readonly detail: string;
      /** The cluster answers, and a launcher there may submit the application yet. */
      readonly isLaunching?: true;
    }
  | {
      readonly kind: 'ended';
      readonly how: 'finished' | 'failed' | 'killed';
      readonly detail: string;
      /** YARN runs neither the application nor its launcher. False: only the Flink job has ended, the application must be. */
      readonly isGone: boolean;
      /** The cluster has no memory of the application any more; absent where it has. */
      readonly isLost?: boolean;
      readonly cause?: Cause | undefined;
      /** How far the job had come, where its JobManager still tells. */
      readonly progress?: Mark | undefined;
    };

export const createObserveInstance = (deps: Dependencies) => ({
  /** Asks until a system answers or the deadline has passed. */
  async awaitAnswer({
    deployment,
    deadlineMs,
    isEnding = false,
    believeLost = false,
  }: {
    readonly deployment: Deployment;
    readonly deadlineMs: number;
    /** The instance is to be ended, so a launcher that has submitted nothing yet is not waited for. */
    readonly isEnding?: boolean;
    /** A person has decided that nodes which YARN calls lost are gone. */
    readonly believeLost?: boolean;
  }): Promise<Observed> {
    const waited = await poll({ deadlineMs, everyMs: deps.lookEveryMs }, async () => {
      const { fence } = await readFence(deps.s3, deployment.job);
      const observed = await observe(deps, deployment, fence, { believeLost });
      if (observed.kind === 'unreachable') {
        const isToBeEnded = isEnding && observed.isLaunching === true;
        return isToBeEnded ? { found: { kind: 'alive' } as const } : { seen: observed.detail };
      }
      // Ending an application whose processes may live would fail, so the wait goes on.
      const isDoubtful = observed.kind === 'ended' && observed.isGone;
      const doubt = isDoubtful ? await doubtOfEnd(deps, deployment, { believeLost }) : null;
      return doubt === null ? { found: observed } : { seen: doubt };
    });
    return 'found' in waited ? waited.found : { kind: 'unreachable', detail: waited.timedOut };
  },
});

/** Why processes of an instance may live that YARN runs no more; null when none is left. */
export async function doubtOfEnd(
  deps: Dependencies,
  deployment: Deployment,
  { believeLost = false }: { readonly believeLost?: boolean } = {},
): Promise<Doubt> {
  const report = await clusterOfInstance(deps, deployment.cluster).yarn.application(deployment.applicationId);
  return doubtThatDead(deps, { ...deployment, report, believeLost });
}

/** The author of an end that another Sluice has seen: the fence does not tell, and what a hand ended stays down. */
async function authorOfEnd({ s3 }: Dependencies, { job, number, startKey }: Deployment): Promise<EndedBy | null> {
  const record = await readDeployment(s3, job, number).catch(withoutAnswer);
  return (record?.startKey === startKey ? record.ended?.by : null) ?? null;
}

/** Finds out the fate of an instance; YARN is asked first, because only YARN can say that it is gone. */
export async function observe(
  deps: Dependencies,
  deployment: Deployment,
  fence: Fence,
  decided: { readonly believeLost?: boolean } = {},
): Promise<Observed> {
  const closed = fence.starts.find(({ startKey }) => startKey === deployment.startKey)?.closed;
  if (closed?.how === 'unsubmitted') return { kind: 'closed', at: closed.at, how: 'failed', neverRan: true };
  if (closed) {
    const { at, how, givenUp } = closed;
    const by = how === 'failed' ? await authorOfEnd(deps, deployment) : null;
    return { kind: 'closed', at, how, ...(givenUp ? { givenUp } : {}), ...(by ? { by } : {}) };
  }
  try {
    const { yarn } = clusterOfInstance(deps, deployment.cluster);
    // The launcher is asked first, because the later list then has everything that it submitted before its end.
    const reserved = await yarn.application(deployment.applicationId);
    const report = isUnfound(deployment) ? await findApplication(deps, deployment) : reserved;
    if (!report && reserved) return unlaunched(reserved);
    if (!report) return await observeForgotten(deps, deployment, decided);
    if (isTerminal(report.state)) {
      const isGone = !isUnfound(deployment) || reserved === null || isTerminal(reserved.state);
      return {
        kind: 'ended',
        how: howEnded(report),
        detail: reportedEnd(report),
        isGone,
        cause: reportedCause(report),
      };
    }
    return await observeFlinkJob(deps, deployment, report);
  } catch (error) {
    if (isCode(error, 'ClusterUnreachable')) return { kind: 'unreachable', detail: error.message };
    throw error;
  }
}

/** A launcher that has submitted nothing: while it lives, it may still submit. */
function unlaunched(launcher: ApplicationReport): Observed {
  return isTerminal(launcher.state)
    ? { kind: 'ended', how: 'failed', detail: `nothing was submitted: ${reportedEnd(launcher)}`, isGone: true }
    : {
        kind: 'unreachable',
        detail: `launcher ${launcher.id} is ${launcher.state} and has submitted nothing yet`,
        isLaunching: true,
      };
}

/** A ResourceManager that was restarted without recovery knows no application; their processes may live on. */
async function observeForgotten(
  deps: Dependencies,
  deployment: Deployment,
  decided: { readonly believeLost?: boolean },
): Promise<Observed> {
  const detail = `cluster ${deployment.cluster} does not know application ${deployment.applicationId} any more`;
  const doubt = await doubtThatDead(deps, { ...deployment, report: null, ...decided });
  return doubt === null
    ? { kind: 'ended', how: 'failed', detail, isGone: true, isLost: true }
    : { kind: 'unreachable', detail: `${detail}, and ${doubt}` };
}

/** The application outlives its Flink job, so that the end can be read; silence of the JobManager decides nothing. */
async function observeFlinkJob(
  { flink }: Dependencies,
  deployment: Deployment,
  report: ApplicationReport,
): Promise<Observed> {
  const alive = { kind: 'alive', applicationId: report.id } as const;
  if (report.amAddress === null) return alive;
  try {
    const status = await flink.jobStatus(report.amAddress, deployment.flinkJobId);
    if (status === null) return alive;
    const progress = (await countProgress({ flink }, report.amAddress, deployment.flinkJobId)) ?? undefined;
    if (!isTerminalJob(status)) return { ...alive, progress };
    const how = status === 'FINISHED' ? 'finished' : status === 'FAILED' ? 'failed' : 'killed';
    return { kind: 'ended', how, detail: `Flink job ${deployment.flinkJobId} is ${status}`, isGone: false, progress };
  } catch (error) {
    if (isCode(error, 'FlinkUnreachable')) return alive;
    throw error;
  }
}
