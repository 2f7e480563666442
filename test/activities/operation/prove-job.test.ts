/**
 * A run without memory proves a job in the middle of a handover. Seen to fail: with any live start taken for the instance, the old
 * deployment gets the application of the standby.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { proveJob, stateAfter, type Proof } from '../../../src/activities/operation/prove-job.ts';
import { emptyFence, withStandingBy, withStart, type Fence } from '../../../src/domain/lock/fence.ts';
import { deploymentKey } from '../../../src/domain/identity/storage-keys.ts';
import { withGate, withPromoted, withStandby, noGates, type Gates } from '../../../src/domain/lock/gate.ts';
import { deployment } from '../../support/deployment.ts';
import { createWorld, type World } from '../../world/world.ts';

const job = 'clicks-dev';
const AT = '2026-01-01T00:00:00.000Z';
const OLD = 'application_1_0001';
const NEXT = 'application_1_0002';
let world: World;

beforeEach(async () => (world = await createWorld()));
afterEach(() => world.close());

const started = (fence: Fence, startKey: string, number: number, applicationId: string) =>
  withStart(fence, {
    startKey,
    deployment: number,
    flinkJobId: String(number).repeat(32),
    cluster: 'yarn-a',
    applicationId,
    launcher: 'direct',
    holder: { installation: 'test', runId: 'lost' },
    takenAt: AT,
  }).fence;

const old = { job, number: 1, startKey: 'first/1', epoch: 1, applicationId: OLD, flinkJobId: '1'.repeat(32) };
const next = { job, number: 2, startKey: 'next/1', epoch: 2, applicationId: NEXT, flinkJobId: '2'.repeat(32) };
const oldRuns = withGate(noGates(job), old, AT);

/** Both applications live, and the fence marks the newer one as a standby. */
async function proved(gates: Gates, records: readonly (typeof old)[]): Promise<Proof> {
  const both = started(started(emptyFence(job), 'first/1', 1, OLD), 'next/1', 2, NEXT);
  await world.s3.put(`fences/${job}.json`, JSON.stringify({ ...withStandingBy(both, 'next/1'), minReader: 3 }));
  await world.s3.put(`gates/${job}.json`, JSON.stringify(gates));
  for (const known of records)
    await world.s3.put(
      deploymentKey(job, known.number),
      JSON.stringify({ ...deployment, ...known, cluster: 'yarn-a', gated: true, ended: null }),
    );
  for (const id of [OLD, NEXT]) world.clusters.get('yarn-a')?.addApplication({ id, name: job });
  return await new MockActivityEnvironment().run<[], Proof, () => Promise<Proof>>(() =>
    proveJob(world.dependencies, { job, runId: 'new' }),
  );
}

const stored = () => world.json(`fences/${job}.json`) as Fence & { readonly minReader?: number }; // Sluice wrote it

test('a standby whose gate is held is closed, and the instance beside it runs', async () => {
  const { state, current } = await proved(withStandby(oldRuns, next, AT), [old]);
  expect({ state, current }).toMatchObject({ state: 'running', current: old });
  expect(stored().starts.map(({ closed }) => closed?.how)).toEqual([undefined, 'unsubmitted']);
  expect(stored()).not.toHaveProperty('minReader');
});

test('a standby whose gate is lost is not taken for the instance', async () => {
  const { state, current } = await proved(oldRuns, [old]);
  expect({ state, current }).toMatchObject({ state: 'running', current: old });
});

test('a standby that was promoted is the instance, and loses its mark', async () => {
  const gates = withPromoted(withStandby(oldRuns, next, AT), { ...next, restore: null }, AT);
  const { state, current } = await proved(gates, [old, next]);
  expect({ state, current }).toMatchObject({ state: 'running', current: next });
  expect(stored()).not.toHaveProperty('minReader');
});

test('a job that a person had ended after its instance failed is stopped', () => {
  expect(stateAfter({ how: 'failed' })).toBe('failed');
  expect(stateAfter({ how: 'failed', staysDown: true })).toBe('stopped');
});
