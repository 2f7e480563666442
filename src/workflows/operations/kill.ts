/**
 * Kill: ends the application at once, without a savepoint; the retained checkpoints stay. With `giveUp` a person decides
 * that the job goes on without an instance whose end cannot be confirmed.
 */
import { withoutCheckpoints } from '../../domain/deployment-file/job-type.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError, type ErrorCode } from '../../domain/errors/errors.ts';
import { endedAs, gaveUp } from '../../domain/job/end-transitions.ts';
import { stopSavepointOf } from '../../domain/job/transitions.ts';
import { riskOf } from '../../domain/lock/give-up.ts';
import type { RequestOf } from '../../domain/operation/operation.ts';
import { change } from '../activities.ts';
import { now } from '../desk/now.ts';
import { codeAndDetail } from '../failures.ts';
import type { OperationRun } from './operation-run.ts';
import { endInstance } from './take-down.ts';

/** The last try to end an instance that is given up is short, because the person has waited before. */
const LAST_TRY_MS = 20_000;

/** Failures that leave open whether the instance lives. */
const doubts: ReadonlySet<ErrorCode> = new Set(['ApplicationNotEnding', 'ClusterUnreachable', 'OperationTimedOut']);

export async function kill(
  run: OperationRun,
  { force = false, giveUp = false, reason = '' }: RequestOf<'kill'>,
): Promise<void> {
  const { current } = run.memory;
  if (!current && force) {
    if (giveUp && (await giveUpOn(run, null, reason))) return;
    run.warn('nothing was ever started, so nothing was killed');
    return;
  }
  if (!current) throw new SluiceError('CommandNotAllowed', `${run.job} has no deployment to kill`);
  run.about(current);
  const loses = current.ended === null ? withoutCheckpoints(current) : null;
  if (loses !== null) run.warn(loses);
  run.phase('stopping');
  const end = { how: 'killed', isWanted: true, evidenceOf: run.operation.id } as const;
  const decidedBy = force ? run.operation.id : null;
  try {
    await endInstance(run.memory, current, { ...end, decidedBy, ...(giveUp ? { mostMs: LAST_TRY_MS } : {}) }, run);
  } catch (error) {
    const failure = codeAndDetail(error);
    if (!giveUp || failure === null || !doubts.has(failure.code)) throw error;
    if (!(await giveUpOn(run, current, reason))) throw error;
  }
}

/** Closes the starts whose end cannot be confirmed. @returns whether the job goes on without any of them. */
async function giveUpOn(run: OperationRun, current: Deployment | null, reason: string): Promise<boolean> {
  const { memory, operation } = run;
  const { instances, ended } = await change.giveUpInstance.executeWithOptions(
    { summary: `Give up ${current?.applicationId ?? run.job}: ${reason}` },
    [
      {
        job: run.job,
        deployment: current,
        savepoint: current && stopSavepointOf(memory, current),
        decision: { by: operation.id, actor: operation.actor, reason },
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
