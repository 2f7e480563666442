/** Giving up: a person decides that the job goes on without an instance whose end cannot be confirmed. */
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import type { ErrorCode } from '../../../domain/errors/errors.ts';
import { endedAs, gaveUp } from '../../../domain/job/end-transitions.ts';
import { stopSavepointOf } from '../../../domain/job/transitions.ts';
import { riskOf } from '../../../domain/lock/give-up.ts';
import { change } from '../../activities.ts';
import { now } from '../../desk/now.ts';
import type { OperationRun } from '../operation-run.ts';

/** The last try to end an instance that is given up is short, because the person has waited before. */
export const LAST_TRY_MS = 20_000;

/** Failures that leave open whether the instance lives. */
export const doubts: ReadonlySet<ErrorCode> = new Set([
  'ApplicationNotEnding',
  'ClusterUnreachable',
  'OperationTimedOut',
]);

/**
 * Closes the starts whose end cannot be confirmed.
 * @param how `replaced` when the operation starts another instance.
 * @param isDrill whether the cluster answers, and the instance is left all the same.
 * @returns whether the job goes on without any of them.
 */
export async function giveUpOn(
  run: OperationRun,
  current: Deployment | null,
  reason: string,
  how?: 'replaced',
  isDrill = false,
): Promise<boolean> {
  const { memory, operation } = run;
  const { instances, ended } = await change.giveUpInstance.executeWithOptions(
    { summary: `Give up ${current?.applicationId ?? run.job}: ${reason}` },
    [
      {
        job: run.job,
        deployment: current,
        savepoint: current && stopSavepointOf(memory, current),
        decision: { by: operation.id, actor: operation.actor, reason },
        ...(how ? { how } : {}),
        ...(isDrill ? { isDrill } : {}),
      },
    ],
  );
  for (const instance of instances) run.warn(`given up: ${riskOf(instance)}`);
  const isGivenUp = instances.some(({ epoch }) => epoch === current?.epoch);
  if (current && ended && !current.ended) {
    const decided = isGivenUp ? ({ kind: 'givenUp', operationId: operation.id } as const) : null;
    endedAs(memory, { instance: current, ended, decided }, now());
  }
  gaveUp(memory, instances);
  return ended !== null || instances.length > 0;
}
