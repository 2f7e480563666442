/** What came out of an activity, as a code of the table and a sentence. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure, rootCause } from '@temporalio/common';
import { SluiceError, isErrorCode, type ErrorCode } from '../domain/errors.ts';

/**
 * Only the code survives the way through Temporal. A time-out means that no worker answered in time: the outcome is
 * not known, and says so.
 */
export function codeAndDetail(error: unknown): { code: ErrorCode; detail: string } | null {
  if (error instanceof SluiceError) return { code: error.code, detail: error.message };
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && cause.type && isErrorCode(cause.type)) {
      return { code: cause.type, detail: cause.message };
    }
    if (cause instanceof TimeoutFailure && cause.cause === undefined) {
      return { code: 'OperationTimedOut', detail: activityOf(error) };
    }
  }
  return error instanceof ActivityFailure ? { code: 'Internal', detail: rootCause(error) ?? error.message } : null;
}

const activityOf = (error: unknown): string =>
  error instanceof ActivityFailure ? `${error.activityType} did not answer in time` : 'no answer in time';
