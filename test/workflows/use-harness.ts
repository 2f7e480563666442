/** The harness of a test file, from before its first test until after its last. */
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { connectHarness, startHarness, type Harness } from './harness.ts';
import { namespaceOf } from './one-server.ts';

/** `time-skipping` starts a test server of the file's own, for what waits for minutes. */
export function useHarness(kind: 'shared' | 'time-skipping' = 'shared'): () => Harness {
  let harness: Harness;
  beforeAll(async () => {
    const namespace = namespaceOf(expect.getState().testPath ?? '');
    harness =
      kind === 'shared'
        ? await connectHarness({ ...inject('sharedServer'), namespace })
        : await startHarness('time-skipping');
  }, 300_000);
  afterAll(() => harness.close(), 300_000);
  return () => harness;
}
