/**
 * A TaskManager of the old instance is killed while an upgrade is held in one of its phases: the old instance recovers, because
 * taking an epoch revokes nobody. Whatever becomes of the upgrade, one instance runs and goes on from the state.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdAt, type Breakpoint } from '../../../support/held.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../../support/outside/applications.ts';
import { effectCalled } from '../../../support/outside/effects.ts';
import { gatesOf, loseTaskManagers } from '../../../support/outside/gates.ts';
import { watch, type Watch } from '../../../support/outside/observer.ts';
import type { JobDriver } from '../../../support/processes/job-driver.ts';
import { startPrivateSluice, type PrivateSluice } from '../../../support/processes/private-sluice.ts';
import { publish } from '../../../support/releases.ts';
import { newJobName } from '../../../support/stack.ts';

const job = newJobName('gate-upgrade');
let sluice: PrivateSluice;
let driver: JobDriver;
let outsider: Watch;
let releases: readonly string[];

beforeAll(async () => {
  releases = await Promise.all([
    publish({ job, version: '1.0.0', program: '1.0.0' }),
    publish({ job, version: '1.1.0', program: '1.1.0' }),
  ]);
  outsider = await watch(job);
  sluice = await startPrivateSluice('gate-upgrade');
  driver = sluice.job(job);
  await driver.succeed('deploy', { id: 'first', release: releases[0] });
});

afterAll(async () => {
  await sluice.down();
  await endApplicationsOf(job);
});

/**
 * Moments with the phase that the job shows, which is `checking` until the checks and the staging are both done. In the phases
 * that follow, the old instance is dead.
 */
const moments: readonly (Breakpoint & { readonly phase: string })[] = [
  { phase: 'checking', effect: effectCalled('the deployment file'), when: 'before' },
  { phase: 'checking', effect: effectCalled('the reservation of an application id'), when: 'before' },
  { phase: 'checking', effect: effectCalled('the epoch'), when: 'after' },
  { phase: 'savepointing', effect: effectCalled('the stop with savepoint'), when: 'before' },
];

test.each(moments)('$when $effect.name: the old instance recovers', async (row) => {
  const old = await driver.deployment();
  await outsider.countedOn(old.applicationId);
  const id = `upgrade-${moments.indexOf(row)}`;
  const arrival = holdAt(sluice, row);
  await driver.signal('deploy', { id, release: releases[(moments.indexOf(row) + 1) % 2] });
  const held = await arrival();
  expect((await driver.view()).operation?.phase).toBe(row.phase);
  // A frozen worker leaves the upgrade where it is, however long the old instance takes.
  await sluice.worker.kill('SIGSTOP');
  try {
    await loseTaskManagers(old.applicationId);
    await outsider.countedOn(old.applicationId);
    const open = (await gatesOf(job)).starts.filter(({ gate }) => gate === 'open');
    expect(open.map(({ applicationId }) => applicationId)).toEqual([old.applicationId]);
  } finally {
    await sluice.worker.kill('SIGCONT');
    held.release();
  }
  const { outcome } = await driver.ended(id);
  const { applicationId } = await driver.deployment();
  expect(outcome === 'succeeded').toBe(applicationId !== old.applicationId);
  expect(await liveApplicationsOf(job)).toEqual([applicationId]);
  await outsider.countedOn(applicationId);
});

test('over all of it one instance ran at every moment, and nothing was lost', async () => {
  expect((await outsider.conclude()).problems).toEqual([]);
});
