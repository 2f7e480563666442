/** Finds operations that their workflow has forgotten, by their claims in S3. */
import { recordOfClaim } from '../../domain/lock/claimed-operation.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import type { Logger } from 'pino';
import { inTime } from '../../concurrency/in-time.ts';
import type { RecordStore } from '../../records/record-store.ts';

/**
 * The most lookups at one time, because reading S3 for each of many askers would make all of them wait. An operation whose
 * lookup is left out is not done twice: the workflow looks at the claim too before it acts.
 */
const AT_ONCE = 2;
/** Short, because a kill must get through while S3 is away. */
const WITHIN_MS = 1_000;

export class OldOperations {
  readonly #records: RecordStore;
  readonly #log: Logger;
  #reading = 0;

  constructor(records: RecordStore, log: Logger) {
    this.#records = records;
    this.#log = log;
  }

  /** Finds the operation of this id if it has ended; null also when the lookup is left out or takes too long. */
  async ended(job: string, id: string): Promise<OperationRecord | null> {
    if (this.#reading >= AT_ONCE) return null;
    this.#reading += 1;
    try {
      const claim = await inTime(this.#records.claim(job, id), WITHIN_MS);
      const record = claim && recordOfClaim(claim);
      return record?.outcome == null ? null : record;
    } catch (failure) {
      this.#log.warn({ err: failure, job, operation: id }, 'claim not readable; the workflow decides alone');
      return null;
    } finally {
      this.#reading -= 1;
    }
  }
}
