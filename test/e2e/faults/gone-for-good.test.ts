/**
 * Parts of a cluster never come back: a machine with all that ran on it, and the memory of a ResourceManager. The job is
 * never locked, and never has a second instance that nobody decided for.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { startComponent, stopComponent } from '../../../stack/control.ts';
import { stackFiles } from '../../../stack/layout/stack-files.ts';
import { readSettings } from '../../../stack/settings.ts';
import { holdAt } from '../../support/held.ts';
import { containersOf, killContainer } from '../../support/outside/containers.ts';
import { effectCalled } from '../../support/outside/effects.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { expectAudited } from '../../support/outside/outside.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { hurried, publish } from '../../support/releases.ts';
import { newJobName } from '../../support/stack.ts';

const job = newJobName('gone');
const operations: OperationRecord[] = [];
let sluice: PrivateSluice;
let driver: JobDriver;
let outsider: Watch;
let here: string;
let elsewhere: string;

beforeAll(async () => {
  [here, elsewhere] = await Promise.all([
    publish({ job, version: '1.0.0', fields: hurried }),
    publish({ job, version: '2.0.0', fields: { ...hurried, placement: { cluster: 'yarn-b' } } }),
  ]);
  outsider = await watch(job);
  sluice = await startPrivateSluice('gone');
  driver = sluice.job(job);
});
afterEach(() => sluice.healthy());
afterAll(() => sluice.down());

async function run(kind: 'deploy' | 'kill', id: string, fields = {}): Promise<OperationRecord> {
  const operation = await driver.run(kind, { id, ...fields });
  operations.push(operation);
  return operation;
}

test('a machine is gone for good under a running job: the first kill by force ends it, and it is deployed elsewhere', async () => {
  expect(await run('deploy', 'first', { release: here })).toMatchObject({ outcome: 'succeeded' });
  const { applicationId } = await driver.deployment();
  await outsider.counted(applicationId);
  const { jobManager, taskManagers } = await containersOf(applicationId);
  await stopComponent('yarn-a-nodemanager', 'SIGKILL');
  try {
    for (const container of [jobManager, ...taskManagers]) expect(killContainer(container)).toBeGreaterThan(0);
    // YARN's word is shown as soon as YARN says it, long before the time-out for stops.
    const view = await driver.until('the loss', ({ state }) => state === 'unreachable');
    expect(view.stateReason).toMatch(/FAILED|does not answer/);
    expect(await run('kill', 'force', { force: true })).toMatchObject({ outcome: 'succeeded' });
    expect(await driver.view()).toMatchObject({
      state: 'stopped',
      endKnownBy: { kind: 'decided', operation: 'force' },
    });
    const moved = await run('deploy', 'moved', { release: elsewhere });
    expect(moved).toMatchObject({ outcome: 'succeeded' });
    const deployment = await driver.deployment();
    expect(deployment).toMatchObject({ cluster: 'yarn-b' });
    expect(deployment.restorePoint?.path).toContain('/chk-');
    await outsider.countedOn(deployment.applicationId);
  } finally {
    await startComponent('yarn-a-nodemanager');
  }
});

test('a ResourceManager loses its memory in mid-start: nothing comes beside what may live, and the job goes on', async () => {
  const submitted = holdAt(sluice, { effect: effectCalled('the submit'), when: 'after' });
  await driver.signal('deploy', { id: 'forgotten', release: here });
  const held = await submitted();
  await stopComponent('yarn-a-resourcemanager', 'SIGKILL');
  const memory = join(stackFiles(readSettings().stackDirectory).data('yarn-a'), 'rm-state');
  for (const entry of await readdir(memory)) await rm(join(memory, entry), { recursive: true });
  await startComponent('yarn-a-resourcemanager');
  held.release();
  const operation = await driver.ended('forgotten');
  operations.push(operation);
  // The start may have been taken by the new ResourceManager, or be ended and replaced by the deployment before it.
  expect(['succeeded', 'rolledBack', 'failed']).toContain(operation.outcome);
  if ((await driver.view()).state === 'unreachable') await run('kill', 'force-again', { force: true });
  if ((await driver.view()).state !== 'running')
    expect(await run('deploy', 'last', { release: elsewhere })).toMatchObject({ outcome: 'succeeded' });
  await outsider.countedOn((await driver.deployment()).applicationId);
});

test('over all of it one instance ran at every moment, and nothing was lost', async () => {
  expect((await outsider.conclude({ repeats: 'explained' })).problems).toEqual([]);
});

test('each operation is in the audit log once', () => expectAudited(driver, operations));
