/** Failures of the AWS SDK, put into our words. */
import { SluiceError } from '../../domain/errors/errors.ts';
import { messageOf } from '../../domain/errors/message-of.ts';

/** HTTP status of an SDK failure; null when there was no answer. */
function statusOf(failure: unknown): number | null {
  if (typeof failure !== 'object' || failure === null || !('$metadata' in failure)) return null;
  const metadata = failure.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}

/** Whether S3 itself says that this key does not exist (a missing bucket is a failure, not an absence). */
export function isAbsent(failure: unknown): boolean {
  return statusOf(failure) === 404 && nameOf(failure) !== 'NoSuchBucket';
}

/** Whether a conditional PUT was refused because of its condition. */
export function isPreconditionFailed(failure: unknown): boolean {
  return statusOf(failure) === 412;
}

/** Whether an upload in parts was ended, or one of its parts replaced, by somebody else. */
export function isUploadGone(failure: unknown): boolean {
  return ['NoSuchUpload', 'InvalidPart'].includes(nameOf(failure));
}

/** Whether another conditional PUT of the same key was in progress (`ConditionalRequestConflict`): try again. */
export function isConcurrentWrite(failure: unknown): boolean {
  return statusOf(failure) === 409;
}

/** `StorageDenied` when credentials are refused or there are none, else `StorageUnavailable`. */
export function storageError(what: string, failure: unknown): SluiceError {
  if (failure instanceof SluiceError) return failure;
  const status = statusOf(failure);
  const denied = status === 401 || status === 403 || nameOf(failure) === 'CredentialsProviderError';
  // HEAD has no body, hence "Unknown UnknownError": the status says more.
  const words = [nameOf(failure), deepMessageOf(failure)].filter(
    (word) => !['', 'Error', 'Unknown', 'UnknownError'].includes(word),
  );
  const reason = [...(status === null ? [] : [status]), ...words].join(' ');
  return new SluiceError(denied ? 'StorageDenied' : 'StorageUnavailable', `S3 could not ${what}: ${reason}`, {
    cause: failure,
  });
}

function nameOf(failure: unknown): string {
  return failure instanceof Error ? failure.name : '';
}

/** The SDK's AggregateError has no message of its own: its first error says why nobody could be connected to. */
function deepMessageOf(failure: unknown): string {
  const first = failure instanceof AggregateError ? (failure.errors as unknown[])[0] : undefined;
  const message = messageOf(failure);
  return message === '' && first !== undefined ? deepMessageOf(first) : message;
}
