/** Promotes a standby once the instance before it is over: one conditional PUT opens its gate, with the state to go on from. */
import { isTerminal } from '../../clients/yarn/replies.ts';
import { reservedId, type Deployment } from '../../domain/deployment/deployment.ts';
import { withoutAnswer } from '../../domain/errors/errors.ts';
import { withoutStandingBy } from '../../domain/lock/fence.ts';
import { gateOf, withPromoted } from '../../domain/lock/gate.ts';
import { createDeployment } from '../../records/deployments.ts';
import { changeFence, readFence } from '../../records/fences.ts';
import { changeGates, readGates } from '../../records/gates.ts';
import { clusterOf, holderIn, now, type Dependencies } from '../dependencies/dependencies.ts';
import { reportedEnd } from '../instance/how-ended.ts';
import { declaredFile, refuseSubmit } from './submit.ts';
import { sweep } from '../check/sweep.ts';

export interface PromoteInput {
  readonly deployment: Deployment;
  readonly runId: string;
  /** The instance before it, whose end YARN has not confirmed yet; null once every earlier start is closed. */
  readonly after: Deployment | null;
}

export type Promoted =
  | { readonly kind: 'promoted' }
  /** Flink does not say that the job of the instance before it is FINISHED, so its end must be confirmed first. */
  | { readonly kind: 'early' }
  /** The standby has ended before its gate was opened, so nothing of it ran. */
  | { readonly kind: 'lost'; readonly report: string };

/**
 * The same PUT revokes the gate of the instance before: its tasks have FINISHED, and no JVM of it begins any more.
 * @throws SluiceError `LockLost` when the fence does not let it run or its gate is not held any more, `ForeignInstance` when another
 * application of the job lives.
 */
export async function promoteStart(deps: Dependencies, input: PromoteInput): Promise<Promoted> {
  const { s3 } = deps;
  const { deployment, runId, after } = input;
  const { job, cluster, applicationId, startKey, restorePoint } = deployment;
  const [{ fence }, gates, file, report, isOver] = await Promise.all([
    readFence(s3, job),
    readGates(s3, job),
    declaredFile(deps, deployment),
    clusterOf(deps, cluster).yarn.application(applicationId),
    after === null || isFinished(deps, after),
  ]);
  refuseSubmit(fence, deployment, { holder: holderIn(deps, runId), beside: after && reservedId(after) });
  // An attempt before this one opened the gate. The standby runs, or ran: the wait for its tasks finds its end.
  if (gateOf(gates, startKey)?.gate === 'open') return await runs(deps, deployment);
  if (!isOver) return { kind: 'early' };
  if (report === null || isTerminal(report.state))
    return { kind: 'lost', report: report ? reportedEnd(report) : `YARN does not know application ${applicationId}` };
  await Promise.all([
    // The intention is written down before the act.
    createDeployment(s3, deployment),
    sweep(deps, {
      job,
      fence,
      legacyNames: file.yarn.legacyNames,
      places: [cluster],
      known: [applicationId, after?.applicationId],
      knownStart: deployment.flinkJobId,
    }),
  ]);
  const restore = restorePoint?.path ?? null;
  await changeGates(s3, job, (gates) => withPromoted(gates, { ...deployment, restore }, now()));
  return await runs(deps, deployment);
}

/** Takes the mark of a standby away. The gate has let it run, so that a failure undoes nothing: whoever proves the job tries again. */
async function runs({ s3 }: Dependencies, { job, startKey }: Deployment): Promise<Promoted> {
  await changeFence(s3, job, (fence) => withoutStandingBy(fence, startKey)).catch(withoutAnswer);
  return { kind: 'promoted' };
}

/** Tells whether the JobManager of an instance says that its job is FINISHED. */
async function isFinished(deps: Dependencies, { cluster, applicationId, flinkJobId }: Deployment): Promise<boolean> {
  const report = await clusterOf(deps, cluster).yarn.application(applicationId);
  if (!report || report.amAddress === null || isTerminal(report.state)) return false;
  return (await deps.flink.jobStatus(report.amAddress, flinkJobId)) === 'FINISHED';
}
