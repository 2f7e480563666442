/** Brings a running job to another parallelism in place, and back where that fails. */
import { isTerminalJob, type FlinkJob } from '../../clients/flink/replies.ts';
import { isTerminal } from '../../clients/yarn/replies.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import {
  behind,
  missingSlots,
  requirementsAt,
  rescaledConfiguration,
  sameRequirements,
  type Requirements,
  type RescaleAnswer,
} from '../../domain/deployment/rescale.ts';
import type { Rescaling } from '../../domain/deployment/revision.ts';
import { classify } from '../../domain/errors/cause.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { sameHolder } from '../../domain/lock/fence.ts';
import { readClaim } from '../../records/claims.ts';
import { keepConfiguration, readConfiguration } from '../../records/texts.ts';
import { clusterOfInstance, holderIn, type Dependencies } from '../dependencies/dependencies.ts';
import { poll, type Look } from '../poll.ts';
import { noteIntention, takeBackIntention, whoseIntention } from './intention.ts';
import { lookAtRescale, type RescaleQuestion } from './look-at-rescale.ts';

interface Begin {
  /** The deployment that runs, with the intention to rescale it. */
  readonly deployment: Deployment;
  readonly runId: string;
  /** Whether a hotfix asks for the new value; otherwise the deployment file does. */
  readonly isHotfixed: boolean;
}

interface Wait {
  readonly deployment: Deployment;
  /** The proof that is awaited: all tasks at the new parallelism, or a checkpoint that they have completed since. */
  readonly proof: 'tasks' | 'checkpoint';
  readonly deadlineMs: number;
}

export type Undone =
  /** Flink has the requirement of before, and so has the record. */
  | { readonly kind: 'back' }
  /** Nothing runs any more that could have another requirement. */
  | { readonly kind: 'gone'; readonly detail: string }
  /** The record has no intention of this operation, so nothing was touched. */
  | { readonly kind: 'notOurs'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string };

export const createRescale = (deps: Dependencies) => ({
  lookAtRescale: (question: RescaleQuestion): Promise<RescaleAnswer> => lookAtRescale(deps, question),

  /**
   * Writes the intention down, then has Flink require the new parallelism. A repeated attempt finds it there.
   * @returns sha256 of the configuration that the instance then runs with.
   * @throws SluiceError `LockLost`, `RescaleFailed` when the instance is gone or Flink refuses.
   */
  async beginRescale({ deployment, runId, isHotfixed }: Begin): Promise<{ configuration: string }> {
    const rescaling = rescalingOf(deployment);
    const { job } = deployment;
    const entries = await readConfiguration(deps.s3, deployment.configuration ?? '');
    const after = rescaledConfiguration(entries ?? [], { to: rescaling.to, isHotfixed });
    const configuration = await keepConfiguration(deps.s3, after);
    const isHeld = () => mustHold(deps, { job, operation: rescaling.operation, runId });
    await noteIntention(deps.s3, { deployment, rescaling }, isHeld);
    const found = await instanceOf(deps, deployment);
    if ('gone' in found) throw failed(found.gone);
    // An attempt that froze until here may belong to an operation that has been decided meanwhile.
    await isHeld();
    await requireParallelism(deps, deployment, found, rescaling.to);
    return { configuration };
  },

  /** @throws SluiceError `SlotsMissing`, `RescaleFailed` with what was seen last. */
  async awaitRescaled({ deployment, proof, deadlineMs }: Wait): Promise<{ completedCheckpoint: number | null }> {
    const seenLast: { missing: number } = { missing: 0 };
    const waited = await poll({ deadlineMs }, () => lookForRescaled(deps, deployment, proof, seenLast));
    if ('found' in waited) return waited.found;
    const { to } = rescalingOf(deployment);
    const within = `the tasks of deployment ${deployment.number} did not run at parallelism ${to} within ${deadlineMs / 1000} s`;
    if (proof === 'tasks' && seenLast.missing > 0)
      throw because('SlotsMissing', `${within}: ${seenLast.missing} of ${to} slots were missing`);
    if (proof === 'tasks') throw failed(`${within}: ${waited.timedOut}`);
    throw failed(`no checkpoint completed at parallelism ${to} within ${deadlineMs / 1000} s: ${waited.timedOut}`);
  },

  /** Has Flink require again what the deployment says, and waits until it answers so. Asking twice is harmless. */
  async undoRescale({
    deployment,
    deadlineMs,
  }: {
    readonly deployment: Deployment;
    readonly deadlineMs: number;
  }): Promise<Undone> {
    const everyMs = deps.lookEveryMs;
    const waited = await poll<Undone>({ deadlineMs, everyMs }, async () => {
      const rescaling = rescalingOf(deployment);
      const { ours, why } = await whoseIntention(deps.s3, deployment, rescaling);
      if (ours === null) return { found: { kind: 'notOurs', detail: why } };
      const found = await instanceOf(deps, deployment);
      if (!('gone' in found)) await requireAgain(deps, deployment, found);
      if (!(await takeBackIntention(deps.s3, ours))) return { seen: 'somebody else changed the record meanwhile' };
      return { found: 'gone' in found ? { kind: 'gone', detail: found.gone } : { kind: 'back' } };
    });
    return 'found' in waited ? waited.found : { kind: 'unknown', detail: waited.timedOut };
  },
});

const because = (code: 'SlotsMissing' | 'RescaleFailed', detail: string): SluiceError =>
  new SluiceError(code, detail, { why: classify({ code, detail }) });

const failed = (detail: string): SluiceError => because('RescaleFailed', detail);

/** @throws SluiceError `Internal`: the workflow asks only where it has noted the intention. */
function rescalingOf({ job, rescaling }: Deployment): Rescaling {
  if (rescaling) return rescaling;
  throw new SluiceError('Internal', `${job} is not being rescaled`);
}

interface Holding {
  readonly job: string;
  readonly operation: string;
  readonly runId: string;
}

/** @throws SluiceError `LockLost` when the operation has ended, or another run holds it. */
async function mustHold(deps: Dependencies, { job, operation, runId }: Holding): Promise<void> {
  const claim = await readClaim(deps.s3, job, operation);
  if (claim && !claim.value.ended && sameHolder(claim.value.holder, holderIn(deps, runId))) return;
  throw new SluiceError('LockLost', `operation ${operation} of ${job} is not held by run ${runId} any more`);
}

interface Instance {
  readonly address: string;
  readonly job: FlinkJob;
}

/**
 * The running Flink job, or how it is gone.
 * @throws SluiceError `FlinkUnreachable` while its JobManager is not there.
 */
async function instanceOf(
  deps: Dependencies,
  { cluster, applicationId, flinkJobId }: Deployment,
): Promise<Instance | { readonly gone: string }> {
  const report = await clusterOfInstance(deps, cluster).yarn.application(applicationId);
  if (report && isTerminal(report.state)) return { gone: `application ${applicationId} is ${report.state}` };
  const address = report?.amAddress ?? null;
  const status = address === null ? null : await deps.flink.jobStatus(address, flinkJobId);
  if (status !== null && isTerminalJob(status)) return { gone: `Flink job ${flinkJobId} is ${status}` };
  const job = address === null || status === null ? null : await deps.flink.job(address, flinkJobId);
  if (address !== null && job) return { address, job };
  throw new SluiceError('FlinkUnreachable', `no JobManager tells of Flink job ${flinkJobId} of ${applicationId}`);
}

/** @throws SluiceError `RescaleFailed` when Flink refuses, or cannot do it. */
async function requireParallelism(
  deps: Dependencies,
  deployment: Deployment,
  { address }: Instance,
  parallelism: number,
) {
  const { flinkJobId } = deployment;
  const now = await requirementsOf(deps, deployment, address);
  const wanted = requirementsAt(parallelism, now, changeOf(deployment));
  if (!sameRequirements(now, wanted)) await deps.flink.changeRequirements(address, flinkJobId, wanted).catch(refused);
}

/** A scheduler that cannot rescale the job has the requirement with which it was submitted. */
async function requireAgain(deps: Dependencies, deployment: Deployment, found: Instance): Promise<void> {
  if ((await deps.flink.requirements(found.address, deployment.flinkJobId)) === null) return;
  await requireParallelism(deps, deployment, found, deployment.parallelism);
}

function refused(error: unknown): never {
  if (error instanceof SluiceError && error.code === 'FlinkRejected') throw failed(error.message);
  throw error;
}

const changeOf = (deployment: Deployment) => ({ from: deployment.parallelism, to: rescalingOf(deployment).to });

async function requirementsOf(
  { flink }: Dependencies,
  { flinkJobId }: Deployment,
  address: string,
): Promise<Requirements> {
  const requirements = await flink.requirements(address, flinkJobId);
  if (requirements) return requirements;
  throw failed(`Flink says that the scheduler of job ${flinkJobId} cannot rescale it`);
}

async function lookForRescaled(
  deps: Dependencies,
  deployment: Deployment,
  proof: Wait['proof'],
  seenLast: { missing: number },
): Promise<Look<{ completedCheckpoint: number | null }>> {
  const found = await instanceOf(deps, deployment);
  if ('gone' in found) throw failed(found.gone);
  const { address, job } = found;
  const requirements = await requirementsOf(deps, deployment, address);
  // A JobManager that has begun anew knows nothing of the change.
  if (!sameRequirements(requirements, requirementsAt(rescalingOf(deployment).to, requirements, changeOf(deployment))))
    throw failed(`Flink does not require parallelism ${rescalingOf(deployment).to} any more`);
  const late = behind(requirements, job.vertices);
  seenLast.missing = missingSlots(requirements, job.vertices);
  if (late.length > 0 || !job.allTasksRunning) {
    const names = late.slice(0, 3).map(({ name, parallelism }) => `${name} at ${parallelism}`);
    return { seen: `job ${job.state}: ${names.join(', ') || 'not all tasks run'}` };
  }
  if (proof === 'tasks') return { found: { completedCheckpoint: null } };
  const { latestCompleted } = (await deps.flink.checkpoints(address, deployment.flinkJobId)) ?? {
    latestCompleted: null,
  };
  // Both times are of the JobManager's clock.
  const isSince = latestCompleted !== null && latestCompleted.triggeredAt >= (job.enteredAt.RUNNING ?? Infinity);
  return isSince
    ? { found: { completedCheckpoint: latestCompleted.id } }
    : { seen: `job ${job.state} at parallelism ${rescalingOf(deployment).to}, without a checkpoint since` };
}
