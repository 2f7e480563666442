/**
 * The warm handover: the next application comes up as a standby beside the old instance. Whatever goes wrong before the old one is
 * stopped leaves it running, and without a standby the upgrade goes on cold.
 */
import { reservedId, type Deployment } from '../../domain/deployment/deployment.ts';
import { cold, WARM } from '../../domain/operation/handover.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { classify } from '../../domain/errors/cause.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import { change, waitFor } from '../activities.ts';
import type { OperationRun } from './operation-run.ts';
import { deploymentOf, giveBackStandby, Ordinal, prepareStart, type Staged, type Standby } from './stage.ts';

/**
 * Brings the staged start up as a standby.
 * @returns the start with its standby, or another start without one where the cluster has no room.
 * @throws SluiceError with the old instance untouched and the standby given back.
 */
export async function standBy(run: OperationRun, staged: Staged, old: Deployment): Promise<Staged> {
  run.phase('standingBy');
  run.operation.handover = WARM;
  try {
    const standby = await comeUp(run, staged, old);
    if ('reason' in standby) return await goCold(run, staged, standby.reason);
    return { ...staged, standby };
  } catch (error) {
    await giveBackStandby(run, staged);
    throw error;
  }
}

async function comeUp(
  run: OperationRun,
  staged: Staged,
  old: Deployment,
): Promise<Standby | { readonly reason: string }> {
  const deployment = deploymentOf(run, staged, null);
  const { deadlines, applicationId, cluster, number } = deployment;
  const { configuration, lease } = await change.holdStart.executeWithOptions(
    { summary: `Submit ${applicationId} to ${cluster} as a standby` },
    [
      {
        deployment,
        runId: run.runId,
        beside: { reservedId: reservedId(old), applicationId: old.applicationId, flinkJobId: old.flinkJobId },
        standbyMs: lifeOf(deployment, old),
      },
    ],
  );
  const deadlineMs = Math.min(deadlines.start, timeLimits.standbyUp);
  const seen = await run.interruptible(
    () =>
      waitFor(deadlineMs).awaitStandby.executeWithOptions(
        { summary: `JobManager and TaskManagers of deployment ${number} stand by` },
        [{ deployment, deadlineMs }],
      ),
    ['cancelled', 'superseded'],
  );
  switch (seen.kind) {
    case 'up':
      return { configuration, lease };
    case 'waits':
      return { reason: `the next application was not up within ${deadlineMs / 1000} s: ${seen.seen}` };
    case 'ended':
      throw new SluiceError(
        'StartFailed',
        `the next application ended before the old one was touched: ${seen.report}`,
        {
          why: classify({ code: 'StartFailed', yarn: seen.report, detail: seen.report }),
        },
      );
  }
}

/** The longest time that the operation may need until it promotes the standby. */
const lifeOf = ({ deadlines }: Deployment, old: Deployment): number =>
  timeLimits.standbyUp + old.deadlines.savepoint + old.deadlines.stop + deadlines.start + timeLimits.standbyMargin;

/** Goes on with a start that is submitted once the old instance is down. */
async function goCold(run: OperationRun, staged: Staged, reason: string): Promise<Staged> {
  run.operation.handover = cold(reason);
  const isOver = await giveBackStandby(run, staged);
  if (!isOver)
    throw new SluiceError(
      'ApplicationNotEnding',
      `${reason}, and the end of application ${staged.start.applicationId} is not confirmed; its program can never run`,
    );
  return prepareStart(run, staged.plan, Ordinal.cold);
}

/**
 * Promotes the standby.
 * @returns the start to submit instead, where the standby has ended before; null: it runs.
 */
export async function promote(run: OperationRun, staged: Staged, deployment: Deployment): Promise<Staged | null> {
  const promoted = await change.promoteStart.executeWithOptions(
    { summary: `Open the gate of ${deployment.applicationId}` },
    [{ deployment, runId: run.runId }],
  );
  if (promoted.kind === 'promoted') return null;
  run.operation.handover = cold(`the next application ended before it was promoted: ${promoted.report}`);
  await giveBackStandby(run, staged);
  return prepareStart(run, staged.plan, Ordinal.cold, deployment.number);
}
