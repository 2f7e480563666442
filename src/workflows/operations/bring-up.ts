/** Bringing an instance up: checked, staged, submitted, running, verified; or ended again and rolled back. */
import { planOf, type Deployment, type DeploymentPlan } from '../../domain/deployment.ts';
import { startKeyOf } from '../../domain/identity.ts';
import type { From, RestorePoint } from '../../domain/restore-point.ts';
import type { StopWith } from '../../activities/check-start.ts';
import { change, read, waitFor } from '../activities.ts';
import { codeAndDetail } from '../failures.ts';
import { errorOf } from '../front-desk.ts';
import type { OperationRun } from '../operation-run.ts';
import type { Staged } from './staged.ts';
import { endInstance } from './take-down.ts';

export interface StartRequest {
  readonly source:
    { readonly release: string; readonly launcher: 'auto' | 'direct' | null } | { readonly again: DeploymentPlan };
  readonly from: From;
  readonly stopWith: StopWith | null;
  readonly allowNonRestoredState: boolean;
  readonly discardNewerState: boolean;
}

interface BringUp {
  readonly staged: Staged;
  readonly restorePoint: RestorePoint | null;
  /** Where to go back to when the new instance does not come up. */
  readonly fallback: { readonly deployment: Deployment; readonly restorePoint: RestorePoint } | null;
}

/** Looks for everything that can be wrong; the running instance is untouched. */
export async function checkStart(run: OperationRun, request: StartRequest) {
  run.phase('checking');
  const { current, previous, state } = run.memory;
  const checked = await read.checkStart.executeWithOptions({ summary: `Check ${run.operation.kind} of ${run.job}` }, [
    {
      job: run.job,
      operationId: run.operation.id,
      request,
      last: current,
      before: previous,
      running: state === 'running',
    },
  ]);
  run.warn(...checked.warnings);
  return checked;
}

/** Reserves the application id and takes the next epoch: the intention is written down before the act. */
export async function stageStart(run: OperationRun, plan: DeploymentPlan, ordinal: number): Promise<Staged> {
  run.phase('staging');
  const { memory, runId } = run;
  const input = {
    plan,
    startKey: startKeyOf(run.operation.id, ordinal),
    number: memory.deployments + 1,
    runId,
    running: runningApplication(run),
    knownEpoch: memory.epoch,
  };
  // Whether the epoch was taken is not known when no answer comes: then the next run asks what there is.
  memory.proven = false;
  const { start } = await change.prepareStart.executeWithOptions(
    { summary: `Reserve an application on ${plan.cluster}` },
    [input],
  );
  memory.proven = true;
  memory.epoch = start.epoch;
  return { plan, start };
}

export async function bringUp(run: OperationRun, { staged, restorePoint, fallback }: BringUp): Promise<void> {
  const failure = await tryStart(run, staged, restorePoint);
  if (failure === null) return;
  if (fallback && staged.plan.onFailedStart === 'rollback' && !failure.completedCheckpoint) {
    await rollBack(run, fallback, failure.error);
    return;
  }
  const kept = restorePoint ? `; the restore point ${restorePoint.path} is kept` : '';
  run.become('failed', `${failure.error.detail}${kept}`);
  run.end('failed', { ...failure.error, detail: `${failure.error.detail}${kept}` });
}

interface StartFailure {
  readonly error: NonNullable<OperationRun['operation']['error']>;
  /** Once the new instance has completed a checkpoint its output is committed: no way back by ourselves. */
  readonly completedCheckpoint: boolean;
}

/** @returns null when the instance runs and is verified; else why not, with the instance confirmed dead. */
async function tryStart(
  run: OperationRun,
  { plan, start }: Staged,
  restorePoint: RestorePoint | null,
): Promise<StartFailure | null> {
  const { memory, operation } = run;
  const deployment: Deployment = {
    ...plan,
    number: start.deployment,
    operationId: operation.id,
    startKey: start.startKey,
    epoch: start.epoch,
    applicationId: start.applicationId,
    flinkJobId: start.flinkJobId,
    startedAt: new Date().toISOString(),
    configuration: null,
    restorePoint,
    runningAt: null,
    completedCheckpoint: null,
    ended: null,
  };
  const before = memory.current;
  run.phase('submitting');
  memory.current = deployment;
  memory.deployments = Math.max(memory.deployments, deployment.number);
  operation.deployment = deployment.number;
  try {
    const summary = `Submit ${deployment.applicationId} to ${deployment.cluster}`;
    const { configuration } = await change.submitStart.executeWithOptions({ summary }, [
      { deployment, runId: run.runId },
    ]);
    memory.current = { ...memory.current, configuration };
    run.phase('starting');
    const { runningAt } = await waitFor(plan.deadlines.start).awaitRunning.executeWithOptions(
      { summary: `All tasks of deployment ${deployment.number} RUNNING` },
      [{ deployment, deadlineMs: plan.deadlines.start }],
    );
    memory.current = { ...memory.current, runningAt };
    run.phase('verifying');
    const { completedCheckpoint } = await waitFor(plan.deadlines.verify).verifyRunning.executeWithOptions(
      { summary: `${plan.verify.checkpoints} completed checkpoints` },
      [{ deployment, deadlineMs: plan.deadlines.verify }],
    );
    memory.current = { ...memory.current, completedCheckpoint };
    if (before?.runningAt && before.ended?.how !== 'failed') memory.previous = before;
    run.become('running');
    return null;
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null || failure.code === 'LockLost') throw error;
    // What never ran is no base for `latest`: the deployment before it is.
    if (before?.runningAt && memory.current.runningAt === null) memory.previous = before;
    return { error: errorOf(failure.code, failure.detail), completedCheckpoint: await endFailed(run, memory.current) };
  }
}

/** Keeps the evidence, ends the instance, confirms it dead, and looks whether it completed a checkpoint. */
async function endFailed(run: OperationRun, failed: Deployment): Promise<boolean> {
  const { operation } = run;
  try {
    const { warnings } = await change.saveEvidence.executeWithOptions(
      { summary: `Evidence of ${failed.applicationId}` },
      [{ deployment: failed, operationId: operation.id }],
    );
    run.warn(...warnings);
  } catch (error) {
    // Evidence is worth a warning; ending the instance is what matters.
    run.warn(`no evidence of ${failed.applicationId}: ${codeAndDetail(error)?.detail ?? 'unknown'}`);
  }
  try {
    await endInstance(run, failed, 'failed', null);
  } catch (error) {
    run.become('unreachable', `application ${failed.applicationId} did not come up and is not confirmed dead`);
    throw error;
  }
  const { highest } = await read.retainedCheckpoint.executeWithOptions(
    { summary: 'Checkpoints of the failed instance' },
    [{ deployment: failed }],
  );
  return highest !== null;
}

async function rollBack(
  run: OperationRun,
  to: NonNullable<BringUp['fallback']>,
  because: StartFailure['error'],
): Promise<void> {
  run.phase('rollingBack');
  const restart = async () => {
    const staged = await stageStart(run, planOf(to.deployment), 2);
    return tryStart(run, staged, to.restorePoint);
  };
  const failure = await restart().catch((error: unknown) => {
    const failed = codeAndDetail(error);
    if (failed === null || failed.code === 'LockLost') throw error;
    return { error: errorOf(failed.code, failed.detail), completedCheckpoint: false };
  });
  if (failure === null) {
    run.end('rolledBack', {
      ...because,
      detail: `${because.detail}; deployment ${to.deployment.number} was started again as ${run.memory.current?.number ?? '?'}`,
    });
    return;
  }
  const detail = `${because.detail}; going back to deployment ${to.deployment.number} failed too: ${failure.error.detail}; the restore point ${to.restorePoint.path} is kept`;
  run.become('failed', detail);
  run.end('failed', errorOf('StartFailed', detail));
}

const runningApplication = ({ memory }: OperationRun): string | null =>
  memory.state === 'running' ? (memory.current?.applicationId ?? null) : null;
