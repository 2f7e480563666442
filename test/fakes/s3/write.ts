/** Writing to a fake bucket, and removing from it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { S3Client } from '../../../src/clients/s3/s3.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import type { FakeStore } from './store.ts';

export const createFakeWrites = (store: FakeStore): Pick<S3Client, 'put' | 'putIfAbsent' | 'putIfMatch'> => ({
  put: (key, body) => store.call(`write ${key}`, () => store.write(key, body)),

  putIfAbsent: (key, body) =>
    store.call(`write ${key}`, () => {
      if (store.objects.has(key)) return store.same(key, body) ? 'created' : 'exists';
      store.write(key, body);
      return 'created';
    }),

  putIfMatch: (key, body, etag) =>
    store.call(`write ${key}`, () => {
      if (store.objects.get(key)?.etag !== etag) return store.same(key, body) ? 'written' : 'conflict';
      store.write(key, body);
      return 'written';
    }),
});

export const createFakeTransfers = (store: FakeStore): Pick<S3Client, 'putFile' | 'copyIfAbsent'> => ({
  putFile: async (key, path, sha256, options = {}) => {
    const body = await readFile(path);
    return await store.call(`upload ${key}`, () => {
      if (createHash('sha256').update(body).digest('hex') !== sha256) {
        throw new SluiceError('StorageUnavailable', `S3 could not upload ${key}: 400 BadDigest`);
      }
      if (options.ifAbsent === true && store.objects.has(key)) return store.same(key, body) ? 'created' : 'exists';
      store.write(key, body);
      options.onBytes?.(body.length);
      return 'created';
    });
  },

  copyIfAbsent: (from, to, sha256) =>
    store.call(`copy ${from} to ${to}`, () => {
      const object = store.objects.get(from);
      if (object?.sha256 !== sha256) return 'absent';
      if (store.objects.has(to)) return store.same(to, object.body) ? 'created' : 'exists';
      store.write(to, object.body);
      return 'created';
    }),
});

export const createFakeRemovals = (store: FakeStore): Pick<S3Client, 'remove' | 'removeAll'> => ({
  remove: (key) => store.call(`remove ${key}`, () => void store.objects.delete(key)),

  removeAll: (keys) =>
    store.call(`remove ${keys.length} objects`, () => {
      for (const key of keys) store.objects.delete(key);
    }),
});
