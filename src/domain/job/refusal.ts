/** What somebody is told whose request is refused. */
import type { Holder, OperationRecord } from '../operation/operation.ts';

/** What a rejected asker is told. */
export interface RejectionDetails {
  readonly holder?: Holder;
  readonly operation?: OperationRecord;
}
