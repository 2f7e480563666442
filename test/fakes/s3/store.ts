/** The objects of a fake bucket, and its switches. */
import { createHash } from 'node:crypto';
import { SluiceError } from '../../../src/domain/errors/errors.ts';

export interface FakeObject {
  body: Buffer;
  etag: string;
  lastModified: number;
  sha256: string | null;
}

/** Objects by key, and by the first two folders of their keys, so that a list reads few of very many. */
class Objects extends Map<string, FakeObject> {
  readonly #keys = new Map<string, Set<string>>();

  override set(key: string, object: FakeObject): this {
    const folder = folderOf(key) ?? '';
    const keys = this.#keys.get(folder);
    if (keys) keys.add(key);
    else this.#keys.set(folder, new Set([key]));
    return super.set(key, object);
  }

  override delete(key: string): boolean {
    this.#keys.get(folderOf(key) ?? '')?.delete(key);
    return super.delete(key);
  }

  override clear(): void {
    this.#keys.clear();
    super.clear();
  }

  /** All keys that can begin with the prefix, among others. */
  near(prefix: string): Iterable<string> {
    const folder = folderOf(prefix);
    return folder === null ? this.keys() : (this.#keys.get(folder) ?? []);
  }
}

const folderOf = (key: string): string | null => /^[^/]*\/[^/]*\//.exec(key)?.[0] ?? null;

export class FakeStore {
  readonly objects = new Objects();
  /** The number of next calls that fail. */
  failures = 0;
  /** The next write loses its answer. */
  dropsAnswer = false;
  isAway = false;
  /** The requests so far; each page of a list is one. */
  requests = 0;
  refuses = false;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Gives way once for each call, so that racing callers interleave as they would on a network. */
  async call<T>(what: string, act: () => T): Promise<T> {
    await Promise.resolve();
    this.enter(what);
    return act();
  }

  enter(what: string): void {
    this.requests += 1;
    if (this.refuses) throw new SluiceError('StorageDenied', `S3 could not ${what}: 403 AccessDenied`);
    if (this.isAway || this.failures > 0) {
      this.failures = Math.max(0, this.failures - 1);
      throw new SluiceError('StorageUnavailable', `S3 could not ${what}: connect ECONNREFUSED`);
    }
  }

  write(key: string, body: string | Uint8Array): void {
    const bytes = Buffer.from(body as Uint8Array); // Buffer.from takes both; its overloads do not take the union
    const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
    const lastModified = Math.floor(this.#now() / 1_000) * 1_000;
    this.objects.set(key, { body: bytes, etag: `"${digest('md5')}"`, lastModified, sha256: digest('sha256') });
    if (!this.dropsAnswer) return;
    this.dropsAnswer = false;
    throw new SluiceError('StorageUnavailable', `S3 could not write ${key}: socket hang up`);
  }

  /** Whether the object there has exactly this body. */
  same(key: string, body: string | Uint8Array): boolean {
    return this.objects.get(key)?.body.equals(Buffer.from(body as Uint8Array)) === true; // as in write
  }

  healthy(): void {
    this.isAway = this.refuses = this.dropsAnswer = false;
    this.failures = 0;
  }
}
