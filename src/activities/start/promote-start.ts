/** Promotes a standby once the instance before it is over: one conditional PUT opens its gate, with the state to go on from. */
import { isTerminal } from '../../clients/yarn/replies.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { gateOf, withPromoted } from '../../domain/lock/gate.ts';
import { createDeployment } from '../../records/deployments.ts';
import { readFence } from '../../records/fences.ts';
import { changeGates, readGates } from '../../records/gates.ts';
import { clusterOf, holderIn, now, type Dependencies } from '../dependencies/dependencies.ts';
import { reportedEnd } from '../instance/how-ended.ts';
import { declaredFile, refuseSubmit } from './start.ts';
import { sweep } from '../check/sweep.ts';

export interface PromoteInput {
  readonly deployment: Deployment;
  readonly runId: string;
}

export type Promoted =
  | { readonly kind: 'promoted' }
  /** The standby has ended before its gate was opened, so nothing of it ran. */
  | { readonly kind: 'lost'; readonly report: string };

/**
 * @throws SluiceError `LockLost` when the fence does not let it run or its gate is not held any more, `ForeignInstance` when another
 * application of the job lives.
 */
export async function promoteStart(deps: Dependencies, { deployment, runId }: PromoteInput): Promise<Promoted> {
  const { s3 } = deps;
  const { job, cluster, applicationId, startKey, restorePoint } = deployment;
  const [{ fence }, file, report] = await Promise.all([
    readFence(s3, job),
    declaredFile(deps, deployment),
    clusterOf(deps, cluster).yarn.application(applicationId),
  ]);
  refuseSubmit(fence, deployment, { holder: holderIn(deps, runId) });
  // An attempt before this one may have opened the gate: then the standby ran, and the wait for its tasks finds its end.
  if ((report === null || isTerminal(report.state)) && gateOf(await readGates(s3, job), startKey)?.gate !== 'open')
    return { kind: 'lost', report: report ? reportedEnd(report) : `YARN does not know application ${applicationId}` };
  await Promise.all([
    // The intention is written down before the act.
    createDeployment(s3, deployment),
    sweep(deps, {
      job,
      fence,
      legacyNames: file.yarn.legacyNames,
      places: [cluster],
      known: [applicationId],
      knownStart: deployment.flinkJobId,
    }),
  ]);
  const restore = restorePoint?.path ?? null;
  await changeGates(s3, job, (gates) => withPromoted(gates, { ...deployment, restore }, now()));
  return { kind: 'promoted' };
}
