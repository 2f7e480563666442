/** Waits between operations end as soon as somebody asks for the job. */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Desk } from './desk.ts';

/** @returns null when somebody asked for the job meanwhile, because that operation comes next. */
export async function untilTaken<T>(desk: Desk, wait: () => Promise<T>): Promise<T | null> {
  try {
    return await CancellationScope.cancellable(async () => {
      const scope = CancellationScope.current();
      desk.onTaken = () => scope.cancel();
      return wait();
    });
  } catch (error) {
    if (isCancellation(error)) return null;
    throw error;
  } finally {
    desk.onTaken = null;
  }
}
