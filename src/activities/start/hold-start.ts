/** Submits a start as a standby: its application comes up beside the instance that runs, and its program waits at the held gate. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { withStandingBy, type Fence } from '../../domain/lock/fence.ts';
import { gateOf, withStandby } from '../../domain/lock/gate.ts';
import { changeFence, readFence } from '../../records/fences.ts';
import { changeGates } from '../../records/gates.ts';
import { keepConfiguration } from '../../records/texts.ts';
import { clusterOf, holderIn, launcherOf, now, type Dependencies } from '../dependencies/dependencies.ts';
import { shippedBy } from '../check/check-release.ts';
import { renderStart } from './render-start.ts';
import { confirmClassArchive } from '../distribution/class-archive.ts';
import { declaredFile, leaseAsStaged, refuseSubmit, refuseUntagged } from './start.ts';
import { sweep } from '../check/sweep.ts';

export interface HoldInput {
  readonly deployment: Deployment;
  readonly runId: string;
  /** The instance that runs: its application as the fence knows it, and as YARN does, and its Flink job. */
  readonly beside: { readonly reservedId: string; readonly applicationId: string; readonly flinkJobId: string };
  /** Milliseconds after which the standby ends by itself unless it is promoted. */
  readonly standbyMs: number;
}

/** The facts about a standby that its submission has settled. */
export interface Held extends Pick<Deployment, 'lease' | 'classArchive'> {
  readonly configuration: string;
}

/**
 * Writes no record of a deployment: nothing has been deployed until the standby is promoted, and its held gate alone proves that
 * nothing of it ran.
 * @throws SluiceError as `submitStart`.
 */
export async function holdStart(deps: Dependencies, input: HoldInput): Promise<Held> {
  const { s3 } = deps;
  const { deployment: planned, runId, beside, standbyMs } = input;
  const { job, cluster, applicationId } = planned;
  const place = clusterOf(deps, cluster);
  const launcher = launcherOf(place, planned.launcher);
  const [declared, shipped, { classArchive, archived }] = await Promise.all([
    declaredFile(deps, planned),
    shippedBy(s3, planned),
    confirmClassArchive(deps, planned),
  ]);
  const deployment = { ...planned, classArchive };
  const { file, tags, entries } = renderStart(deps, deployment, { declared, shipped, standbyMs });
  const configuration = await keepConfiguration(s3, entries);
  const mayHold = (newest: Fence): void => {
    refuseSubmit(newest, deployment, { holder: holderIn(deps, runId), beside: beside.reservedId });
  };
  mayHold((await readFence(s3, job)).fence);
  const gates = await changeGates(s3, job, (newest) => withStandby(newest, deployment, now()));
  // A worker that knows no standby refuses the marked fence, and touches nothing until the handover is over.
  const fence = await changeFence(s3, job, (newest) => {
    mayHold(newest);
    const isHeld = gateOf(gates, deployment.startKey)?.gate === 'held';
    return isHeld ? withStandingBy(newest, deployment.startKey) : newest; // a late attempt finds it promoted
  });
  await sweep(deps, {
    job,
    fence,
    legacyNames: file.yarn.legacyNames,
    places: [cluster],
    known: [applicationId, beside.applicationId],
    knownStart: beside.flinkJobId,
  });
  const beforeSubmit = async (): Promise<void> => mayHold((await readFence(s3, job)).fence);
  await launcher.launch({ deployment, file, shipped, tags, entries, archived, beforeSubmit });
  const lease = await leaseAsStaged(s3, { deployment, entries, lease: launcher.leaseOf(file) });
  await refuseUntagged(place.yarn, deployment);
  return { configuration, lease, classArchive };
}
