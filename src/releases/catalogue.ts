/** The catalogue of published releases, newest first. Releases never change, so each release.json is read once. */
import type { Release } from '../domain/release/release.ts';
import { releaseKey, releaseOfKey, RELEASES_ROOT } from '../domain/identity/storage-keys.ts';
import { inTurns } from '../concurrency/in-turns.ts';
import { isCode } from '../domain/errors/errors.ts';
import type { Unreadable } from '../records/read-each.ts';
import { parseRelease } from './read.ts';
import type { S3Client } from '../clients/s3/s3.ts';

/** A release as it is listed. */
export interface ListedRelease {
  readonly release: Release;
  /** When its release.json appeared in S3 first: ms since 1970. */
  readonly publishedAt: number;
}

/** Releases, and those whose release.json cannot be read. */
export interface ReadReleases {
  readonly listed: readonly ListedRelease[];
  readonly unreadable: readonly Unreadable[];
}

/** A release by its key alone, before its release.json is read. */
export interface FoundRelease {
  readonly project: string;
  readonly version: string;
  readonly publishedAt: number;
  readonly etag: string;
}

interface Listing {
  /** When the list was begun: what was published before is in it. */
  readonly begunAt: number;
  readonly tookMs: number;
  readonly found: readonly FoundRelease[];
}

/** A list of keys that takes less is waited for, so that whoever asks sees what was published just before. */
const QUICK_MS = 200;
/** A slower one goes on behind an earlier list, as long as that is not older than this. */
const OLDEST_SHOWN_MS = 3_000;

export class ReleaseCatalogue {
  readonly #s3: Pick<S3Client, 'get' | 'list'>;
  readonly #now: () => number;
  /** By key and etag. */
  readonly #read = new Map<string, Promise<ListedRelease | Unreadable | null>>();
  #listing: Listing | null = null;
  #underWay: Promise<Listing> | null = null;

  constructor(s3: Pick<S3Client, 'get' | 'list'>, now: () => number = Date.now) {
    this.#s3 = s3;
    this.#now = now;
  }

  /**
   * Lists the releases, newest first, without reading a release.json: with thousands of releases, listing their keys
   * takes long enough.
   */
  async found(project?: string): Promise<readonly FoundRelease[]> {
    const { found } = await this.#recent();
    return project === undefined ? found : found.filter((release) => release.project === project);
  }

  /** Reads these releases, in their order, and names those apart whose release.json cannot be read. */
  async read(found: readonly FoundRelease[]): Promise<ReadReleases> {
    const releases = (await inTurns(found, (release) => this.#one(release))).filter((release) => release !== null);
    return {
      listed: releases.filter((release) => 'release' in release),
      unreadable: releases.filter((release) => 'problem' in release),
    };
  }

  /** All releases that can be read, or those of one project. */
  async list(project?: string): Promise<readonly ListedRelease[]> {
    return (await this.read(await this.found(project))).listed;
  }

  async #recent(): Promise<Listing> {
    const before = this.#listing;
    const age = before === null ? Infinity : this.#now() - before.begunAt;
    if (before === null || before.tookMs < QUICK_MS || age >= OLDEST_SHOWN_MS) return await this.#next();
    // Refreshes early enough to finish before the current list expires. If this fails, the next caller gets the error.
    if (age >= Math.max(before.tookMs, OLDEST_SHOWN_MS - 2 * before.tookMs)) this.#next().catch(() => undefined);
    return before;
  }

  /** Runs one listing at a time; callers meanwhile get the same. */
  #next(): Promise<Listing> {
    this.#underWay ??= this.#look().finally(() => (this.#underWay = null));
    return this.#underWay;
  }

  async #look(): Promise<Listing> {
    const begunAt = this.#now();
    const found: FoundRelease[] = [];
    for await (const entry of this.#s3.list(RELEASES_ROOT)) {
      const release = entry.kind === 'object' ? releaseOfKey(entry.key) : null;
      if (release === null || entry.kind !== 'object') continue;
      found.push({ ...release, publishedAt: entry.lastModified, etag: entry.etag });
    }
    found.sort(newestFirst);
    this.#listing = { begunAt, tookMs: this.#now() - begunAt, found };
    return this.#listing;
  }

  #one({ project, version, publishedAt, etag }: FoundRelease): Promise<ListedRelease | Unreadable | null> {
    const key = releaseKey(project, version);
    const identity = `${key}\n${etag}`;
    let reading = this.#read.get(identity);
    if (reading === undefined) {
      reading = this.#readOne(key, publishedAt);
      this.#read.set(identity, reading);
      // The next one who asks reads it again: it is not there now, or nobody could tell.
      reading.then(
        (found) => found === null && this.#read.delete(identity),
        () => this.#read.delete(identity),
      );
    }
    return reading;
  }

  async #readOne(key: string, publishedAt: number): Promise<ListedRelease | Unreadable | null> {
    const object = await this.#s3.get(key);
    if (object === null) return null;
    try {
      const release = parseRelease(object.body, key);
      return {
        release,
        publishedAt: release.publishedAt === undefined ? publishedAt : Date.parse(release.publishedAt),
      };
    } catch (failure) {
      if (!isCode(failure, 'ReleaseInvalid')) throw failure;
      return { key, problem: failure.message };
    }
  }
}

const newestFirst = (a: FoundRelease, b: FoundRelease): number => (orderOf(a) < orderOf(b) ? 1 : -1);

const MS_DIGITS = 15;

/** Sorts by time, then by name: one text for each release. */
export const orderOf = ({ publishedAt, project, version }: Omit<FoundRelease, 'etag'>): string =>
  `${String(publishedAt).padStart(MS_DIGITS, '0')} ${project}/${version}`;
