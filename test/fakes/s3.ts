/** The S3 client in memory, with the same promises as the real one and one switch per failure. */
import type { S3Client } from '../../src/clients/s3/s3.ts';
import { createFakeReads } from './s3/read.ts';
import { FakeStore, type FakeObject } from './s3/store.ts';
import { createFakeRemovals, createFakeTransfers, createFakeWrites } from './s3/write.ts';

export interface FakeS3 extends S3Client {
  readonly objects: Map<string, FakeObject>;
  /** The next calls (default: the next call) throw `StorageUnavailable`, having done nothing. */
  failNext(times?: number): void;
  /** Makes everything below the prefix older by so many milliseconds. */
  age(prefix: string, milliseconds: number): void;
  /** The next write is done, then throws `StorageUnavailable`. */
  dropAnswerOfNextPut(): void;
  unavailable(on?: boolean): void;
  denied(on?: boolean): void;
  healthy(): void;
  /** The requests so far; each page of a list is one. */
  requests(): number;
}

export function createFakeS3({ bucket = 'fake', now = () => Date.now() } = {}): FakeS3 {
  const store = new FakeStore(now);
  return {
    bucket,
    objects: store.objects,
    failNext: (times = 1) => void (store.failures = times),
    age: (prefix, milliseconds) => {
      for (const [key, object] of store.objects) if (key.startsWith(prefix)) object.lastModified -= milliseconds;
    },
    dropAnswerOfNextPut: () => void (store.dropsAnswer = true),
    unavailable: (on = true) => void (store.isAway = on),
    denied: (on = true) => void (store.refuses = on),
    healthy: () => store.healthy(),
    requests: () => store.requests,
    ...createFakeReads(store),
    ...createFakeWrites(store),
    ...createFakeTransfers(store),
    ...createFakeRemovals(store),
  };
}
