/**
 * The watcher of a cluster where one job, one application or one record is bad: the others are watched as before, and the
 * notes say what is bad.
 *
 * Seen to fail: with `inTurns` in place of `eachByItself`, in each of these stories.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WatchedCluster } from '../../../src/activities/watch-cluster/watched-cluster.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import { adoptionKey } from '../../../src/domain/identity/storage-keys.ts';
import { tagsOf } from '../../../src/domain/identity/yarn-tags.ts';
import type { WatchNotes } from '../../../src/domain/watch/notes.ts';
import { createFakeFlink, type FakeFlink } from '../../fakes/flink.ts';
import { deployment } from '../../support/deployment.ts';
import { quickWatch } from '../../world/patience.ts';
import { createWorld, type World } from '../../world/world.ts';

const FLINK_JOB = 'ab'.repeat(16);
const idOf = (number: number) => `application_1700000000000_${String(number).padStart(4, '0')}`;

let world: World;
let environment: MockActivityEnvironment;
let jobManagers: FakeFlink[];

beforeEach(async () => {
  world = await createWorld();
  jobManagers = [];
  environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(jobManagers.map((flink) => flink.close()));
  await world.close();
});

const cluster = () => world.dependencies.clusters.get('yarn-a')!;

function watched(notes: WatchNotes | null = null): WatchedCluster {
  const watch = {
    ...quickWatch,
    everyMs: 10,
    questionsPerSecond: 10_000,
    sameJobEveryMs: 0,
    adoptedEveryMs: 0,
    silentAfterMs: 0,
  };
  return new WatchedCluster({ ...world.dependencies, watch }, cluster(), notes, new Uint8Array());
}

/** Rounds until something holds. */
async function until(what: string, watch: WatchedCluster, holds: () => boolean): Promise<void> {
  for (let round = 0; round < 400; round += 1) {
    await environment.run(() => watch.round());
    if (holds()) return;
    await sleep(5);
  }
  throw new Error(`waited in vain for ${what}: ${JSON.stringify([world.jobs.told, watch.notes().complaints])}`);
}

async function running(job: string, number: number, tags = tagsOf({ job, flinkJobId: FLINK_JOB, epoch: 1 })) {
  const flink = await createFakeFlink();
  jobManagers.push(flink);
  flink.addJob({ id: FLINK_JOB });
  flink.completeCheckpoint(FLINK_JOB);
  world.clusters.get('yarn-a')!.addApplication({ id: idOf(number), tags, flink });
}

async function adopted(job: string, number: number): Promise<void> {
  await running(job, number, []);
  const record = {
    ...deployment,
    job,
    cluster: 'yarn-a',
    applicationId: idOf(number),
    epoch: 1,
    flinkJobId: FLINK_JOB,
  };
  await world.s3.put(adoptionKey('yarn-a', idOf(number)), JSON.stringify({ version: 1, deployment: record }));
}

const kindsToldTo = (job: string) => world.jobs.told.flatMap((told) => (told.job === job ? [told.fact.seen.kind] : []));

test('a report of one adopted application that cannot be read silences neither the others nor itself', async () => {
  await running('clicks', 1);
  await adopted('views', 2);
  await adopted('orders', 3);
  const watch = watched();
  await until('all', watch, () => new Set(world.jobs.told.map(({ job }) => job)).size === 3);
  const { yarn } = cluster();
  const ask = yarn.application.bind(yarn);
  vi.spyOn(yarn, 'application').mockImplementation((id, options) =>
    id === idOf(2)
      ? Promise.reject(new SluiceError('ClusterUnreachable', `refused a report of ${id}`))
      : ask(id, options),
  );
  await until('the complaint', watch, () => watch.notes().complaints.length > 0);
  expect(watch.notes().complaints).toEqual([
    expect.stringContaining(`adopted application ${idOf(2)} cannot be asked for: refused a report`),
  ]);
  jobManagers[0]!.failJob(FLINK_JOB, 'java.io.IOException: disk full');
  await until('news', watch, () => kindsToldTo('clicks').at(-1) === 'ended');
  expect([kindsToldTo('views'), kindsToldTo('orders')]).toEqual([['healthy'], ['healthy']]);
  vi.restoreAllMocks();
  await until('no complaint', watch, () => watch.notes().complaints.length === 0);
});

test('a record of an adoption that cannot be read does not hide later ones', async () => {
  await world.s3.put(adoptionKey('yarn-a', idOf(1)), 'half a rec');
  await adopted('views', 2);
  const watch = watched();
  await until('the other', watch, () => kindsToldTo('views').length > 0);
  await adopted('orders', 3);
  await until('a later one', watch, () => kindsToldTo('orders').length > 0);
  expect(watch.notes().complaints).toEqual([
    expect.stringContaining(`${idOf(1)} cannot be read: adoptions/yarn-a/${idOf(1)}.json is not what Sluice writes`),
  ]);
});

test('a job that cannot be told, such as one over its limit of signals, is told later, and the others now', async () => {
  for (let number = 1; number <= 12; number += 1) await running(`job-${number}`, number);
  const tell = world.jobs.tell.bind(world.jobs);
  const full = vi
    .spyOn(world.jobs, 'tell')
    .mockImplementation((job, fact) =>
      job === 'job-1' ? Promise.reject(new SluiceError('TemporalUnavailable', 'exceeds the limit')) : tell(job, fact),
    );
  const watch = watched();
  await until('the others', watch, () => new Set(world.jobs.told.map(({ job }) => job)).size === 11);
  expect(watch.notes().complaints).toEqual([expect.stringContaining('job-1 cannot be told what was seen of it')]);
  full.mockRestore();
  await until('the one', watch, () => kindsToldTo('job-1').length > 0);
});

test('the end of a job that could not be told is not forgotten', async () => {
  await running('clicks', 1);
  const watch = watched();
  await until('life', watch, () => kindsToldTo('clicks').length > 0);
  const full = vi
    .spyOn(world.jobs, 'tell')
    .mockRejectedValue(new SluiceError('TemporalUnavailable', 'exceeds the limit'));
  await world.clusters.get('yarn-a')!.end(idOf(1), { state: 'KILLED' });
  await until('the try', watch, () => full.mock.calls.length > 1);
  full.mockRestore();
  await until('the end', watch, () => kindsToldTo('clicks').at(-1) === 'ended');
});

test('a job that cannot say which schedule it wants is owed until it can, and the others get theirs', async () => {
  const jobs = Array.from({ length: 39 }, (_, index) => `job-${index}`);
  for (const [index, job] of jobs.entries()) {
    const started = { cluster: 'yarn-a', epoch: 1, applicationId: idOf(index + 1) };
    world.jobs.believes.set(job, { state: 'running', runSince: Date.now(), started });
    world.schedules.wanted.set(job, { every: 60_000, cluster: 'yarn-a' });
  }
  const wantedBy = world.schedules.wantedBy.bind(world.schedules);
  const deaf = vi
    .spyOn(world.schedules, 'wantedBy')
    .mockImplementation((job) =>
      job === 'job-9' ? Promise.reject(new SluiceError('TemporalUnavailable', 'no poller seen')) : wantedBy(job),
    );
  const watch = watched();
  await until('a sweep', watch, () => watch.notes().sweptAt !== null);
  expect(world.schedules.kept.size).toBe(38);
  expect(watch.notes()).toMatchObject({
    owed: ['job-9'],
    complaints: [expect.stringContaining('job-9 cannot have its schedule put right')],
  });
  deaf.mockRestore();
  // The next watcher goes on from the notes; for it no run is new.
  const { sweptAt } = watch.notes();
  for (const [job, believed] of world.jobs.believes) world.jobs.believes.set(job, { ...believed, runSince: 0 });
  const next = watched(watch.notes());
  await until('the debt', next, () => next.notes().sweptAt !== sweptAt);
  expect([world.schedules.kept.size, next.notes().owed]).toEqual([39, []]);
});
