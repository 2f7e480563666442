/**
 * A run that begins with what a run of an earlier version handed over serves as any other; one that cannot read it asks S3 and
 * YARN what there is.
 *
 * Seen to fail: a run that always begins with an empty memory knows nothing of what was.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { READER } from '../../../src/domain/compatibility/reader.ts';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { FLINK_JOB_WORKFLOW } from '../../../src/workflows/messages.ts';
import type { Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();
const folder = new URL('../../carried-states/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Carried; // as it was recorded

interface Carried {
  readonly job: string;
  readonly epoch: number;
  readonly state: string;
  readonly deployments: number;
  readonly operations: readonly { readonly id: string }[];
}

let last: Driver | null = null;
afterEach(async () => {
  await last?.handle.terminate().catch(() => undefined);
  last = null;
});

/** As the run before began it. */
const begin = (driver: Driver, job: string, carried: unknown): Promise<unknown> => {
  last = driver;
  const { taskQueue, handle } = driver;
  return handle.client.start(FLINK_JOB_WORKFLOW, {
    workflowId: workflowIdOf(job),
    taskQueue,
    args: [{ job, carried }],
  });
};

describe.each(readdirSync(folder))('a run that begins with the state %s', (name) => {
  test('knows what was, and serves', async () => {
    const carried = read(name);
    const { job, epoch } = carried;
    stage.world.publish('clicks/2.0.0', [job]);
    // S3 as that run knew it: its newest start, long dead.
    await stage.world.s3.put(`fences/${job}.json`, JSON.stringify({ version: 1, job, epoch, starts: [] }));
    await stage.storyOf(job, async (driver) => {
      await begin(driver, job, carried);
      expect(await driver.view()).toMatchObject({ state: carried.state });
      expect((await driver.history()).map(({ id }) => id)).toEqual(carried.operations.map(({ id }) => id));
      expect(await driver.run('kill', { id: 'to-be-sure', force: true })).toMatchObject({ outcome: 'succeeded' });
      const deploy = await driver.run('deploy', { id: 'next', release: 'clicks/2.0.0', from: 'fresh' });
      expect(deploy).toMatchObject({ outcome: 'succeeded', error: null });
      expect(await driver.view()).toMatchObject({
        state: 'running',
        deployment: { number: carried.deployments + 1, epoch: epoch + 1 },
      });
    });
  });
});

test('what a newer Sluice has added is overlooked, and handed on to the next run', async () => {
  const newer = { ...read('0.1.0.json'), ofTheFuture: { deep: [1, 2] } };
  await stage.world.s3.put(
    `fences/${newer.job}.json`,
    JSON.stringify({ version: 1, job: newer.job, epoch: newer.epoch, starts: [] }),
  );
  await stage.storyOf(newer.job, async (driver) => {
    await begin(driver, newer.job, newer);
    const { firstExecutionRunId } = await driver.handle.describe().then(({ raw }) => ({
      firstExecutionRunId: raw.workflowExecutionInfo?.execution?.runId,
    }));
    expect(await driver.run('kill', { id: 'to-be-sure', force: true })).toMatchObject({ outcome: 'succeeded' });
    await driver.until('the next run', () => true);
    const { events } = await driver.handle.fetchHistory();
    const input = events?.[0]?.workflowExecutionStartedEventAttributes;
    expect(input?.continuedExecutionRunId).toBe(firstExecutionRunId);
    expect(JSON.parse(Buffer.from(input?.input?.payloads?.[0]?.data ?? []).toString())).toMatchObject({
      carried: { ofTheFuture: { deep: [1, 2] }, state: 'stopped' },
    });
  });
});

test('a state that this Sluice would misread fails the task: nothing is forgotten, and every message waits', async () => {
  const newer = { ...read('0.1.0.json'), minReader: READER + 1 };
  await stage.storyOf(newer.job, async (driver) => {
    await begin(driver, newer.job, newer);
    await driver.handle.signal('kill', { id: 'waits', force: true });
    const failures = async () => {
      const { events = [] } = await driver.handle.fetchHistory();
      return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message ?? []);
    };
    await expect.poll(failures, { timeout: 20_000 }).not.toEqual([]);
    expect((await failures())[0]).toContain('was written by a newer Sluice');
    expect((await driver.handle.describe()).status.name).toBe('RUNNING');
    const { events = [] } = await driver.handle.fetchHistory();
    expect(events?.filter(({ workflowExecutionSignaledEventAttributes: signal }) => signal)).toHaveLength(1);
  });
});

test.each([
  ['of a version to come', (carried: object) => ({ ...carried, version: 2 })],
  ['that is garbage', () => 'nonsense'],
])('a state %s is not believed: the run asks S3 and YARN, and goes on with what runs', async (_what, spoil) => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    await driver.handle.terminate();
    await begin(driver, stage.job, spoil(read('0.1.0.json')));
    await driver.until('the proof', ({ state, deployment }) => state === 'running' && deployment?.number === 1);
    expect(await driver.run('savepoint', {})).toMatchObject({ outcome: 'succeeded' });
  });
});
