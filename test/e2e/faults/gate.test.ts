/**
 * The gate in the JVMs of a job, on real parts: a TaskManager that is lost comes back while the gate is open; with the gate
 * revoked nothing of the job writes any more; a start whose gate was revoked before its JobManager came up never runs.
 *
 * Seen to fail: with a part in the JVM that lets a revoked gate pass, TaskManagers come up, and the start runs; with a list of
 * reporters that is left as the deployment file has it, no start comes up, because the entry class ends the JVM.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatesKey } from '../../../src/domain/identity/storage-keys.ts';
import type { Gates } from '../../../src/domain/lock/gate.ts';
import { until } from '../../support/api.ts';
import { holdAt } from '../../support/held.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { containersOf, killContainer } from '../../support/outside/containers.ts';
import { effectCalled } from '../../support/outside/effects.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

const job = newJobName('gate');
const bucket = bucketOf(runningStack());
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

async function gates(): Promise<Gates> {
  const object = await bucket.get(gatesKey(job));
  return JSON.parse(object?.body ?? 'null') as Gates; // Sluice wrote it
}

/** Changes the gate of the newest start as somebody who holds the key of a worker. */
async function setGate(gate: Gates['starts'][number]['gate']): Promise<void> {
  const { starts, ...record } = await gates();
  const changed = starts.map((start, at) => (at === starts.length - 1 ? { ...start, gate } : start));
  await bucket.put(gatesKey(job), JSON.stringify({ ...record, starts: changed }));
}

const taskManagersOf = async (id: string) => (await containersOf(id)).taskManagers;

/** Kills the TaskManagers, and waits for others. */
async function loseTaskManagers(id: string): Promise<readonly string[]> {
  const lost = await taskManagersOf(id);
  for (const container of lost) killContainer(container);
  return until('another TaskManager', 240_000, async () => {
    const others = (await taskManagersOf(id)).filter((container) => !lost.includes(container));
    return others.length > 0 ? others : null;
  });
}

test('a start opens its gate, and a TaskManager that is lost comes back while it is open', async () => {
  await driver.succeed('deploy', { id: 'first', release });
  const { applicationId, startKey, gated } = await driver.deployment();
  expect(gated).toBe(true);
  expect((await gates()).starts).toMatchObject([{ startKey, applicationId, gate: 'open' }]);
  await outsider.counted(applicationId);
  await loseTaskManagers(applicationId);
  await outsider.countedOn(applicationId);
});

test('with its gate revoked no TaskManager of the job runs anything', async () => {
  const { applicationId } = await driver.deployment();
  await setGate('revoked');
  const first = await loseTaskManagers(applicationId);
  const written = (await outsider.report())?.seqs.to;
  // Flink asks for one TaskManager after the other, and each ends.
  await until('the end of the next TaskManager', 240_000, async () => {
    const others = await taskManagersOf(applicationId).catch(() => []);
    return others.some((container) => !first.includes(container)) ? true : null;
  });
  expect((await outsider.report())?.seqs.to).toBe(written);
  await setGate('open');
  await outsider.countedOn(applicationId);
});

test('a start whose gate was revoked before its JobManager came up ends before main(), and says why', async () => {
  const submit = holdAt(sluice, { effect: effectCalled('the submit'), when: 'before' });
  await driver.signal('deploy', { id: 'late', release });
  const held = await submit();
  await setGate('revoked');
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
