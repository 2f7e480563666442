/**
 * A cluster that Sluice cannot reach any more while its job runs on: with a lease the job is moved without a risk. Its JVMs end
 * by themselves, the start elsewhere waits for that, and no two instances ever write at once. A person moves it while its JVMs give signs of
 * life; where they are cut off too, the cluster counts as gone, and Sluice moves it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { makeNamespace } from '../../support/commands.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { containersOf, liveAny } from '../../support/outside/containers.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName } from '../../support/stack.ts';

/** The shortest that a configuration may name. */
const LEASE_MS = 30_000;
/** The shortest too. */
const GONE_AFTER_MS = 60_000;

const job = newJobName('lost');
const NAMESPACE = `of-${job}`;
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
  await makeNamespace(NAMESPACE);
  // The watch of yarn-a is cut off too: in a namespace of its own, because a namespace has one watch of a cluster.
  sluice = await startPrivateSluice('lost', {
    namespace: NAMESPACE,
    lease: `${LEASE_MS / 1_000}s`,
    goneAfter: `${GONE_AFTER_MS / 1_000}s`,
  });
  driver = sluice.job(job);
  await driver.succeed('deploy', { id: 'first', release });
});

afterAll(async () => {
  await sluice.down();
  await endApplicationsOf(job);
});

/** The instance that runs has written, and all its containers. */
async function running(): Promise<{ readonly deployment: Deployment; readonly containers: readonly string[] }> {
  const deployment = await driver.deployment();
  await outsider.counted(deployment.applicationId, 40);
  const { jobManager, taskManagers } = await containersOf(deployment.applicationId);
  return { deployment, containers: [jobManager, ...taskManagers] };
}

const silent = () =>
  driver.until('the silence', ({ state, operation }) => state === 'unreachable' && operation === null);
const movedBy = async (kind: string) => (await driver.history()).filter((operation) => operation.kind === kind);

async function oneAtATime(): Promise<void> {
  const { problems, applications } = await outsider.conclude({ repeats: 'explained' });
  expect(problems).toEqual([]);
  expect(applications.jobs.find((watched) => watched.job === job)?.doubles ?? []).toEqual([]);
}

test('its job stays where JVMs there give signs of life, for longer than a lost cluster would take', async () => {
  const { deployment, containers } = await running();
  expect(deployment).toMatchObject({ cluster: 'yarn-a', lease: LEASE_MS });
  sluice.cutOff();
  await silent();
  await sleep(GONE_AFTER_MS + 20_000);
  expect(await driver.view()).toMatchObject({ state: 'unreachable', operation: null, recovery: { gone: null } });
  expect(await movedBy('failover')).toEqual([]);
  expect(liveAny(containers)).toBe(true);
});

test('a person moves it: it ends there by its lease, and goes on elsewhere from its newest checkpoint', async () => {
  const { deployment: before, containers } = await running();
  expect(liveAny(containers)).toBe(true);
  const moved = await driver.run('failover', { id: 'away', reason: 'nobody reaches yarn-a' });
  expect(moved).toMatchObject({ outcome: 'succeeded', error: null });
  expect(moved.phases.map(({ name }) => name)).toContain('fencing');
  const after = await driver.deployment();
  expect(after).toMatchObject({ cluster: 'yarn-b', placed: { moved: { from: 'yarn-a', by: 'away' } } });
  expect(after.restorePoint?.path).toContain(`/${before.flinkJobId}/chk-`);
  await outsider.counted(after.applicationId);
  expect(liveAny(containers)).toBe(false);
});

test('once its cluster answers again, what was left there is known to have ended, and it goes back', async () => {
  sluice.healthy();
  await driver.until('the end of what was left', ({ givenUp }) => givenUp.length === 0);
  await driver.succeed('failback', {});
  expect(await driver.deployment()).toMatchObject({ cluster: 'yarn-a', placed: { moved: null } });
});

test('Sluice moves it where its JVMs are cut off too, and no two instances write at once', async () => {
  const { deployment: before, containers } = await running();
  sluice.cutOff();
  sluice.jobStorage.pause();
  const view = await driver.until(
    'the move',
    ({ state, deployment, operation }) => state === 'running' && deployment?.cluster === 'yarn-b' && operation === null,
    600_000,
  );
  const [moved] = await movedBy('failover');
  expect(moved).toMatchObject({ actor: 'supervisor', via: 'supervisor', outcome: 'succeeded' });
  expect(moved?.reason).toContain('has given a sign of life since');
  expect(view.deployment?.restorePoint?.path).toContain(`/${before.flinkJobId}/chk-`);
  await outsider.counted(view.deployment?.applicationId ?? '');
  expect(liveAny(containers)).toBe(false);
  await oneAtATime();
});
