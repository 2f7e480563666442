/** Failures of Temporal's client, as problems. */
import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  QueryNotRegisteredError,
  ServiceError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { isErrorCode, SluiceError } from '../domain/errors/errors.ts';
import type { RejectionDetails } from '../domain/job/refusal.ts';
import { Problem } from '../api/http/problem.ts';

/** The problem for whatever a call to Temporal threw; what it was about is said in `doing`. */
export function problemOfTemporal(failure: unknown, doing: string): SluiceError {
  if (failure instanceof SluiceError) return failure;
  if (failure instanceof WorkflowUpdateFailedError) return problemOfRejection(failure, doing);
  if (failure instanceof WorkflowFailedError) return problemOfFailedRun(failure, doing);
  if (failure instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isTooLate(failure)) {
    return unavailable(`${doing}: no answer in time. Is Temporal reachable, and is the worker running?`, failure);
  }
  if (failure instanceof QueryNotRegisteredError) {
    return unavailable(
      `${doing}: its run belongs to an earlier build of the workers, which knows no such question`,
      failure,
    );
  }
  const grpc = isGrpcServiceError(failure) ? failure : failure instanceof ServiceError ? failure.cause : undefined;
  if (grpc && /no poller seen/.test(grpc.message)) {
    return unavailable(`${doing}: no worker polls the task queue. Is the worker running?`, failure);
  }
  if (grpc) return unavailable(`${doing}: Temporal says "${grpc.message}"`, failure);
  return new SluiceError('Internal', `${doing} failed unexpectedly`, { cause: failure });
}

const isTooLate = (failure: unknown): boolean => isGrpcDeadlineError(failure) || isGrpcCancelledError(failure);

const unavailable = (detail: string, cause: unknown): SluiceError =>
  new SluiceError('TemporalUnavailable', detail, { cause });

/** Of a workflow that reads: what an activity ran into, or that nobody came to it in time. */
function problemOfFailedRun(failure: WorkflowFailedError, doing: string): SluiceError {
  for (let cause: unknown = failure.cause; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && isErrorCode(cause.type ?? ''))
      return new SluiceError(cause.type as Problem['code'], `${doing}: ${cause.message}`, { cause: failure });
    if (cause instanceof TimeoutFailure)
      return unavailable(
        `${doing}: no answer in time. Does the worker run, and do S3 and the clusters answer?`,
        failure,
      );
  }
  return new SluiceError('Internal', `${doing} failed unexpectedly`, { cause: failure });
}

/** The validator throws an `ApplicationFailure` whose type is the code and whose first detail says who holds the job. */
function problemOfRejection(failure: WorkflowUpdateFailedError, doing: string): SluiceError {
  const { cause } = failure;
  if (!(cause instanceof ApplicationFailure) || !isErrorCode(cause.type ?? '')) {
    return new SluiceError('Internal', `${doing}: the job refused without a code`, { cause: failure });
  }
  const details = (cause.details?.[0] ?? {}) as RejectionDetails; // written by the validator, which is typed so
  return new Problem(cause.type as Problem['code'], cause.message, { ...details, cause: failure });
}
