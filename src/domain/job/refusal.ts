/** Refusals: what somebody is told whose request a job does not take, and the sentences that several doors say. */
import type { ErrorCode } from '../errors/errors.ts';
import type { OperationKind } from '../lifecycle.ts';
import type { Holder, OperationRecord } from '../operation/operation.ts';

/** What a rejected asker is told beside the sentence. */
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

/** Names who holds the job, since when and in which phase. */
export function isHeldBy(job: string, holder: Holder): string {
  const where = holder.phase === null ? '' : ` in phase ${holder.phase}`;
  return `${job} is held by ${holder.kind} ${holder.id} of ${holder.actor} since ${holder.since}${where}`;
}

/** @param kind of the operation that the id belongs to. */
export const wasUsedForAnother = (job: string, id: string, kind: OperationKind | (string & {})): string =>
  `operation id ${id} was used for another ${kind} of ${job}`;
