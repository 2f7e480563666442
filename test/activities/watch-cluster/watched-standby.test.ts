/**
 * A standby under watch: its JobManager has no job until the promotion, and the time before that counts for nothing.
 *
 * Seen to fail: with the wait kept as an ailment, and with progress counted from the start of the application.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WatchedApplication } from '../../../src/activities/watch-cluster/watched-application.ts';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import type { ApplicationReport } from '../../../src/clients/yarn/replies.ts';
import { healthLimits } from '../../../src/domain/watch/health.ts';
import { createFakeFlink, type FakeFlink } from '../../fakes/flink.ts';
import { quickWatch } from '../../world/patience.ts';

const BEGAN = Date.parse('2026-12-01T00:00:00.000Z');
const SECONDS = 1_000;
const PROMOTED = 180 * SECONDS;
const flinkJobId = 'ab'.repeat(16);
const settings = { ...quickWatch, ...healthLimits };
const client = createFlinkClient();
let flink: FakeFlink;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  flink = await createFakeFlink();
});
afterEach(async () => {
  vi.useRealTimers();
  await flink.close();
});

const watched = (): WatchedApplication => {
  const report = { id: 'application_1_0001', state: 'RUNNING', amAddress: flink.address, startedAt: BEGAN };
  return new WatchedApplication({ job: 'clicks', flinkJobId, epoch: 2 }, report as ApplicationReport, null); // all that is read
};

/** The verdict of a look so long after the application began. */
async function lookAt(application: WatchedApplication, after: number): Promise<string | undefined> {
  vi.setSystemTime(BEGAN + after);
  return (await application.look(client, settings))?.seen.kind;
}

function promote(): void {
  vi.setSystemTime(BEGAN + PROMOTED);
  const checkpointing = { intervalMs: 10 * SECONDS, timeoutMs: 10 * SECONDS, tolerableFailures: 0 };
  const job = flink.addJob({ id: flinkJobId, startedAt: Date.now() });
  job.checkpointing = { ...job.checkpointing!, ...checkpointing };
}

test('is healthy at once when it is promoted, however long it has waited', async () => {
  const application = watched();
  expect(await lookAt(application, 10 * SECONDS)).toBeUndefined();
  expect(await lookAt(application, 170 * SECONDS)).toBe('degraded');
  promote();
  expect(await lookAt(application, PROMOTED + SECONDS)).toBe('healthy');
});

test('has its patience for the first checkpoint from its promotion on', async () => {
  const application = watched();
  promote();
  expect(await lookAt(application, PROMOTED + 15 * SECONDS)).toBe('healthy');
  expect(await lookAt(application, PROMOTED + 25 * SECONDS)).toBe('degraded');
});
