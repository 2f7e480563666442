/**
 * S3 is away for a minute, for Sluice and for Flink, at each phase of an upgrade that lasts long enough to be met. Each
 * upgrade has a clear end, and the next one succeeds: S3 holds everything that Sluice knows, so it waits or says why not.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Phase } from '../../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { startComponent, stopComponent } from '../../../stack/control.ts';
import { acceptedIn, Api, until } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const AWAY_MS = 60_000;

const api = new Api(runningStack());
const job = newJobName('storage-away');
const operations: OperationRecord[] = [];
let releases: readonly string[];
let outsider: Watch;
let first: string;

beforeAll(async () => {
  releases = await Promise.all([
    publish({ job, version: '1.0.0', program: '1.0.0' }),
    publish({ job, version: '1.1.0', program: '1.1.0' }),
  ]);
  outsider = await watch(job);
  operations.push(await api.succeed(job, 'deploy', { release: releases[0] }));
  first = (await api.deployment(job)).applicationId;
});
afterAll(() => endApplicationsOf(job));

/** Waits until an operation has come to a phase, or is past it. */
const arrived = (id: string, phase: Phase): Promise<true> =>
  until(`phase ${phase} of ${id}`, 240_000, async () =>
    (await api.operation(job, id))?.phases.some(({ name }) => name === phase) ? true : null,
  );

async function awayForAMinute(): Promise<void> {
  await stopComponent('minio', 'SIGKILL');
  try {
    await sleep(AWAY_MS);
  } finally {
    await startComponent('minio');
  }
}

/** A running instance, however the upgrade before has left the job. */
async function bringBack(): Promise<void> {
  const { state } = await api.job(job);
  expect(['running', 'failed']).toContain(state);
  if (state === 'running') return;
  const resumed = await api.run(job, 'resume');
  operations.push(resumed);
  expect(resumed).toMatchObject({ outcome: 'succeeded', error: null });
}

const phases: readonly Phase[] = ['claiming', 'checking', 'savepointing', 'stopping', 'starting', 'verifying'];
test.each(phases.map((phase, place) => ({ phase, place })))('while $phase', async ({ phase, place }) => {
  await bringBack();
  const before = await api.deployment(job);
  await outsider.countedOn(before.applicationId);
  const { id } = acceptedIn(await api.ask(job, 'deploy', { id: `in-${phase}`, release: releases[(place + 1) % 2] }));
  await arrived(id, phase);
  await awayForAMinute();

  const upgrade = await api.ended(job, id);
  operations.push(upgrade);
  const { state, deployment } = await api.job(job);
  const live = await liveApplicationsOf(job);
  if (upgrade.outcome === 'succeeded') {
    expect({ state, by: deployment?.operationId }).toEqual({ state: 'running', by: id });
    expect(deployment?.restorePoint?.path).toBe(upgrade.savepoint);
  } else if (upgrade.outcome === 'rolledBack') {
    expect({ state, release: deployment?.release }).toEqual({ state: 'running', release: before.release });
  } else {
    expect(upgrade).toMatchObject({ outcome: 'failed', error: { detail: expect.any(String) as string } });
    // Until the old instance is stopped, a failed upgrade leaves it alone.
    if (phase === 'claiming' || phase === 'checking') expect(deployment?.applicationId).toBe(before.applicationId);
  }
  expect(live).toEqual(state === 'running' ? [deployment?.applicationId] : []);
});

test('afterwards an upgrade succeeds, and over all of it nothing was lost and one instance ran at every moment', async () => {
  await bringBack();
  operations.push(await api.succeed(job, 'deploy', { id: 'afterwards', release: releases[0] }));
  await outsider.countedOn((await api.deployment(job)).applicationId);
  // While S3 is away, Flink itself goes back to its last checkpoint, so the next instance may write again what an earlier
  // attempt had written. The judge explains such repetitions only inside one instance.
  const { problems } = await outsider.conclude({ repeats: 'explained' });
  expect(problems.filter((problem) => !/^\d+ repeated without a restore/.test(problem))).toEqual([]);
});

test('each operation is in the history once', async () => {
  const known = await api.list<OperationRecord>(`/jobs/${job}/operations?limit=100`);
  const outline = ({ id, outcome }: OperationRecord): string => `${id} ${outcome ?? ''}`;
  const asked = new Set(operations.map(({ id }) => id));
  expect(
    known
      .filter(({ id }) => asked.has(id))
      .map(outline)
      .sort(),
  ).toEqual(operations.map(outline).sort());
});

test('the nodes still have the logs of the TaskManagers of the first instance', async () => {
  const log = await api.send('GET', `/jobs/${job}/logs/taskmanager.log?application=${first}`);
  expect({ status: log.status, application: log.headers.get('x-sluice-application') }).toEqual({
    status: 200,
    application: first,
  });
  expect(log.text).toContain('org.apache.flink');
  const gone = await api.send('GET', `/jobs/${job}/logs/taskmanager.log.9?application=${first}`);
  expect(gone.status).toBe(404);
});
