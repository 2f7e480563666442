/** Remembers records of S3 for a moment, so that requests that follow each other read a record once. */
import { BoundedMap } from '../../concurrency/bounded-map.ts';
import { FreshOnce } from '../../concurrency/fresh-once.ts';

/** A token or session that was removed, by whichever API, is refused after this time at the latest. */
const KNOWN_FOR_MS = 2_000;
/** Records that are remembered; more are read from S3 each time. */
const MOST_KNOWN = 10_000;

export class KnownRecords<T> {
  readonly #known = new BoundedMap<string, { readonly record: T | null; readonly readAt: number }>(MOST_KNOWN);
  readonly #reads: FreshOnce<T | null>;

  constructor(read: (id: string) => Promise<T | null>) {
    this.#reads = new FreshOnce(read);
  }

  /** Forgets what is known of a record, because this process has just changed it. */
  forget(id: string): void {
    this.#known.delete(id);
  }

  /** Tells whether a record was there when it was last read. */
  has(id: string | undefined): boolean {
    return id !== undefined && this.#known.get(id)?.record != null;
  }

  async get(id: string): Promise<T | null> {
    const known = this.#known.get(id);
    if (known && Date.now() - known.readAt < KNOWN_FOR_MS) return known.record;
    const readAt = Date.now();
    const record = await this.#reads.get(id);
    this.#known.set(id, { record, readAt });
    return record;
  }
}
