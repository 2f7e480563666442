/** The S3 client in memory, with the same promises as the real one and one switch per failure. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { S3Client, S3Entry } from '../../src/clients/s3/s3.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';

export interface FakeObject {
  body: Buffer;
  etag: string;
  lastModified: number;
  sha256: string | null;
}

export interface FakeS3 extends S3Client {
  readonly objects: Map<string, FakeObject>;
  /** The next calls (default one) throw `StorageUnavailable`, having done nothing. */
  failNext(times?: number): void;
  /** Everything below the prefix was written so long ago. */
  age(prefix: string, milliseconds: number): void;
  /** The next write is done, then throws `StorageUnavailable`. */
  dropAnswerOfNextPut(): void;
  unavailable(on?: boolean): void;
  denied(on?: boolean): void;
  healthy(): void;
}

export function createFakeS3({ bucket = 'fake', now = () => Date.now() } = {}): FakeS3 {
  const objects = new Map<string, FakeObject>();
  let failures = 0;
  let drop = false;
  let off = false;
  let refused = false;

  const enter = (what: string): void => {
    if (refused) throw new SluiceError('StorageDenied', `S3 could not ${what}: 403 AccessDenied`);
    if (off || failures > 0) {
      failures = Math.max(0, failures - 1);
      throw new SluiceError('StorageUnavailable', `S3 could not ${what}: connect ECONNREFUSED`);
    }
  };

  const write = (key: string, body: string | Uint8Array): void => {
    const bytes = Buffer.from(body as Uint8Array); // Buffer.from takes both; its overloads do not take the union
    const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
    const lastModified = Math.floor(now() / 1_000) * 1_000;
    objects.set(key, { body: bytes, etag: `"${digest('md5')}"`, lastModified, sha256: digest('sha256') });
    if (!drop) return;
    drop = false;
    throw new SluiceError('StorageUnavailable', `S3 could not write ${key}: socket hang up`);
  };

  /** Each call gives way once, so that racing callers interleave as they would on a network. */
  const call = async <T>(what: string, act: () => T): Promise<T> => {
    await Promise.resolve();
    enter(what);
    return act();
  };

  const same = (key: string, body: string | Uint8Array): boolean =>
    objects.get(key)?.body.equals(Buffer.from(body as Uint8Array)) === true; // as in write

  return {
    bucket,
    objects,
    failNext: (times = 1) => void (failures = times),
    age: (prefix, milliseconds) => {
      for (const [key, object] of objects) if (key.startsWith(prefix)) object.lastModified -= milliseconds;
    },
    dropAnswerOfNextPut: () => void (drop = true),
    unavailable: (on = true) => void (off = on),
    denied: (on = true) => void (refused = on),
    healthy: () => {
      off = refused = drop = false;
      failures = 0;
    },

    get: (key) =>
      call(`read ${key}`, () => {
        const found = objects.get(key);
        return found === undefined ? null : { body: found.body.toString('utf8'), etag: found.etag };
      }),

    getBytes: (key, range) =>
      call(`read ${key}`, () => {
        const body = objects.get(key)?.body;
        if (body === undefined) return null;
        return new Uint8Array(range === undefined ? body : body.subarray(range.offset, range.offset + range.length));
      }),

    head: (key) =>
      call(`look up ${key}`, () => {
        const found = objects.get(key);
        if (found === undefined) return null;
        const { lastModified, etag, sha256, body } = found;
        return { size: body.length, lastModified, etag, sha256 };
      }),

    put: (key, body) => call(`write ${key}`, () => write(key, body)),

    putIfAbsent: (key, body) =>
      call(`write ${key}`, () => {
        if (objects.has(key)) return same(key, body) ? 'created' : 'exists';
        write(key, body);
        return 'created';
      }),

    putIfMatch: (key, body, etag) =>
      call(`write ${key}`, () => {
        if (objects.get(key)?.etag !== etag) return same(key, body) ? 'written' : 'conflict';
        write(key, body);
        return 'written';
      }),

    putFile: async (key, path, sha256, options = {}) => {
      const body = await readFile(path);
      return await call(`upload ${key}`, () => {
        if (createHash('sha256').update(body).digest('hex') !== sha256) {
          throw new SluiceError('StorageUnavailable', `S3 could not upload ${key}: 400 BadDigest`);
        }
        if (options.ifAbsent === true && objects.has(key)) return same(key, body) ? 'created' : 'exists';
        write(key, body);
        options.onBytes?.(body.length);
        return 'created';
      });
    },

    copyIfAbsent: (from, to, sha256) =>
      call(`copy ${from} to ${to}`, () => {
        const found = objects.get(from);
        if (found?.sha256 !== sha256) return 'absent';
        if (objects.has(to)) return same(to, found.body) ? 'created' : 'exists';
        write(to, found.body);
        return 'created';
      }),

    async *list(prefix, { delimiter, startAfter, limit = Infinity } = {}) {
      await Promise.resolve();
      enter(`list ${prefix}`);
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort(byUtf8);
      const seen = new Set<string>();
      let count = 0;
      for (const key of keys) {
        if (count >= limit) return;
        if (startAfter !== undefined && byUtf8(key, startAfter) <= 0) continue;
        const entry = entryOf(key, prefix, delimiter, objects);
        if (entry === null || (entry.kind === 'prefix' && seen.has(entry.prefix))) continue;
        if (entry.kind === 'prefix') seen.add(entry.prefix);
        count += 1;
        yield entry;
      }
    },

    sha256Of: (key) =>
      call(`read ${key}`, () => {
        const body = objects.get(key)?.body;
        return body === undefined
          ? null
          : { sha256: createHash('sha256').update(body).digest('hex'), size: body.length };
      }),

    remove: (key) => call(`remove ${key}`, () => void objects.delete(key)),

    removeAll: (keys) =>
      call(`remove ${keys.length} objects`, () => {
        for (const key of keys) objects.delete(key);
      }),
  };
}

const byUtf8 = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

function entryOf(
  key: string,
  prefix: string,
  delimiter: string | undefined,
  objects: Map<string, FakeObject>,
): S3Entry | null {
  const found = objects.get(key);
  if (found === undefined) return null;
  const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
  if (delimiter !== undefined && end >= 0) return { kind: 'prefix', prefix: key.slice(0, end + delimiter.length) };
  return { kind: 'object', key, size: found.body.length, lastModified: found.lastModified, etag: found.etag };
}
