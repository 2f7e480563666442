/** Records the ends of instances between operations, whichever wait or fact brought them about. */
import { endKnownBy } from '../../domain/job/state/ending.ts';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import type { GivenUpInstance } from '../../domain/lock/give-up.ts';
import { settledRecord } from '../../domain/operation/settled.ts';
import type { Desk } from '../desk/desk.ts';
import { now } from '../desk/now.ts';
import { writeSettled } from '../operations/recording.ts';

/** Records the end of an instance that was given up and that its cluster showed again. */
export async function recordReturned(memory: JobMemory, instance: GivenUpInstance): Promise<void> {
  const { applicationId, epoch, deployment: number, by, cluster } = instance;
  await writeSettled(
    memory,
    settledRecord({
      job: memory.job,
      at: now(),
      instance: { epoch, number, applicationId, ended: { how: 'killed', savepoint: null } },
      operationId: by,
      reason: `${applicationId} was ended, because cluster ${cluster} showed it again after it had been given up`,
    }),
  );
}

/** Runs what may end the current instance, and records the end if there was one. */
export async function recordingEnd<T>({ memory }: Desk, act: () => Promise<T>): Promise<T> {
  const { current: before, pendingStop } = memory;
  const result = await act();
  const { current, stateReason } = memory;
  if (!before || before.ended || !current?.ended || current.epoch !== before.epoch) return result;
  const { job, state } = memory;
  const known = endKnownBy(memory);
  const of = { job, at: now(), instance: { ...current, ended: current.ended } };
  const settled =
    known?.kind === 'givenUp'
      ? {
          operationId: known.operation,
          reason: `${current.applicationId} was given up by ${known.operation}`,
          isGivenUp: true,
        }
      : {
          operationId: pendingStop?.operationId ?? null,
          reason:
            stateReason ?? `the end of ${current.applicationId} was confirmed between operations: ${job} is ${state}`,
        };
  await writeSettled(memory, settledRecord({ ...of, ...settled }));
  return result;
}
