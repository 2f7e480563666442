/** Refusals: the answer to an asker whose request a job does not take, and the sentences that several doors share. */
import { SluiceError, type ErrorCode, type InputError } from '../errors/errors.ts';
import type { Holder, OperationRecord } from '../operation/operation.ts';

/** Details beside the sentence: the holder of the job, or the operation that is meant. */
export interface RejectionDetails {
  readonly holder?: Holder;
  readonly operation?: OperationRecord;
}

export interface Refusal {
  readonly kind: 'reject';
  readonly code: ErrorCode;
  readonly detail: string;
  readonly details: RejectionDetails;
}

export const reject = (code: ErrorCode, detail: string, details: RejectionDetails = {}): Refusal => ({
  kind: 'reject',
  code,
  detail,
  details,
});

export const isRefusal = (decision: { readonly kind: string }): decision is Refusal => decision.kind === 'reject';

/** Names the operation that holds the job, since when, and its phase. */
export function isHeldBy(job: string, holder: Holder): string {
  const where = holder.phase === null ? '' : ` in phase ${holder.phase}`;
  return `${job} is held by ${holder.kind} ${holder.id} of ${holder.actor} since ${holder.since}${where}`;
}

/**
 * Refuses an id that belongs to another operation of the job: anybody may choose ids, so that the same id is the same operation only
 * where it asks for the same.
 * @param before the operation or the claim that the id belongs to.
 * @returns null where it is the same operation.
 */
export const reuseOf = (
  job: string,
  { id, fingerprint }: { readonly id: string; readonly fingerprint: string },
  before: { readonly kind: string; readonly fingerprint: string },
): Refusal | null =>
  fingerprint === before.fingerprint
    ? null
    : reject('OperationIdReused', `operation id ${id} was used for another ${before.kind} of ${job}`);

interface RequestRefusedOptions extends RejectionDetails {
  readonly cause?: unknown;
  readonly errors?: readonly InputError[];
}

/** The refusal as an error. It keeps the details, so that the API can show them in its problem document. */
export class RequestRefused extends SluiceError {
  readonly details: RejectionDetails;

  constructor(code: ErrorCode, message: string, { holder, operation, ...options }: RequestRefusedOptions = {}) {
    super(code, message, options);
    this.name = 'RequestRefused';
    this.details = { ...(holder ? { holder } : {}), ...(operation ? { operation } : {}) };
  }
}
