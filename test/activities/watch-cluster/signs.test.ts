/**
 * Signs of life in a world of fakes: the watcher asks at once about the job whose sign changes, and a sign alone changes nothing.
 *
 * The rounds of these watchers are minutes apart, so all that is told after the first round comes by signs, or by the time at which
 * a verdict turns.
 *
 * Seen to fail: with a sign that waits for the round under way; with the answer of an earlier look told after that of a later one; with
 * signs heeded while the ResourceManager is silent; without the question to YARN; with the signs of before the first list dropped.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createActivities } from '../../../src/activities/index.ts';
import type { WatchSettings } from '../../../src/activities/dependencies/watch-settings.ts';
import { Signs } from '../../../src/activities/watch-cluster/signs.ts';
import { signKey } from '../../../src/domain/identity/storage-keys.ts';
import { tagsOf } from '../../../src/domain/identity/yarn-tags.ts';
import { emptyNotes, readNotes, writeNotes } from '../../../src/domain/watch/notes.ts';
import { createFakeFlink, type FakeFlink } from '../../fakes/flink.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import type { FakeYarn } from '../../fakes/yarn.ts';
import { quickWatch } from '../../world/patience.ts';
import { createWorld, type World } from '../../world/world.ts';

const logger = new DefaultLogger('ERROR');
const FLINK_JOB = 'ab'.repeat(16);
const MINUTES = 600_000;

let world: World;
let yarn: FakeYarn;
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  world = await createWorld();
  yarn = world.clusters.get('yarn-a')!;
  stops = [];
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  await world.close();
});

/** Watches with a single round, or with the settings that a test names. @returns its last notes. */
function watch(
  settings: Partial<WatchSettings> = {},
  notes?: unknown,
): { notes: () => unknown; stop: () => Promise<void> } {
  const environment = new MockActivityEnvironment(notes === undefined ? {} : { heartbeatDetails: notes }, { logger });
  let last: unknown = notes;
  environment.on('heartbeat', (details: unknown) => (last = details));
  const dependencies = { ...world.dependencies, watch: { ...quickWatch, everyMs: MINUTES, ...settings } };
  const activities = createActivities(dependencies);
  const ended = environment.run(() => activities.watchCluster({ cluster: 'yarn-a' })).catch(() => undefined);
  const stop = async (): Promise<void> => {
    environment.cancel('WORKER_SHUTDOWN');
    await ended;
  };
  stops.push(stop);
  return { notes: () => last, stop };
}

async function running(job: string, number = 1) {
  const flink = await createFakeFlink();
  stops.push(() => flink.close());
  const flinkJob = flink.addJob({ id: FLINK_JOB });
  flink.completeCheckpoint(FLINK_JOB);
  const id = `application_1700000000000_${String(number).padStart(4, '0')}`;
  yarn.addApplication({ id, tags: tagsOf({ job, flinkJobId: FLINK_JOB, epoch: 1 }), flink });
  return { id, flink, flinkJob };
}

let signsGiven = 0;
const sign = (job: string) => world.s3.put(signKey('yarn-a', job), JSON.stringify({ number: (signsGiven += 1) }));

const kindsToldTo = (job: string): string[] =>
  world.jobs.told.flatMap((told) => (told.job === job ? [told.fact.seen.kind] : []));
const asked = (flink: FakeFlink): number => flink.asked.filter((name) => name === 'jobStatus').length;

const until = (what: string, holds: () => boolean) =>
  vi.waitUntil(holds, { timeout: 40_000, interval: 20 }).catch(() => {
    throw new Error(`waited in vain for ${what}: ${JSON.stringify(world.jobs.told)}`);
  });
const told = (job: string, ...kinds: string[]) =>
  until(`${job} to be told ${kinds.join(', ')}`, () => kindsToldTo(job).join() === kinds.join());
/** Long enough for many lists of the signs. */
const lists = () => sleep(10 * quickWatch.signsEveryMs);

describe('a sign', () => {
  test('of a job that failed has its end told at once, and no other job asked', async () => {
    const clicks = await running('clicks', 1);
    const views = await running('views', 2);
    watch();
    await told('clicks', 'healthy');
    await told('views', 'healthy');
    const before = asked(views.flink);
    clicks.flink.failJob(FLINK_JOB, 'java.io.IOException: disk full\n\tat a.b.C');
    await sign('clicks');
    await told('clicks', 'healthy', 'ended');
    expect(asked(views.flink)).toBe(before);
  });

  test('that comes while a round waits for another JobManager is heeded all the same', async () => {
    const clicks = await running('clicks', 1);
    const views = await running('views', 2);
    const release = views.flink.hold('jobStatus');
    watch({ questionDeadlineMs: MINUTES });
    await until('the questions', () => asked(views.flink) > 0 && asked(clicks.flink) > 0);
    clicks.flinkJob.state = 'FINISHED';
    await sign('clicks');
    await told('clicks', 'ended');
    release();
    await told('views', 'healthy');
    // The round asked before the end, and tells what it heard after it.
    expect(kindsToldTo('clicks')).toEqual(['ended']);
  });

  test('of a job whose JobManager gives no answer makes YARN tell', async () => {
    const { id } = await running('clicks');
    watch();
    await told('clicks', 'healthy');
    await yarn.end(id, { state: 'KILLED', diagnostics: 'killed by user root' });
    await sign('clicks');
    await told('clicks', 'healthy', 'ended');
    expect(world.jobs.told.at(-1)?.fact.seen).toMatchObject({ how: 'killed' });
    await lists();
    expect(kindsToldTo('clicks')).toEqual(['healthy', 'ended']);
  });

  test('ends and starts nothing by itself', async () => {
    const { flink } = await running('clicks');
    watch();
    await told('clicks', 'healthy');
    const before = asked(flink);
    await world.s3.put(signKey('yarn-a', 'clicks'), '{"seen":"ended"}');
    await until('the question', () => asked(flink) > before);
    await sign('a-job-that-nobody-knows');
    await lists();
    expect(world.jobs.told.length).toBe(1);
  });

  test('that does not change is asked about once', async () => {
    const { flink } = await running('clicks');
    watch();
    await told('clicks', 'healthy');
    const before = asked(flink);
    await sign('clicks');
    await until('the question', () => asked(flink) > before);
    await lists();
    expect(asked(flink)).toBe(before + 1);
  });

  test('does not make a job waver whose ResourceManager is silent', async () => {
    const { flink } = await running('clicks');
    watch({ everyMs: 40, sameJobEveryMs: MINUTES });
    await told('clicks', 'healthy');
    yarn.unreachable();
    await told('clicks', 'healthy', 'silent');
    const before = asked(flink);
    await sign('clicks');
    await lists();
    expect([asked(flink), kindsToldTo('clicks')]).toEqual([before, ['healthy', 'silent']]);
    yarn.healthy();
    await told('clicks', 'healthy', 'silent', 'healthy');
  });
});

test('only so many applications are asked about at one time, and each gets its turn', async () => {
  const jobs = await Promise.all(Array.from({ length: 5 }, (_, index) => running(`job-${index}`, index + 1)));
  watch({ newsAtOnce: 2, questionDeadlineMs: MINUTES });
  for (const index of jobs.keys()) await told(`job-${index}`, 'healthy');
  const before = jobs.map(({ flink }) => asked(flink));
  const more = (): number => jobs.filter(({ flink }, index) => asked(flink) > before[index]!).length;
  const releases = jobs.map(({ flink, flinkJob }) => {
    flinkJob.state = 'FINISHED';
    return flink.hold('jobStatus');
  });
  for (const index of jobs.keys()) await sign(`job-${index}`);
  await until('the first questions', () => more() === 2);
  await lists();
  expect(more()).toBe(2);
  for (const release of releases) release();
  for (const index of jobs.keys()) await told(`job-${index}`, 'healthy', 'ended');
});

test('a job that restarts for too long is told when the time comes, without a round or a further sign; so is its recovery', async () => {
  const { flink, flinkJob } = await running('clicks');
  watch();
  await told('clicks', 'healthy');
  flinkJob.state = 'RESTARTING';
  await sign('clicks');
  await told('clicks', 'healthy', 'degraded');
  flink.restartJob(FLINK_JOB);
  await sign('clicks');
  await told('clicks', 'healthy', 'degraded', 'healthy');
});

describe('whoever watches next', () => {
  test('asks at once about the jobs that gave a sign while nobody watched', async () => {
    const jobs = await Promise.all(Array.from({ length: 4 }, (_, index) => running(`job-${index}`, index + 1)));
    for (const index of jobs.keys()) await sign(`job-${index}`);
    for (const index of [0, 1, 2]) world.s3.age(signKey('yarn-a', `job-${index}`), 60_000);
    const before = watch();
    for (const index of jobs.keys()) await told(`job-${index}`, 'healthy');
    await until('the note', () => readNotes(before.notes())?.signsAt !== null);
    await before.stop();
    jobs[3]!.flinkJob.state = 'FINISHED';
    await sign('job-3');
    const others = jobs.slice(1, 3).map(({ flink }) => asked(flink));
    // The one round of this watcher has a single question, which is another job's.
    watch({ questionsPerSecond: 1 / MINUTES }, before.notes());
    await told('job-3', 'healthy', 'ended');
    expect(jobs.slice(1, 3).map(({ flink }) => asked(flink))).toEqual(others);
  });

  test('with notes of an older release asks about all that gave a sign', async () => {
    const { flinkJob } = await running('clicks', 1);
    const { signsAt: _, ...older } = writeNotes(emptyNotes);
    flinkJob.state = 'FINISHED';
    await sign('clicks');
    watch({ questionsPerSecond: 1 / MINUTES }, older);
    await told('clicks', 'ended');
  });
});

test('while S3 does not list the signs the rounds go on, and the notes say so until it does', async () => {
  const { flinkJob } = await running('clicks');
  const watcher = watch({ everyMs: 40 });
  await told('clicks', 'healthy');
  world.s3.unavailable();
  const complaints = () => readNotes(watcher.notes())?.complaints.join() ?? '';
  await until('the complaint', () => complaints().includes('the signs of life on cluster yarn-a cannot be read: S3'));
  flinkJob.state = 'FINISHED';
  await told('clicks', 'healthy', 'ended');
  world.s3.unavailable(false);
  await until('its end', () => complaints() === '');
});

test('signs of jobs that left are deleted once they are old, and no others', async () => {
  await running('clicks');
  for (const job of ['clicks', 'believes', 'left', 'left-lately']) await sign(job);
  const started = { cluster: 'yarn-a', epoch: 1, applicationId: 'application_1700000000000_0099' };
  world.jobs.believes.set('believes', { state: 'running', runSince: 0, started });
  for (const job of ['clicks', 'believes', 'left']) world.s3.age(signKey('yarn-a', job), 2 * MINUTES);
  watch({ everyMs: 40, sweepEveryMs: 100 });
  await until('the deletion', () => !world.keys('signs/').includes(signKey('yarn-a', 'left')));
  await lists();
  expect(world.keys('signs/')).toEqual(['believes', 'clicks', 'left-lately'].map((job) => signKey('yarn-a', job)));
});

describe('what the signs say of the cluster as a whole', () => {
  const s3 = createFakeS3();
  const put = (job: string) => s3.put(signKey('yarn-a', job), String((signsGiven += 1)));
  const at = (second: number): number => Date.UTC(2026, 10, 30, 10, 0, second);
  const read = async (signs: Signs, second: number): Promise<string[]> => {
    vi.setSystemTime(at(second));
    const changed: string[] = [];
    await signs.read((job) => void changed.push(job));
    return changed;
  };
  beforeEach(() => {
    s3.objects.clear();
    vi.useFakeTimers({ toFake: ['Date'], now: at(0) });
    vi.spyOn(performance, 'now').mockImplementation(() => Date.now());
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test('a sign of before counts for nothing, a change from when it was seen, and a pause begins the reading anew', async () => {
    await put('clicks');
    const signs = new Signs(s3, 'yarn-a', { signsAt: null });
    expect(signs.ofLife()).toEqual({ signAt: null, readingSince: null });
    expect(await read(signs, 10)).toEqual(['clicks']);
    expect(signs.ofLife()).toEqual({ signAt: null, readingSince: at(10) });
    await put('clicks');
    expect(await read(signs, 11)).toEqual(['clicks']);
    expect(await read(signs, 12)).toEqual([]);
    expect(signs.ofLife()).toEqual({ signAt: at(11), readingSince: at(10) });
    s3.unavailable();
    await expect(read(signs, 14)).rejects.toMatchObject({ code: 'StorageUnavailable' });
    expect(signs.ofLife()).toEqual({ signAt: at(11), readingSince: at(10) });
    vi.setSystemTime(at(30));
    expect(signs.ofLife()).toEqual({ signAt: at(11), readingSince: null });
    s3.healthy();
    expect(await read(signs, 60)).toEqual([]);
    expect(signs.ofLife()).toEqual({ signAt: at(11), readingSince: at(60) });
  });

  test('of another cluster nothing is read, and a deleted sign is no sign', async () => {
    const signs = new Signs(s3, 'yarn-a', { signsAt: null });
    await read(signs, 1);
    await s3.put(signKey('yarn-b', 'clicks'), 'x');
    await put('views');
    expect(await read(signs, 2)).toEqual(['views']);
    await s3.remove(signKey('yarn-a', 'views'));
    expect(await read(signs, 3)).toEqual([]);
    expect(signs.ofLife().signAt).toBe(at(2));
  });

  test('the next watcher counts what is newer than all that an earlier one has read', async () => {
    await put('clicks');
    vi.setSystemTime(at(5));
    await put('views');
    const same = new Signs(s3, 'yarn-a', { signsAt: at(5) });
    expect(await read(same, 6)).toEqual(['views']);
    expect(same.ofLife().signAt).toBeNull();
    const later = new Signs(s3, 'yarn-a', { signsAt: at(0) });
    expect(await read(later, 7)).toEqual(['clicks', 'views']);
    expect(later.ofLife().signAt).toBe(at(7));
    expect(later.newestAt).toBe(at(5));
  });
});
