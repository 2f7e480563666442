/**
 * Signs of life on a cluster: objects that JobManagers overwrite when something happens to their job (java/sluice-agent). A changed
 * sign is a hint, after which the watcher asks that JobManager at once. A forged one keeps a job where it is, and ends nothing.
 */
import { SluiceError } from '../../domain/errors/errors.ts';
import { jobOfSignKey, signsPrefix } from '../../domain/identity/storage-keys.ts';
import type { Silence } from '../../domain/watch/gone.ts';
import type { S3Client } from '../../clients/s3/s3.ts';

/** A list takes ten pages for ten thousand jobs; one that takes longer is begun anew. */
const LIST_WITHIN_MS = 5_000;
/** Signs that are read, and so jobs whose news come at once. */
const MOST_SIGNS = 20_000;
/** A pause between two lists that is no gap. */
const GAP_MS = 10_000;

interface Seen {
  /** Changes with each sign: S3 gives times in seconds, and the text of a sign has milliseconds. */
  readonly version: string;
  readonly lastModified: number;
}

export class Signs {
  readonly #s3: S3Client;
  readonly #cluster: string;
  /** Null until a list was read to its end. */
  #seen: Map<string, Seen> | null = null;
  /** The time of the newest sign that an earlier watcher has read, by the clock of S3. */
  readonly #before: number | null;
  #newestAt: number | null;
  #lastSignAt: number | null = null;
  #readingSince: number | null = null;
  /** When the newest complete list began: whatever was signed before is in it. */
  #readAt: number | null = null;

  constructor(s3: S3Client, cluster: string, { signsAt }: { readonly signsAt: number | null }) {
    this.#s3 = s3;
    this.#cluster = cluster;
    this.#before = signsAt;
    this.#newestAt = signsAt;
  }

  /**
   * When this watcher saw a sign change last, and since when it would have seen every change, by `performance.now`; null while it
   * saw none, or reads none.
   */
  ofLife(): Pick<Silence, 'signAt' | 'readingSince'> {
    const isReading = this.#readAt !== null && performance.now() - this.#readAt <= GAP_MS;
    return { signAt: this.#lastSignAt, readingSince: isReading ? this.#readingSince : null };
  }

  /** Tells whether the job has ever given a sign here. The silence of one that never could says nothing. */
  knows(job: string): boolean {
    return this.#seen?.has(job) ?? false;
  }

  /** The time of the newest sign, by the clock of S3, for the notes. */
  get newestAt(): number | null {
    return this.#newestAt;
  }

  /**
   * Lists the signs, and names each job whose sign is new as soon as its page is there.
   * @throws SluiceError `StorageUnavailable` or `StorageDenied` when S3 does not answer; the poll of the rounds goes on.
   */
  async read(changed: (job: string) => void): Promise<void> {
    const began = performance.now();
    const listed = new Map<string, Seen>();
    const signal = AbortSignal.timeout(LIST_WITHIN_MS);
    try {
      for await (const entry of this.#s3.list(signsPrefix(this.#cluster), { limit: MOST_SIGNS, signal })) {
        const job = entry.kind === 'object' ? jobOfSignKey(entry.key) : null;
        if (entry.kind !== 'object' || job === null) continue;
        const seen = { version: `${entry.etag} ${entry.lastModified}`, lastModified: entry.lastModified };
        listed.set(job, seen);
        if (this.#isNews(job, seen)) changed(job);
        this.#newestAt = Math.max(this.#newestAt ?? 0, seen.lastModified);
      }
    } catch (error) {
      // The part of the list that came is not told again.
      if (this.#seen) for (const [job, seen] of listed) this.#seen.set(job, seen);
      if (!signal.aborted) throw error;
      const late = `S3 did not list the signs of life on cluster ${this.#cluster} within ${LIST_WITHIN_MS / 1_000} s`;
      throw new SluiceError('StorageUnavailable', late, { cause: error });
    }
    this.#seen = listed;
    if (this.#readAt === null || began - this.#readAt > GAP_MS) this.#readingSince = performance.now();
    this.#readAt = began;
  }

  /** Jobs whose sign nobody has written for so long; a clock of S3 that is wrong by minutes does not matter. */
  unchangedFor(milliseconds: number): readonly string[] {
    const before = Date.now() - milliseconds;
    return [...(this.#seen ?? [])].filter(([, { lastModified }]) => lastModified < before).map(([job]) => job);
  }

  #isNews(job: string, { version, lastModified }: Seen): boolean {
    if (this.#seen !== null) {
      if (this.#seen.get(job)?.version === version) return false;
      this.#lastSignAt = performance.now();
      return true;
    }
    // The first list also has signs that an earlier watcher has read; the others are news.
    if (this.#before !== null && lastModified > this.#before) this.#lastSignAt = performance.now();
    return this.#before === null || lastModified >= this.#before;
  }
}
