/**
 * The lease in the JVMs of a job with automatic failover, on real parts: with its gate revoked JobManager and TaskManagers end while they
 * run, and write nothing more; they outlive that S3 is away for less than the lease, and end when it is away for longer.
 *
 * Seen to fail: not yet run on the stack; test/contract/lease.test.ts holds the same of single JVMs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatesKey } from '../../../src/domain/identity/storage-keys.ts';
import type { Gates } from '../../../src/domain/lock/gate.ts';
import { startComponent, stopComponent } from '../../../stack/control.ts';
import { until } from '../../support/api.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { containersOf, liveAny } from '../../support/outside/containers.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

/** The shortest that a configuration may name. */
const LEASE_MS = 30_000;

const job = newJobName('lease');
const bucket = bucketOf(runningStack());
let sluice: PrivateSluice;
let driver: JobDriver;
let outsider: Watch;
let release: string;

beforeAll(async () => {
  const fields = {
    placement: { cluster: 'yarn-a', backups: ['yarn-b'] },
    recovery: { failover: { mode: 'automatic' } },
    upgrade: { onFailedStart: 'stop' },
  };
  release = await publish({ job, version: '1.0.0', fields });
  outsider = await watch(job);
  sluice = await startPrivateSluice('lease', { lease: `${LEASE_MS / 1_000}s` });
  driver = sluice.job(job);
});

afterAll(async () => {
  await sluice.down();
  await endApplicationsOf(job);
});

/** Revokes every gate as somebody who holds the key of a worker. */
async function revoke(): Promise<void> {
  const object = await bucket.get(gatesKey(job));
  const { starts, ...record } = JSON.parse(object?.body ?? 'null') as Gates; // Sluice wrote it
  const revoked = starts.map((start) => ({ ...start, gate: 'revoked' }));
  await bucket.put(gatesKey(job), JSON.stringify({ ...record, starts: revoked }));
}

/** All containers of the instance that runs and has written. */
async function running(): Promise<readonly string[]> {
  const { applicationId, lease } = await driver.deployment();
  expect(lease).toBe(LEASE_MS);
  await outsider.countedOn(applicationId);
  const { jobManager, taskManagers } = await containersOf(applicationId);
  return [jobManager, ...taskManagers];
}

const written = async () => (await outsider.report())?.seqs.to;

/** Waits until no process of the containers lives. @returns the newest number that was written until then. */
async function end(containers: readonly string[]): Promise<number | undefined> {
  await until('the end of all JVMs', 240_000, () => Promise.resolve(liveAny(containers) ? null : true));
  return written();
}

/** Nothing is written any more until Sluice knows the end and its cause. */
async function isOver(last: number | undefined, cause: string): Promise<void> {
  await driver.signal('savepoint', { id: `look-for-${cause}` });
  const { cause: shown } = await driver.until('the end of the job', ({ state }) => state === 'failed');
  expect(await written()).toBe(last);
  expect(shown).toMatchObject({ class: cause });
}

test('with its gate revoked JobManager and TaskManagers end while they run, and write nothing more', async () => {
  await driver.succeed('deploy', { id: 'first', release });
  const containers = await running();
  await revoke();
  await isOver(await end(containers), 'gateRevoked');
});

test('they outlive that S3 is away for less than the lease', async () => {
  await driver.succeed('resume', { id: 'again' });
  const containers = await running();
  await stopComponent('minio', 'SIGKILL');
  try {
    // A third of the lease: the last answer of before may be a sixth of it old.
    await sleep(LEASE_MS / 3);
  } finally {
    await startComponent('minio');
  }
  // Twice the lease later the answers of after keep them alive.
  await sleep(2 * LEASE_MS);
  expect(containers.every((container) => liveAny([container]))).toBe(true);
  await outsider.countedOn((await driver.deployment()).applicationId);
});

test('they end when S3 is away for longer', async () => {
  const containers = await running();
  await stopComponent('minio', 'SIGKILL');
  let last: number | undefined;
  try {
    last = await end(containers);
  } finally {
    await startComponent('minio');
  }
  await isOver(last, 'leaseOver');
});
