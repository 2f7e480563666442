/** Reads and writes the ledger of the notifier. A second notifier that writes between two writes of the first ends the first. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { notificationLedgerKey } from '../../domain/identity/storage-keys.ts';
import type { Ledger } from '../../domain/notification/ledger.ts';
import { bodyOf, getRecord } from '../record.ts';

/** Null before the notifier has begun. @throws SluiceError `RecordInvalid`. */
export async function readLedger(s3: Pick<S3Client, 'get'>, installation: string): Promise<Ledger | null> {
  return (await getRecord(s3, notificationLedgerKey(installation), 'notifications'))?.value ?? null;
}

export class LedgerStore {
  readonly #s3: Pick<S3Client, 'get' | 'putIfAbsent' | 'putIfMatch'>;
  readonly #key: string;
  #etag: string | null = null;

  constructor(s3: Pick<S3Client, 'get' | 'putIfAbsent' | 'putIfMatch'>, installation: string) {
    this.#s3 = s3;
    this.#key = notificationLedgerKey(installation);
  }

  /** Null before the first one is written. @throws SluiceError `RecordInvalid`. */
  async load(): Promise<Ledger | null> {
    const stored = await getRecord(this.#s3, this.#key, 'notifications');
    this.#etag = stored?.etag ?? null;
    return stored?.value ?? null;
  }

  /** @throws SluiceError `Conflict` when another notifier has written since. */
  async save(ledger: Ledger): Promise<void> {
    const body = bodyOf(this.#key, 'notifications', ledger);
    const written =
      this.#etag === null
        ? (await this.#s3.putIfAbsent(this.#key, body)) === 'created'
        : (await this.#s3.putIfMatch(this.#key, body, this.#etag)) === 'written';
    const stored = written ? await this.#s3.get(this.#key) : null;
    if (stored?.body !== body)
      throw new SluiceError('Conflict', `another notifier writes ${this.#key}: it goes on, and this one ends`);
    this.#etag = stored.etag;
  }
}
