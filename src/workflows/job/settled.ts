/** Records the ends of instances between operations, whichever wait or fact brought them about. */
import { settledRecord } from '../../domain/operation/settled.ts';
import type { Desk } from '../desk/desk.ts';
import { now } from '../desk/now.ts';
import { writeSettled } from '../operations/recording.ts';

/** Runs what may end the current instance, and records the end if there was one. */
export async function recordingEnd<T>({ memory }: Desk, act: () => Promise<T>): Promise<T> {
  const { current: before, pendingStop } = memory;
  const result = await act();
  const { current, stateReason } = memory;
  if (!before || before.ended || !current?.ended || current.epoch !== before.epoch) return result;
  const { job, state } = memory;
  await writeSettled(
    memory,
    settledRecord({
      job,
      at: now(),
      instance: { ...current, ended: current.ended },
      operationId: pendingStop?.operationId ?? null,
      reason: stateReason ?? `the end of ${current.applicationId} was confirmed between operations: ${job} is ${state}`,
    }),
  );
  return result;
}
