/** A refused request, and what its asker is told. */
import { SluiceError, type ErrorCode, type InputError } from '../errors/errors.ts';
import type { Holder, OperationRecord } from '../operation/operation.ts';

/** Details for a refused asker: who holds the job, or which operation is meant. */
export interface RejectionDetails {
  readonly holder?: Holder;
  readonly operation?: OperationRecord;
}

interface RefusalOptions extends RejectionDetails {
  readonly cause?: unknown;
  readonly errors?: readonly InputError[];
}

/** Refuses a request and keeps the details, so that the API can show them in its problem document. */
export class Refusal extends SluiceError {
  readonly details: RejectionDetails;

  constructor(code: ErrorCode, message: string, { holder, operation, ...options }: RefusalOptions = {}) {
    super(code, message, options);
    this.name = 'Refusal';
    this.details = { ...(holder ? { holder } : {}), ...(operation ? { operation } : {}) };
  }
}
