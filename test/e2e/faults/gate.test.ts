/**
 * The gate in the JVMs of a job, on real parts: a TaskManager that is lost comes back while the gate is open; with the gate
 * revoked nothing of the job writes any more; a start whose gate was revoked before its JobManager came up never runs.
 *
 * Seen to fail: with a part in the JVM that lets a revoked gate pass, TaskManagers come up, and the start runs; with a list of
 * reporters that is left as the deployment file has it, no start comes up, because the entry class ends the JVM.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdAt } from '../../support/held.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { effectCalled } from '../../support/outside/effects.ts';
import { anotherTaskManager, gatesOf, loseTaskManagers, setGate } from '../../support/outside/gates.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName } from '../../support/stack.ts';

const job = newJobName('gate');
let sluice: PrivateSluice;
let driver: JobDriver;
let outsider: Watch;
let release: string;

beforeAll(async () => {
  // A list of reporters in the deployment file leaves ours out; a start adds it.
  const fields = { flink: { config: { 'metrics.reporters': 'nobody' } }, upgrade: { onFailedStart: 'stop' } };
  release = await publish({ job, version: '1.0.0', fields });
  outsider = await watch(job);
  sluice = await startPrivateSluice('gate');
  driver = sluice.job(job);
});

afterAll(async () => {
  await sluice.down();
  await endApplicationsOf(job);
});

test('a start opens its gate, and a TaskManager that is lost comes back while it is open', async () => {
  await driver.succeed('deploy', { id: 'first', release });
  const { applicationId, startKey, gated } = await driver.deployment();
  expect(gated).toBe(true);
  expect((await gatesOf(job)).starts).toMatchObject([{ startKey, applicationId, gate: 'open' }]);
  await outsider.counted(applicationId);
  await loseTaskManagers(applicationId);
  await outsider.countedOn(applicationId);
});

test('with its gate revoked no TaskManager of the job runs anything', async () => {
  const { applicationId } = await driver.deployment();
  await setGate(job, 'revoked');
  const first = await loseTaskManagers(applicationId);
  const written = (await outsider.report())?.seqs.to;
  // Flink asks for one TaskManager after the other, and each ends.
  await anotherTaskManager(applicationId, first);
  expect((await outsider.report())?.seqs.to).toBe(written);
  await setGate(job, 'open');
  await outsider.countedOn(applicationId);
});

test('a start whose gate was revoked before its JobManager came up ends before main(), and says why', async () => {
  const submit = holdAt(sluice, { effect: effectCalled('the submit'), when: 'before' });
  await driver.signal('deploy', { id: 'late', release });
  const held = await submit();
  await setGate(job, 'revoked');
  held.release();
  const operation = await driver.ended('late');
  expect(operation).toMatchObject({
    outcome: 'failed',
    error: { code: 'StartFailed', cause: { class: 'gateRefused' } },
  });
  const late = await driver.deployment();
  const { instances = [] } = (await outsider.report()) ?? {};
  expect(instances.map(({ instance }) => instance)).not.toContain(late.applicationId);
});
