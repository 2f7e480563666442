/**
 * The warm handover: the next application comes up as a standby beside the old instance. Whatever goes wrong before the old one is
 * stopped leaves it running, and without a standby the upgrade goes on cold.
 */
import type { Promoted } from '../../../activities/start/promote-start.ts';
import { reservedId, type Deployment } from '../../../domain/deployment/deployment.ts';
import { cold, WARM } from '../../../domain/operation/handover.ts';
import { SluiceError } from '../../../domain/errors/errors.ts';
import { classify } from '../../../domain/errors/cause.ts';
import { timeLimits } from '../../../domain/time-limits.ts';
import { change, waitFor } from '../../activities.ts';
import type { OperationRun } from '../operation-run.ts';
import { deploymentOf, giveBackStandby, Ordinal, prepareStart, type Staged, type Standby } from './stage.ts';
import type { RestorePoint } from '../../../domain/restore-points/restore-point.ts';

/**
 * Brings the staged start up as a standby.
 * @returns the start with its standby, or another start without one where the cluster has no room.
 * @throws SluiceError with the old instance untouched and the standby given back.
 */
export async function standBy(
  run: OperationRun,
  staged: Staged,
  { old, isOnlyWarm }: { readonly old: Deployment; readonly isOnlyWarm: boolean },
): Promise<Staged> {
  run.phase('standingBy');
  run.operation.handover = WARM;
  try {
    const standby = await comeUp(run, staged, old);
    if (!('reason' in standby)) return { ...staged, standby };
    if (isOnlyWarm)
      throw new SluiceError('HandoverRefused', `${run.job} is upgraded by handover only: ${standby.reason}`);
    return await goCold(run, staged, standby.reason);
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
  const held = await change.holdStart.executeWithOptions(
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
      return { ...held, promotedAs: null };
    case 'waits':
      return { reason: `the next application was not up within ${deadlineMs / 1000} s: ${seen.seen}` };
    case 'ended': {
      const why = classify({ code: 'StartFailed', yarn: seen.report, detail: seen.report });
      // A start that does not wait may well come up; anything else would end it too, with nothing running.
      if (OF_THE_WAIT.has(why.class)) return { reason: `the next application could not stand by: ${seen.report}` };
      const detail = `the next application ended before the old one was touched: ${seen.report}`;
      throw new SluiceError('StartFailed', detail, { why });
    }
  }
}

/** Ends that only a standby meets: the part of Sluice in its JVMs could not wait there. */
const OF_THE_WAIT: ReadonlySet<string> = new Set(['gateMissing', 'gateHeld']);

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
 * Opens the gate of the standby, with the restore point that the deployment names.
 * @param after the instance before it, whose end is not confirmed yet; null once it is.
 */
async function promote(
  run: OperationRun,
  staged: Staged,
  deployment: Deployment,
  after: Deployment | null,
): Promise<Promoted> {
  const { standby } = staged;
  if (!standby || standby.promotedAs) return { kind: 'promoted' };
  const answer = await change.promoteStart.executeWithOptions(
    { summary: `Open the gate of ${deployment.applicationId}` },
    [{ deployment, runId: run.runId, after }],
  );
  if (answer.kind === 'promoted') standby.promotedAs = deployment;
  return answer;
}

/** The deployment of a standby, as its record has it. */
export const standingDeployment = (deployment: Deployment, standby: Standby): Deployment => {
  const { promotedAs, ...held } = standby;
  return promotedAs ?? { ...deployment, ...held, gated: true };
};

/**
 * Promotes the standby the moment Flink has FINISHED the old instance, while YARN still confirms its end.
 * @returns whether the new instance runs.
 */
export async function takesOver(
  run: OperationRun,
  staged: Staged,
  { after, restorePoint }: { readonly after: Deployment; readonly restorePoint: RestorePoint | null },
): Promise<boolean> {
  const { standby } = staged;
  if (!standby) return false;
  const deployment = standingDeployment(deploymentOf(run, staged, restorePoint), standby);
  const { kind } = await promote(run, staged, deployment, after);
  return kind === 'promoted';
}

/**
 * Promotes the standby of an instance that is over, unless it runs already.
 * @returns the start to submit instead, where the standby has ended before; null: it runs.
 */
export async function promoted(run: OperationRun, staged: Staged, deployment: Deployment): Promise<Staged | null> {
  const answer = await promote(run, staged, deployment, null);
  if (answer.kind !== 'lost') return null;
  run.operation.handover = cold(`the next application ended before it was promoted: ${answer.report}`);
  await giveBackStandby(run, staged);
  return prepareStart(run, staged.plan, Ordinal.cold, deployment.number);
}
