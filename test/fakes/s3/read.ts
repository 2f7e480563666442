/** Reading from a fake bucket. */
import { createHash } from 'node:crypto';
import type { S3Client, S3Entry } from '../../../src/clients/s3/s3.ts';
import type { FakeObject, FakeStore } from './store.ts';

export const createFakeReads = (
  store: FakeStore,
): Pick<S3Client, 'get' | 'getBytes' | 'head' | 'list' | 'sha256Of'> => ({
  get: (key) =>
    store.call(`read ${key}`, () => {
      const object = store.objects.get(key);
      return object === undefined ? null : { body: object.body.toString('utf8'), etag: object.etag };
    }),

  getBytes: (key, range) =>
    store.call(`read ${key}`, () => {
      const body = store.objects.get(key)?.body;
      if (body === undefined) return null;
      return new Uint8Array(range === undefined ? body : body.subarray(range.offset, range.offset + range.length));
    }),

  head: (key) =>
    store.call(`look up ${key}`, () => {
      const object = store.objects.get(key);
      if (object === undefined) return null;
      const { lastModified, etag, sha256, body } = object;
      return { size: body.length, lastModified, etag, sha256 };
    }),

  async *list(prefix, { delimiter, startAfter, limit = Infinity } = {}) {
    const entries = entriesBelow(store, prefix, delimiter, startAfter);
    let count = 0;
    // Each page is a request, also the one that says that there is nothing.
    do {
      await Promise.resolve();
      store.enter(`list ${prefix}`);
      const page = entries.slice(count, Math.min(count + PAGE, limit));
      yield* page.filter(({ kind }) => kind === 'object');
      yield* page.filter(({ kind }) => kind === 'prefix');
      count += page.length;
    } while (count < Math.min(entries.length, limit));
  },

  sha256Of: (key) =>
    store.call(`read ${key}`, () => {
      const body = store.objects.get(key)?.body;
      return body === undefined ? null : { sha256: createHash('sha256').update(body).digest('hex'), size: body.length };
    }),
});

/** S3 tells so many entries in one answer, and in it prefixes after objects. */
const PAGE = 1_000;

/** Objects and common prefixes in the order of their keys. */
function entriesBelow(
  store: FakeStore,
  prefix: string,
  delimiter: string | undefined,
  startAfter: string | undefined,
): S3Entry[] {
  const entries = new Map<string, S3Entry>();
  for (const key of store.objects.near(prefix)) {
    const object = store.objects.get(key);
    if (!object || !key.startsWith(prefix) || (startAfter !== undefined && byUtf8(key, startAfter) <= 0)) continue;
    const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    const common = delimiter === undefined || end < 0 ? null : key.slice(0, end + delimiter.length);
    entries.set(common ?? key, common === null ? objectEntry(key, object) : { kind: 'prefix', prefix: common });
  }
  return [...entries].sort(([left], [right]) => byUtf8(left, right)).map(([, entry]) => entry);
}

const objectEntry = (key: string, { body, lastModified, etag }: FakeObject): S3Entry => ({
  kind: 'object',
  key,
  size: body.length,
  lastModified,
  etag,
});

const SURROGATE = /[\uD800-\uDFFF]/;

/** The order of UTF-8 differs from that of strings only where surrogates are. */
function byUtf8(left: string, right: string): number {
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : left > right ? 1 : 0;
}
