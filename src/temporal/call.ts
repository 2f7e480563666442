/** The one way to call Temporal: each call has a deadline, and its failure says what was being done. */
import { type Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { asSluiceError } from './failures.ts';

/** Makes a call within a deadline. `doing` begins the message of a failure, such as "Asking clicks-dev". */
export type Ask = <T>(doing: string, deadlineMs: number, call: () => Promise<T>) => Promise<T>;

export const askOf =
  (client: Pick<Client, 'withDeadline'>): Ask =>
  async (doing, deadlineMs, call) => {
    try {
      return await client.withDeadline(Date.now() + deadlineMs, call);
    } catch (failure) {
      throw asSluiceError(failure, doing);
    }
  };

/** Answers null where Temporal has no such workflow or schedule. */
export async function nullIfNotFound<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (failure) {
    if (failure instanceof WorkflowNotFoundError || failure instanceof ScheduleNotFoundError) return null;
    throw failure;
  }
}
