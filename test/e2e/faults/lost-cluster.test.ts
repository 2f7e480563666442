/**
 * A cluster that Sluice cannot reach any more while its job runs on: with a lease the job is moved without a risk. Its JVMs end
 * by themselves, the start elsewhere waits for that, and no two instances ever write at once.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { containersOf, liveAny } from '../../support/outside/containers.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName } from '../../support/stack.ts';

/** The shortest that a configuration may name. */
const LEASE_MS = 30_000;

const job = newJobName('lost');
let sluice: PrivateSluice;
let driver: JobDriver;
let outsider: Watch;

beforeAll(async () => {
  const fields = {
    placement: { cluster: 'yarn-a', backups: ['yarn-b'] },
    recovery: { failover: { mode: 'automatic' } },
  };
  const release = await publish({ job, version: '1.0.0', fields });
  outsider = await watch(job);
  sluice = await startPrivateSluice('lost', { lease: `${LEASE_MS / 1_000}s` });
  driver = sluice.job(job);
  await driver.succeed('deploy', { id: 'first', release });
});

afterAll(async () => {
  await sluice.down();
  await endApplicationsOf(job);
});

/** Nothing of yarn-a answers Sluice any more; the job itself misses nothing. */
function cutOff(): void {
  const { resourceManager, nodeManager, jobManager } = sluice.faults;
  for (const part of [resourceManager, nodeManager, jobManager]) part.dropRequest({});
}

test('its job ends there by its lease, and goes on elsewhere from its newest checkpoint', async () => {
  const before = await driver.deployment();
  expect(before).toMatchObject({ cluster: 'yarn-a', lease: LEASE_MS });
  await outsider.counted(before.applicationId, 40);
  const { jobManager, taskManagers } = await containersOf(before.applicationId);
  cutOff();
  // A savepoint makes the job look, and find nobody.
  await driver.signal('savepoint', { id: 'look' });
  await driver.until('the silence', ({ state, operation }) => state === 'unreachable' && operation === null);
  expect(liveAny([jobManager, ...taskManagers])).toBe(true);

  const moved = await driver.run('failover', { id: 'away', reason: 'nobody reaches yarn-a' });
  expect(moved).toMatchObject({ outcome: 'succeeded', error: null });
  expect(moved.phases.map(({ name }) => name)).toContain('fencing');
  const after = await driver.deployment();
  expect(after).toMatchObject({ cluster: 'yarn-b', placed: { moved: { from: 'yarn-a', by: 'away' } } });
  expect(after.restorePoint?.path).toContain(`/${before.flinkJobId}/chk-`);
  await outsider.counted(after.applicationId);
  expect(liveAny([jobManager, ...taskManagers])).toBe(false);

  const { problems, applications } = await outsider.conclude({ repeats: 'explained' });
  expect(problems).toEqual([]);
  expect(applications.jobs.find((watched) => watched.job === job)?.doubles ?? []).toEqual([]);
});
