/** Remembers when each token was last used, for admins who look for tokens that nobody needs. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { BoundedMap } from '../../concurrency/bounded-map.ts';
import { writeTokenUse } from '../../records/access/tokens.ts';

/** The time within which further uses of a token are not written by this process. */
const ONCE_IN_MS = 10 * 60_000;
/** Tokens that are remembered; the use of a forgotten one is written once more. */
const MOST_REMEMBERED = 10_000;

export class TokenUses {
  readonly #s3: Pick<S3Client, 'put'>;
  readonly #now: () => number;
  readonly #written = new BoundedMap<string, number>(MOST_REMEMBERED);

  constructor(s3: Pick<S3Client, 'put'>, now: () => number = Date.now) {
    this.#s3 = s3;
    this.#now = now;
  }

  /** Notes a use. No request waits for it, and a use that cannot be written is left out. */
  note(id: string): void {
    const now = this.#now();
    const before = this.#written.get(id);
    if (before !== undefined && now - before < ONCE_IN_MS) return;
    this.#written.set(id, now);
    writeTokenUse(this.#s3, id, new Date(now).toISOString()).catch(() => undefined); // the next one tells it
  }
}
