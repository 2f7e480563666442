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
    await Promise.resolve();
    store.enter(`list ${prefix}`);
    const keys = [...store.objects.keys()].filter((key) => key.startsWith(prefix)).sort(byUtf8);
    const seen = new Set<string>();
    let count = 0;
    for (const key of keys) {
      if (count >= limit) return;
      if (startAfter !== undefined && byUtf8(key, startAfter) <= 0) continue;
      const entry = entryOf(key, prefix, delimiter, store.objects);
      if (entry === null || (entry.kind === 'prefix' && seen.has(entry.prefix))) continue;
      if (entry.kind === 'prefix') seen.add(entry.prefix);
      count += 1;
      yield entry;
    }
  },

  sha256Of: (key) =>
    store.call(`read ${key}`, () => {
      const body = store.objects.get(key)?.body;
      return body === undefined ? null : { sha256: createHash('sha256').update(body).digest('hex'), size: body.length };
    }),
});

const byUtf8 = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

function entryOf(
  key: string,
  prefix: string,
  delimiter: string | undefined,
  objects: ReadonlyMap<string, FakeObject>,
): S3Entry | null {
  const object = objects.get(key);
  if (object === undefined) return null;
  const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
  if (delimiter !== undefined && end >= 0) return { kind: 'prefix', prefix: key.slice(0, end + delimiter.length) };
  return { kind: 'object', key, size: object.body.length, lastModified: object.lastModified, etag: object.etag };
}
