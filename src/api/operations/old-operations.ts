/** Operations that are so old that their workflow has forgotten them: their claims in S3 still know them. */
import { recordOfClaim } from '../../domain/lock/claimed-operation.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import type { Logger } from 'pino';
import { inTime } from '../../concurrency/in-time.ts';
import type { RecordStore } from '../../records/record-store.ts';

/**
 * Only a courtesy: the workflow looks at the claim too before it acts, so nothing is done twice. While many ask at once
 * it is left out, since reading S3 for each of them would make all of them wait.
 */
const AT_ONCE = 2;
/** While S3 is away, kill must still get through. */
const WITHIN_MS = 1_000;

export class OldOperations {
  readonly #records: RecordStore;
  readonly #log: Logger;
  #reading = 0;

  constructor(records: RecordStore, log: Logger) {
    this.#records = records;
    this.#log = log;
  }

  /** The operation of this id if it has ended, and there is time to look. */
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
