/** S3 as far away as everything else: a call that took too long has no answer, whatever it did. */
import type { S3Client } from '../../src/clients/s3/s3.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';
import type { FakeS3 } from '../fakes/s3.ts';
import type { VirtualClock } from './simulation/clock.ts';
import type { MemoryNetwork } from './simulation/memory-network.ts';
import type { Truth } from './truth.ts';

interface Surroundings {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly storage: { readonly slowMs: number };
  readonly truth: Truth;
}

/** The deadline that the real S3 client gives a small object: longer than any request that is answered. */
const STORAGE_DEADLINE_MS = 9_000;

type Far = <T>(what: string, act: () => Promise<T>) => Promise<T>;

export function overNetwork(s3: FakeS3, { clock, network, storage, truth }: Surroundings): S3Client {
  const far = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    const endsAt = clock.now + STORAGE_DEADLINE_MS;
    network.tell(what, 'before');
    await network.travel();
    if (storage.slowMs > 0) await clock.wait(Math.min(storage.slowMs, STORAGE_DEADLINE_MS + 1));
    const late = (): void => {
      if (clock.now > endsAt) throw new SluiceError('StorageUnavailable', `S3 could not ${what}: no answer in time`);
    };
    late();
    const result = await act();
    network.tell(what, 'after');
    await network.travel();
    late();
    return result;
  };
  return { bucket: s3.bucket, ...reads(s3, far), ...writes(s3, far, truth) };
}

const reads = (s3: FakeS3, far: Far): Pick<S3Client, 'get' | 'getBytes' | 'head' | 'sha256Of' | 'list'> => ({
  get: (key) => far(`read ${key}`, () => s3.get(key)),
  getBytes: (key, range) => far(`read ${key}`, () => s3.getBytes(key, range)),
  head: (key) => far(`look up ${key}`, () => s3.head(key)),
  sha256Of: (key) => far(`read ${key}`, () => s3.sha256Of(key)),
  async *list(prefix, options) {
    yield* await far(`list ${prefix}`, async () => {
      const entries = [];
      for await (const entry of s3.list(prefix, options)) entries.push(entry);
      return entries;
    });
  },
});

const writes = (
  s3: FakeS3,
  far: Far,
  truth: Truth,
): Omit<S3Client, 'bucket' | 'get' | 'getBytes' | 'head' | 'sha256Of' | 'list'> => ({
  put: (key, body) => far(`write ${key}`, () => s3.put(key, body)),
  putIfAbsent: (key, body) =>
    far(`write ${key}`, async () => {
      const isNew = !s3.objects.has(key);
      try {
        return await s3.putIfAbsent(key, body);
      } finally {
        // Also when the answer is lost.
        if (isNew && s3.objects.has(key)) truth.wrote(key, String(body));
      }
    }),
  putIfMatch: (key, body, etag) =>
    far(`write ${key}`, async () => {
      const before = s3.objects.get(key);
      try {
        return await s3.putIfMatch(key, body, etag);
      } finally {
        if (s3.objects.get(key) !== before) truth.wrote(key, String(body));
      }
    }),
  putFile: (key, path, sha256, options) => far(`upload ${key}`, () => s3.putFile(key, path, sha256, options)),
  copyIfAbsent: (from, to, sha256) => far(`copy ${from} to ${to}`, () => s3.copyIfAbsent(from, to, sha256)),
  remove: (key) => far(`remove ${key}`, () => s3.remove(key)),
  removeAll: (keys) =>
    far(`remove ${keys.length} objects`, async () => {
      const there = keys.filter((key) => s3.objects.has(key));
      try {
        await s3.removeAll(keys);
      } finally {
        truth.removed(there.filter((key) => !s3.objects.has(key)));
      }
    }),
});
