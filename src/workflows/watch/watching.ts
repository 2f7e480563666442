/** A run of a watch: a single long activity, until it ends by itself, is told to end, or fails. */
import { CancellationScope, isCancellation, setHandler } from '@temporalio/workflow';
import type { ErrorCode } from '../../domain/errors/errors.ts';
import { codeAndDetail } from '../failures.ts';
import { turnOverSignal } from '../messages.ts';

/** Pause between an activity that failed for good and the next one. */
export const START_AGAIN = '10s';

interface Watched<T> {
  /** Notes for the next run; undefined after a failure, because old notes would hold back what jobs were told since. */
  readonly carried: T | undefined;
  /** Why the activity failed for good. */
  readonly failure: { readonly code: ErrorCode; readonly detail: string } | null;
}

/** Runs the activity once. On `turnOver` the activity hands over its notes, as it does at the end of its hour. */
export async function watchOnce<T>(watching: () => Promise<T>): Promise<Watched<T>> {
  const turn = new CancellationScope();
  const told = { toTurnOver: false };
  setHandler(turnOverSignal, () => {
    told.toTurnOver = true;
    turn.cancel();
  });
  try {
    return { carried: await turn.run(watching), failure: null };
  } catch (error) {
    const failure = isCancellation(error) ? null : codeAndDetail(error);
    const isToldToEnd = told.toTurnOver && isCancellation(error);
    if (failure === null && !isToldToEnd) throw error;
    return { carried: undefined, failure: told.toTurnOver ? null : failure };
  }
}
