/** Starts: reserves the application id and takes the epoch before anything is submitted. */
import type { Deployment, DeploymentPlan } from '../../domain/deployment/deployment.ts';
import { copyOf, SluiceError } from '../../domain/errors/errors.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import { refuseOtherEpoch } from '../../domain/lock/epoch.ts';
import { sameHolder, unclosed, withStart, type Fence, type HolderId, type Start } from '../../domain/lock/fence.ts';
import { withGate } from '../../domain/lock/gate.ts';
import { refuseRetiring } from '../../domain/lock/retiring.ts';
import type { Ownership } from '../../domain/identity/ownership.ts';
import { withOwnership } from '../../domain/lock/ownership.ts';
import { flinkJobIdOf } from '../../domain/identity/ids.ts';
import { clusterOf, holderIn, launcherOf, now, type Dependencies } from '../dependencies/dependencies.ts';
import { createDeployment } from '../../records/deployments.ts';
import { changeFence, fenceOnce, readFence, type FenceOnce } from '../../records/fences.ts';
import { checkStart } from '../check/check-start.ts';
import type { Checked, CheckInput } from '../check/checked.ts';
import { closeStarts } from '../end/close-start.ts';
import { settleStarts } from '../end/settle-starts.ts';
import { submit, type Submitted } from './submit.ts';

export interface PrepareInput {
  readonly plan: DeploymentPlan;
  readonly startKey: string;
  readonly number: number;
  readonly runId: string;
  /** Application that is believed to run; it stays until the new one is to be submitted. */
  readonly running: string | null;
  /** Newest epoch that the workflow knows: the next one is taken only right after it. */
  readonly knownEpoch: number;
  /** The owner to whom the start binds the job; absent where an earlier start of the operation did so. */
  readonly ownership?: Ownership;
  /** The path from which it will be restored, where that is known before the old instance is stopped. */
  readonly restorePath?: string | null;
}

/**
 * @throws SluiceError `LockLost` when this start key was taken by another run, `RestorePointBroken` when retention is
 * deleting the restore point.
 */
async function prepareStart(
  deps: Dependencies,
  { plan, startKey, number, runId, running, knownEpoch, ownership, restorePath = null }: PrepareInput,
  readFence: FenceOnce,
): Promise<{ start: Start }> {
  const { job, cluster } = plan;
  const holder = holderIn(deps, runId);
  // An earlier attempt may already hold this start. `settleStarts` would close it as never submitted, and that would only
  // be noticed at submit time, after the old instance is gone.
  const before = await readFence();
  const taken = takenStart(before, startKey, holder);
  if (taken) return { start: taken };
  await settleStarts(deps, before, { running, startKey });
  const { applicationId } = await clusterOf(deps, cluster).yarn.newApplication();
  const fence = await changeFence(deps.s3, job, (newest) => {
    if (takenStart(newest, startKey, holder)) return newest;
    refuseOtherEpoch(newest, knownEpoch);
    refuseRetiring(newest.retiring, restorePath);
    const flinkJobId = flinkJobIdOf(job, startKey, newest.epoch + 1);
    return withStart(ownership ? withOwnership(newest, ownership) : newest, {
      startKey,
      deployment: number,
      flinkJobId,
      cluster,
      applicationId,
      launcher: plan.launcher,
      holder,
      takenAt: now(),
    }).fence;
  });
  const start = takenStart(fence, startKey, holder);
  if (!start) throw new SluiceError('Internal', `start ${startKey} of ${job} is missing from its own fence`);
  return { start };
}

/** The start of this key if its own run has taken it already. @throws SluiceError `LockLost` if another run has. */
function takenStart({ job, starts }: Fence, startKey: string, holder: HolderId): Start | null {
  const existing = starts.find((start) => start.startKey === startKey);
  if (!existing || sameHolder(existing.holder, holder)) return existing ?? null;
  throw new SluiceError(
    'LockLost',
    `start ${startKey} of ${job} was taken by run ${existing.holder.runId} of ${existing.holder.installation}`,
  );
}

/**
 * Says so when another attempt holds the start whose checks failed here: the workflow does not know its epoch. The start
 * itself is left alone, because this attempt may be the late one, and the start of its successor may run already.
 * @throws SluiceError the error itself, as one that left the fence untouched, or `Conflict` with its words when the start is held.
 */
async function unlessTaken(
  { s3 }: Dependencies,
  { startKey }: ReadyInput['prepare'],
  job: string,
  error: unknown,
): Promise<never> {
  const { fence } = await readFence(s3, job);
  if (!unclosed(fence).some((start) => start.startKey === startKey)) {
    if (!(error instanceof SluiceError)) throw error;
    throw copyOf(error, { untouched: true });
  }
  const held = 'another attempt has reserved an application, which the next operation closes if it is not needed';
  throw new SluiceError('Conflict', `${messageOf(error)}; ${held}`);
}

export interface ReadyInput {
  readonly check: CheckInput;
  readonly prepare: Omit<PrepareInput, 'plan' | 'ownership' | 'restorePath'>;
}

export interface Ready extends Checked {
  readonly start: Start;
  /** When the checks were done and staging began, ISO 8601. */
  readonly checkedAt: string;
}

export const createStart = (deps: Dependencies) => ({
  /** Looks for everything that can be wrong, then reserves an application and takes the next epoch: all before a stop. */
  async readyStart({ check, prepare }: ReadyInput): Promise<Ready> {
    const readFence = fenceOnce(deps.s3, check.job);
    const checked = await checkStart(deps, check, readFence).catch((error: unknown) =>
      unlessTaken(deps, prepare, check.job, error),
    );
    const checkedAt = now();
    const { plan, ownership, restorePoint } = checked;
    const restorePath = restorePoint === 'from-stop' ? null : (restorePoint?.path ?? null);
    const prepared = await prepareStart(deps, { ...prepare, plan, ownership, restorePath }, readFence);
    return { ...checked, checkedAt, ...prepared };
  },

  /**
   * Looks for everything that can be wrong with a start, before the job leaves an instance that cannot be stopped in peace.
   * @throws SluiceError that names every problem there is.
   */
  async checkElsewhere(check: CheckInput): Promise<{ readonly cluster: string }> {
    const { plan } = await checkStart(deps, check, fenceOnce(deps.s3, check.job));
    return { cluster: plan.cluster };
  },

  /** Reserves an application and takes the next epoch for a deployment that was checked before. */
  prepareStart: (input: PrepareInput): Promise<{ start: Start }> =>
    prepareStart(deps, input, fenceOnce(deps.s3, input.plan.job)),

  /** Closes a start that was never submitted: it can never submit from now on. */
  async giveBackStart({ job, startKey }: { readonly job: string; readonly startKey: string }): Promise<void> {
    await closeStarts(deps, job, [{ startKey, closed: { how: 'unsubmitted' } }]);
  },

  submitStart: (input: SubmitInput): Promise<SubmitAnswer> => submitStart(deps, input),
});

interface SubmitInput {
  readonly deployment: Deployment;
  readonly runId: string;
}

/** All but `configuration` is absent in answers of earlier workers: they give no lease. */
interface SubmitAnswer extends Pick<Submitted, 'configuration'>, Partial<Omit<Submitted, 'configuration'>> {
  /** Whether the instance reads the job's gate. */
  readonly gated?: boolean;
}

/** Submits a start whose job has no instance any more: every other gate is taken away, and the start is recorded. */
async function submitStart(deps: Dependencies, { deployment, runId }: SubmitInput): Promise<SubmitAnswer> {
  const { isGated: gated } = launcherOf(clusterOf(deps, deployment.cluster), deployment.launcher);
  const submitted = await submit(deps, {
    deployment,
    runId,
    gate: gated ? (gates) => withGate(gates, admissionOf(deployment), now()) : null,
    beside: null,
    record: (rendered) => createDeployment(deps.s3, { ...rendered, gated }),
  });
  return { ...submitted, gated };
}

/** Flink's client has yet to submit the application of a start with a launcher's, so its gate is held. */
const admissionOf = ({ startKey, epoch, applicationId, runner }: Deployment) => ({
  startKey,
  epoch,
  applicationId: runner === null ? applicationId : null,
});
