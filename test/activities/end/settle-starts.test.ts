/**
 * A start of Flink's client whose gate let no application in is over, whatever its launcher does. Seen to fail: with only a held
 * gate taken for that, the start whose gate another attempt has revoked stays open; with an opened gate taken for it too.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settleStart, type Settled } from '../../../src/activities/end/settle-starts.ts';
import { Gates } from '../../../src/domain/lock/gate.ts';
import { emptyFence, withStart, type Start } from '../../../src/domain/lock/fence.ts';
import { createWorld, type World } from '../../world/world.ts';

const job = 'clicks-dev';
const RUNNER = 'application_1_0007';
const FLINK = 'application_1_0008';
let world: World;

beforeEach(async () => (world = await createWorld()));
afterEach(() => world.close());

const gateWith = (gate: 'held' | 'open' | 'revoked', applicationId: string | null): Gates => ({
  version: 1,
  job,
  starts: [{ startKey: 'late/1', epoch: 1, applicationId, gate, at: '2026-01-01T00:00:00.000Z' }],
});

/** Settles a start whose launcher lives, with these gates in S3. */
async function settled(gates: Gates): Promise<Settled> {
  const { fence, start } = withStart(emptyFence(job), {
    startKey: 'late/1',
    deployment: 1,
    flinkJobId: 'a'.repeat(32),
    cluster: 'yarn-a',
    applicationId: RUNNER,
    launcher: 'shell-runner',
    holder: { installation: 'test', runId: 'run-1' },
    takenAt: '2026-01-01T00:00:00.000Z',
  });
  await world.s3.put(`fences/${job}.json`, JSON.stringify(fence));
  await world.s3.put(`gates/${job}.json`, JSON.stringify(gates));
  world.clusters.get('yarn-a')?.addApplication({ id: RUNNER, name: 'launcher of clicks-dev' });
  return await new MockActivityEnvironment().run<[], Settled, () => Promise<Settled>>(() =>
    settleStart(world.dependencies, job, start),
  );
}

const isClosed = (): boolean => {
  const { starts } = world.json(`fences/${job}.json`) as { readonly starts: readonly Start[] }; // Sluice wrote it
  return starts[0]?.closed !== null;
};

test.each([
  ['held', gateWith('held', null)],
  ['revoked by an attempt that died before it closed the start', gateWith('revoked', null)],
])('a start whose gate is %s is closed, and its launcher is killed', async (_, gates) => {
  expect(await settled(gates)).toEqual({ kind: 'unsubmitted' });
  expect(isClosed()).toBe(true);
  expect(Gates.parse(world.json(`gates/${job}.json`)).starts).toMatchObject([{ gate: 'revoked' }]);
  expect(world.clusters.get('yarn-a')?.applications.get(RUNNER)?.state).toBe('KILLED');
});

test.each([
  ['open', gateWith('open', FLINK)],
  ['revoked after it was open', gateWith('revoked', FLINK)],
  ['unknown', { version: 1 as const, job, starts: [] }],
])('a start whose gate is %s waits for the word of YARN', async (_, gates) => {
  expect(await settled(gates)).toMatchObject({ kind: 'doubtful' });
  expect(isClosed()).toBe(false);
  expect(world.json(`gates/${job}.json`)).toEqual(gates);
});
