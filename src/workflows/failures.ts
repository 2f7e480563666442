/** Reads the failure of an activity: a code of the table and a sentence. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure, rootCause } from '@temporalio/common';
import { Interrupted } from './desk/interrupted.ts';
import { readTolerantly } from '../domain/compatibility/tolerant.ts';
import { Cause } from '../domain/errors/cause.ts';
import { SluiceError, isErrorCode, type ErrorCode } from '../domain/errors/errors.ts';

interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly cause: Cause | null;
  /** Whether the activity saw the end of an instance none of whose tasks had run; absent from earlier workers. */
  readonly neverRan?: boolean;
  /** Whether the last attempt answered, and found the fence as it was before; absent from earlier workers. */
  readonly untouched?: boolean;
}

/**
 * Reads the code, which alone survives the way through Temporal. After a time-out no worker has answered, so the text
 * says that the outcome is not known.
 */
export function codeAndDetail(error: unknown): Failure | null {
  if (error instanceof SluiceError) return { code: error.code, detail: error.message, cause: causeOf(error.why) };
  if (error instanceof Interrupted)
    return {
      code: error.interruption.how === 'cancelled' ? 'Cancelled' : 'Superseded',
      detail: error.message,
      cause: null,
    };
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && cause.type && isErrorCode(cause.type)) {
      // Behind a time-out another attempt was under way.
      const isLast = !(error instanceof ActivityFailure && error.cause instanceof TimeoutFailure);
      return {
        ...{ code: cause.type, detail: cause.message, cause: causeIn(cause) },
        ...{ neverRan: told(cause, 'neverRan'), untouched: isLast && told(cause, 'untouched') },
      };
    }
    if (cause instanceof TimeoutFailure && cause.cause === undefined) {
      return { code: 'OperationTimedOut', detail: activityOf(error), cause: null };
    }
  }
  if (!(error instanceof ActivityFailure)) return null;
  return { code: 'Internal', detail: rootCause(error) ?? error.message, cause: null };
}

/** Reads the cause; null when a worker of an earlier release sent none. */
function causeIn(failure: ApplicationFailure): Cause | null {
  const details = detailsOf(failure);
  return 'why' in details ? causeOf(details.why) : null;
}

function told(failure: ApplicationFailure, what: 'neverRan' | 'untouched'): boolean {
  return Reflect.get(detailsOf(failure), what) === true;
}

function detailsOf({ details }: ApplicationFailure): object {
  const [first] = details ?? [];
  return typeof first === 'object' && first !== null ? first : {};
}

function causeOf(why: unknown): Cause | null {
  const read = readTolerantly(Cause, why);
  return read.ok ? read.value : null;
}

const activityOf = (error: unknown): string =>
  error instanceof ActivityFailure ? `${error.activityType} did not answer in time` : 'no answer in time';
