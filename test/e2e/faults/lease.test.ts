/**
 * The lease in the JVMs of a job with automatic failover, on real parts: with its gate revoked JobManager and TaskManagers end while they
 * run, and write nothing more; they outlive that S3 is away for less than the lease, and end when it is away for longer.
 *
 * The rules are broken one by one in test/contract/lease.test.ts, which holds the same of single JVMs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatesKey } from '../../../src/domain/identity/storage-keys.ts';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
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

type Version = '1.20.1' | '2.1.0';

/** A job on one version of Flink. */
interface Story {
  readonly job: string;
  readonly driver: JobDriver;
  readonly outsider: Watch;
  readonly release: string;
}

const jobs: Readonly<Record<Version, string>> = { '1.20.1': newJobName('lease'), '2.1.0': newJobName('lease-2') };
const bucket = bucketOf(runningStack());
let sluice: PrivateSluice;
const stories = new Map<Version, Story>();

beforeAll(async () => {
  const fields = {
    placement: { cluster: 'yarn-a', backups: ['yarn-b'] },
    recovery: { failover: { mode: 'automatic' } },
    upgrade: { onFailedStart: 'stop' },
  };
  sluice = await startPrivateSluice('lease', { lease: `${LEASE_MS / 1_000}s` });
  for (const flinkVersion of ['1.20.1', '2.1.0'] as const) {
    const job = jobs[flinkVersion];
    const release = await publish({ job, version: '1.0.0', flinkVersion, fields });
    stories.set(flinkVersion, { job, driver: sluice.job(job), outsider: await watch(job), release });
  }
});

afterAll(async () => {
  await sluice.down();
  await endApplicationsOf(...Object.values(jobs));
});

function storyOf(version: Version): Story {
  const story = stories.get(version);
  if (story === undefined) throw new Error(`no job of Flink ${version} has been published`);
  return story;
}

/** Revokes every gate as somebody who holds the key of a worker. */
async function revoke({ job }: Story): Promise<void> {
  const object = await bucket.get(gatesKey(job));
  const { starts, ...record } = JSON.parse(object?.body ?? 'null') as Gates; // Sluice wrote it
  const revoked = starts.map((start) => ({ ...start, gate: 'revoked' }));
  await bucket.put(gatesKey(job), JSON.stringify({ ...record, starts: revoked }));
}

/** All containers of the instance that runs and has written. */
async function running({ driver, outsider }: Story): Promise<readonly string[]> {
  const { applicationId, lease } = await driver.deployment();
  expect(lease).toBe(LEASE_MS);
  await outsider.countedOn(applicationId);
  const { jobManager, taskManagers } = await containersOf(applicationId);
  return [jobManager, ...taskManagers];
}

const written = async ({ outsider }: Story) => (await outsider.report())?.seqs.to;

/** Waits until no process of the containers lives. @returns the newest number that was written until then. */
async function end(story: Story, containers: readonly string[]): Promise<number | undefined> {
  await until('the end of all JVMs', 240_000, () => Promise.resolve(liveAny(containers) ? null : true));
  return written(story);
}

/** Nothing is written any more until Sluice knows the end and its cause, and the job is free for the next operation. */
async function isOver(story: Story, last: number | undefined, cause: string): Promise<void> {
  await story.driver.signal('savepoint', { id: `look-for-${cause}` });
  const isEnded = ({ state, operation }: JobView) => state === 'failed' && operation === null;
  const { cause: shown } = await story.driver.until('the end of the job', isEnded);
  expect(await written(story)).toBe(last);
  expect(shown).toMatchObject({ class: cause });
}

test.each(['1.20.1', '2.1.0'] as const)(
  'with its gate revoked JobManager and TaskManagers end while they run, and write nothing more: Flink %s',
  async (version) => {
    const story = storyOf(version);
    await story.driver.succeed('deploy', { id: 'first', release: story.release });
    const containers = await running(story);
    await revoke(story);
    await isOver(story, await end(story, containers), 'gateRevoked');
  },
);

test('they outlive that S3 is away for less than the lease', async () => {
  const story = storyOf('1.20.1');
  await story.driver.succeed('resume', { id: 'again' });
  const containers = await running(story);
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
  await story.outsider.countedOn((await story.driver.deployment()).applicationId);
});

test('they end when S3 is away for longer', async () => {
  const story = storyOf('1.20.1');
  const containers = await running(story);
  await stopComponent('minio', 'SIGKILL');
  let last: number | undefined;
  try {
    last = await end(story, containers);
  } finally {
    await startComponent('minio');
  }
  await isOver(story, last, 'leaseOver');
});
