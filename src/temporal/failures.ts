/** Failures of Temporal's client, told apart: an outage, a refusal, an answer, or a defect of Sluice. */
import {
  ActivityCancelledError,
  ActivityCompletionError,
  ActivityNotFoundError,
  ActivityPausedError,
  ActivityResetError,
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  QueryNotRegisteredError,
  ScheduleAlreadyRunning,
  ServiceError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError, TimeoutFailure } from '@temporalio/common';
import { isErrorCode, SluiceError, type ErrorCode } from '../domain/errors/errors.ts';
import { RequestRefused, type RejectionDetails } from '../domain/job/refusal.ts';

/**
 * Dresses a failure of Temporal's client as an error of Sluice. `doing` begins its message. Two sorts come back as they
 * are: answers that the caller decides on (no such workflow, no such schedule, a rejected query), and whatever Temporal's
 * client did not throw, because a defect of Sluice must not look like an outage that is worth a retry.
 */
export function asSluiceError(failure: unknown, doing: string): unknown {
  if (failure instanceof SluiceError) return failure;
  if (failure instanceof WorkflowUpdateFailedError) return refusalOf(failure, doing);
  if (failure instanceof WorkflowFailedError) return failureOfRun(failure, doing);
  if (isChanged(failure)) return new SluiceError('Conflict', `${doing}: ${failure.message}`, { cause: failure });
  const outage = outageOf(failure);
  return outage === null ? failure : unavailable(`${doing}: ${outage}`, failure);
}

/** Says in words why Temporal did not answer; null for a failure that is no outage. */
function outageOf(failure: unknown): string | null {
  if (failure instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isTooLate(failure))
    return 'no answer in time. Is Temporal reachable, and is the worker running?';
  if (failure instanceof QueryNotRegisteredError)
    return 'its run belongs to an earlier build of the workers, which does not know this query';
  // The client drops the gRPC error of a heartbeat and keeps its message.
  if (failure instanceof ActivityCompletionError) return `Temporal says "${failure.message}"`;
  const message = serviceMessageOf(failure);
  if (message === null) return null;
  return /no poller seen/.test(message)
    ? 'no worker polls the task queue. Is the worker running?'
    : `Temporal says "${message}"`;
}

const isTooLate = (failure: unknown): boolean => isGrpcDeadlineError(failure) || isGrpcCancelledError(failure);

/** The message of an error of Temporal's service, or of the connection to it; null for any other error. */
function serviceMessageOf(failure: unknown): string | null {
  if (isGrpcServiceError(failure) || failure instanceof NamespaceNotFoundError) return failure.message;
  if (failure instanceof Error && failure.name === 'TransportError') return failure.message;
  if (!(failure instanceof ServiceError)) return null;
  // The client wraps everything that goes wrong inside of a call, also a defect.
  return failure.cause === undefined ? failure.message : serviceMessageOf(failure.cause);
}

/** Temporal answered, and what the call was about has changed meanwhile: another attempt runs, or a schedule exists. */
const isChanged = (failure: unknown): failure is Error =>
  failure instanceof ActivityNotFoundError ||
  failure instanceof ActivityCancelledError ||
  failure instanceof ActivityPausedError ||
  failure instanceof ActivityResetError ||
  failure instanceof ScheduleAlreadyRunning;

const unavailable = (detail: string, cause: unknown): SluiceError =>
  new SluiceError('TemporalUnavailable', detail, { cause });

const unexpected = (doing: string, cause: unknown): SluiceError =>
  new SluiceError('Internal', `${doing} failed unexpectedly`, { cause });

/** Reads the code of the activity that failed, or says that the run came to no end in time. */
function failureOfRun(failure: WorkflowFailedError, doing: string): SluiceError {
  for (let cause: unknown = failure.cause; cause instanceof Error; cause = cause.cause) {
    const code = codeOf(cause);
    if (code !== null) return new SluiceError(code, `${doing}: ${cause.message}`, { cause: failure });
    if (cause instanceof TimeoutFailure)
      return unavailable(
        `${doing}: no answer in time. Does the worker run, and do S3 and the clusters answer?`,
        failure,
      );
  }
  return unexpected(doing, failure);
}

/** The validator throws an `ApplicationFailure` whose type is the code and whose first detail says who holds the job. */
function refusalOf(failure: WorkflowUpdateFailedError, doing: string): SluiceError {
  const { cause } = failure;
  const code = codeOf(cause);
  if (code === null || !(cause instanceof ApplicationFailure))
    return new SluiceError('Internal', `${doing}: the job refused without a code`, { cause: failure });
  const details = (cause.details?.[0] ?? {}) as RejectionDetails; // written by the validator, which is typed so
  return new RequestRefused(code, cause.message, { ...details, cause: failure });
}

/** The code of ours that an `ApplicationFailure` carries as its type. */
function codeOf(failure: unknown): ErrorCode | null {
  const type = failure instanceof ApplicationFailure ? (failure.type ?? '') : '';
  return isErrorCode(type) ? type : null;
}
