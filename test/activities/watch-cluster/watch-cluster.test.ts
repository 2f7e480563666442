/**
 * The watcher of a cluster in a world of fakes: what it tells which job, and what it keeps to itself.
 *
 * Seen to fail: with a 404 taken for the end, a ResourceManager that forgot ends the job; with silence told at once, a
 * blink does; with each job told that its cluster is gone, one that may give no signs is moved; with nothing struck out of the notes before it is told, a worker that dies there keeps the news to itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createActivities } from '../../../src/activities/index.ts';
import type { WatchSettings } from '../../../src/activities/dependencies/watch-settings.ts';
import type { Fact } from '../../../src/domain/watch/facts.ts';
import { signKey } from '../../../src/domain/identity/storage-keys.ts';
import { tagsOf } from '../../../src/domain/identity/yarn-tags.ts';
import { readNotes } from '../../../src/domain/watch/notes.ts';
import { createFakeFlink, type FakeFlink } from '../../fakes/flink.ts';
import type { FakeYarn } from '../../fakes/yarn.ts';
import { quickWatch } from '../../world/patience.ts';
import { createWorld, type World } from '../../world/world.ts';

const logger = new DefaultLogger('ERROR');
const FLINK_JOB = 'ab'.repeat(16);

let world: World;
let yarn: FakeYarn;
let watchers: Watcher[];
let jobManagers: FakeFlink[];

beforeEach(async () => {
  world = await createWorld();
  yarn = world.clusters.get('yarn-a')!;
  watchers = [];
  jobManagers = [];
});
afterEach(async () => {
  for (const watcher of watchers) await watcher.stop();
  await Promise.all(jobManagers.map((flink) => flink.close()));
  await world.close();
});

interface Watcher {
  /** The notes of the last heartbeat. */
  notes(): unknown;
  /** As a worker that shuts down. */
  stop(): Promise<void>;
}

function watch(settings: Partial<WatchSettings> = {}, notes?: unknown): Watcher {
  const environment = new MockActivityEnvironment(notes === undefined ? {} : { heartbeatDetails: notes }, { logger });
  let last: unknown = notes;
  environment.on('heartbeat', (details: unknown) => (last = details));
  const dependencies = { ...world.dependencies, watch: { ...quickWatch, ...settings } };
  const activities = createActivities(dependencies);
  const ended = environment
    .run(() => activities.watchCluster({ cluster: 'yarn-a' }))
    .then(
      () => undefined,
      () => undefined,
    );
  const watcher = {
    notes: () => last,
    async stop() {
      environment.cancel('WORKER_SHUTDOWN');
      await ended;
    },
  };
  watchers.push(watcher);
  return watcher;
}

/** An application of a job that runs, as if Sluice had started it. */
async function running(job: string, { number = 1, epoch = 1 } = {}) {
  const flink = await createFakeFlink();
  jobManagers.push(flink);
  const flinkJob = flink.addJob({ id: FLINK_JOB });
  flink.completeCheckpoint(FLINK_JOB);
  const id = `application_1700000000000_${String(number).padStart(4, '0')}`;
  yarn.addApplication({ id, tags: tagsOf({ job, flinkJobId: FLINK_JOB, epoch }), flink });
  return { id, flink, flinkJob };
}

const believes = (job: string, applicationId: string, state: 'running' | 'unreachable' = 'running') =>
  world.jobs.believes.set(job, { state, runSince: 0, started: { cluster: 'yarn-a', epoch: 1, applicationId } });

const toldTo = (job: string): Fact[] => world.jobs.told.flatMap((told) => (told.job === job ? [told.fact] : []));
const kindsToldTo = (job: string): string[] => toldTo(job).map(({ seen }) => seen.kind);

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_600; turn += 1) {
    if (holds()) return;
    await sleep(25);
  }
  throw new Error(`waited in vain for ${what}: ${JSON.stringify(world.jobs.told)}`);
}

/** Until the job was told `kinds`, in this order and nothing else. */
const told = (job: string, ...kinds: string[]) =>
  until(`${job} to be told ${kinds.join(', ')}`, () => kindsToldTo(job).join() === kinds.join());

/** Long enough for many rounds. */
const rounds = () => sleep(10 * quickWatch.everyMs);

describe('a job that runs', () => {
  test('is told once that it is healthy, with epoch and application, however long it is watched', async () => {
    const { id } = await running('clicks', { epoch: 7 });
    watch();
    await told('clicks', 'healthy');
    await rounds();
    expect(toldTo('clicks')).toMatchObject([{ epoch: 7, applicationId: id, seen: { kind: 'healthy' } }]);
  });

  test('and restarts for long is degraded, and healthy again once it has settled', async () => {
    const { flink, flinkJob } = await running('clicks');
    watch();
    await told('clicks', 'healthy');
    flinkJob.state = 'RESTARTING';
    await told('clicks', 'healthy', 'degraded');
    expect(toldTo('clicks')[1]?.seen).toMatchObject({ reasons: [expect.stringContaining('is RESTARTING')] });
    flink.restartJob(FLINK_JOB);
    await told('clicks', 'healthy', 'degraded', 'healthy');
  });

  test('and completes no checkpoints is degraded until it does', async () => {
    const { flink, flinkJob } = await running('clicks');
    flinkJob.checkpointing = { ...flinkJob.checkpointing!, intervalMs: 200, timeoutMs: 200 };
    watch();
    await until('the news', () => kindsToldTo('clicks').includes('degraded'));
    await until('the recovery', () => {
      // A checkpoint is too old again after 0.4 s, which may pass between two looks of a busy watcher.
      flink.completeCheckpoint(FLINK_JOB);
      return kindsToldTo('clicks').at(-1) === 'healthy';
    });
    expect(toldTo('clicks').find(({ seen }) => seen.kind === 'degraded')?.seen).toMatchObject({
      reasons: [expect.stringContaining('no checkpoint has completed since')],
    });
  });

  test('and whose JobManager gives no answer is degraded at most, never ended', async () => {
    const { flink } = await running('clicks');
    watch();
    await told('clicks', 'healthy');
    flink.unreachable();
    await told('clicks', 'healthy', 'degraded');
    flink.healthy();
    await told('clicks', 'healthy', 'degraded', 'healthy');
  });

  test('has its end seen although its application lives on: FAILED with the cause, or FINISHED', async () => {
    const failing = await running('clicks', { number: 1 });
    const bounded = await running('views', { number: 2 });
    watch();
    await told('clicks', 'healthy');
    failing.flink.failJob(FLINK_JOB, 'java.io.IOException: disk full\n\tat a.b.C');
    bounded.flinkJob.state = 'FINISHED';
    await told('clicks', 'healthy', 'ended');
    await told('views', 'healthy', 'ended');
    await rounds();
    expect(toldTo('clicks').slice(1)).toMatchObject([
      { seen: { how: 'failed', detail: expect.stringContaining('disk full') as string } },
    ]);
    expect(toldTo('views').slice(1)).toMatchObject([{ seen: { how: 'finished' } }]);
  });

  test('and is killed from outside is told who said so', async () => {
    const { id } = await running('clicks');
    watch();
    await told('clicks', 'healthy');
    await yarn.end(id, { state: 'KILLED', diagnostics: 'killed by user root' });
    await told('clicks', 'healthy', 'ended');
    await rounds();
    expect(toldTo('clicks').slice(1)).toMatchObject([
      { applicationId: id, seen: { how: 'killed', detail: expect.stringContaining('killed by user root') as string } },
    ]);
  });

  test('with another application beside it: each fact names the one that it is about', async () => {
    const old = await running('clicks', { number: 1, epoch: 1 });
    const next = await running('clicks', { number: 2, epoch: 2 });
    watch();
    await told('clicks', 'healthy', 'healthy');
    await yarn.end(old.id, { state: 'KILLED' });
    await told('clicks', 'healthy', 'healthy', 'ended');
    expect(toldTo('clicks')[2]).toMatchObject({ epoch: 1, applicationId: old.id });
    expect(toldTo('clicks').map(({ applicationId }) => applicationId)).toContain(next.id);
  });
});

describe('unreachable is not dead', () => {
  test('a cluster that is silent for a moment is nobody’s business', async () => {
    await running('clicks');
    watch({ silentAfterMs: 600_000 });
    await told('clicks', 'healthy');
    yarn.unreachable();
    await rounds();
    yarn.healthy();
    await rounds();
    expect(kindsToldTo('clicks')).toEqual(['healthy']);
  });

  test('a cluster that is silent for long is told once to each job, and its return too', async () => {
    await running('clicks', { number: 1 });
    await running('views', { number: 2 });
    watch();
    await told('clicks', 'healthy');
    await told('views', 'healthy');
    yarn.unreachable();
    await told('clicks', 'healthy', 'silent');
    await told('views', 'healthy', 'silent');
    await rounds();
    expect(kindsToldTo('clicks')).toEqual(['healthy', 'silent']);
    yarn.healthy();
    await told('clicks', 'healthy', 'silent', 'healthy');
    await told('views', 'healthy', 'silent', 'healthy');
  });

  test.each([
    ['a login page', () => yarn.answerHtml()],
    ['truncated JSON', () => yarn.truncateJson()],
    ['a standby without an active one', () => yarn.standby(null)],
  ])('%s instead of a ResourceManager is silence', async (_what, spoil) => {
    await running('clicks');
    watch();
    await told('clicks', 'healthy');
    spoil();
    await told('clicks', 'healthy', 'silent');
  });

  test('a job that ended while its cluster was silent is found ended when it answers again', async () => {
    const { id } = await running('clicks');
    watch();
    await told('clicks', 'healthy');
    yarn.unreachable();
    await told('clicks', 'healthy', 'silent');
    await yarn.end(id, { state: 'FAILED', diagnostics: 'exited with 1' });
    yarn.healthy();
    await told('clicks', 'healthy', 'silent', 'ended');
  });

  test('a ResourceManager that has forgotten its applications ends no job: nothing is known of it any more', async () => {
    const { id } = await running('clicks');
    watch();
    await told('clicks', 'healthy');
    const application = yarn.applications.get(id)!;
    yarn.forgetApplications();
    await told('clicks', 'healthy', 'silent');
    await rounds();
    expect(toldTo('clicks').slice(1)).toMatchObject([
      { seen: { kind: 'silent', detail: expect.stringContaining('does not know') as string } },
    ]);
    yarn.applications.set(id, application);
    await told('clicks', 'healthy', 'silent', 'healthy');
  });
});

describe('a cluster that is gone', () => {
  const gone = { goneAfterMs: 1 };
  const sign = (job: string, what: string) => world.s3.put(signKey('yarn-a', job), what);

  test('is told to jobs that gave signs there before; the silence of others says nothing', async () => {
    await running('clicks');
    await running('views', { number: 2 });
    await sign('clicks', 'alive');
    watch(gone);
    await told('clicks', 'healthy');
    await told('views', 'healthy');
    yarn.unreachable();
    await told('clicks', 'healthy', 'gone');
    expect(kindsToldTo('views')).toEqual(['healthy', 'silent']);
  });

  test('stays gone for whoever watches next, until a sign comes', async () => {
    const { id } = await running('clicks');
    await sign('clicks', 'alive');
    const first = watch(gone);
    await told('clicks', 'healthy');
    yarn.unreachable();
    await told('clicks', 'healthy', 'gone');
    await first.stop();
    believes('clicks', id, 'unreachable');
    believes('late', 'application_1700000000000_0009');
    watch({ goneAfterMs: 600_000 }, first.notes());
    await told('late', 'silent');
    expect(kindsToldTo('clicks')).toEqual(['healthy', 'gone']);
    await sign('clicks', 'alive after all');
    await told('clicks', 'healthy', 'gone', 'silent');
  });
});

describe('whoever watches next', () => {
  test('goes on from the notes: nothing is told twice, and what changed meanwhile is told', async () => {
    const gone = await running('clicks', { number: 1 });
    await running('views', { number: 2 });
    const before = watch();
    await told('clicks', 'healthy');
    await told('views', 'healthy');
    await before.stop();
    await yarn.end(gone.id, { state: 'KILLED' });
    watch({}, before.notes());
    await told('clicks', 'healthy', 'ended');
    await rounds();
    expect(kindsToldTo('views')).toEqual(['healthy']);
  });

  test('without any notes tells the present state again', async () => {
    await running('clicks');
    await watch().stop();
    world.jobs.told.length = 0;
    watch();
    await told('clicks', 'healthy');
  });

  test('does not call healthy what was degraded a moment ago, and does when it has settled', async () => {
    const { flinkJob } = await running('clicks');
    const before = watch();
    await told('clicks', 'healthy');
    flinkJob.state = 'RESTARTING';
    await told('clicks', 'healthy', 'degraded');
    await before.stop();
    flinkJob.state = 'RUNNING';
    watch({}, before.notes());
    await told('clicks', 'healthy', 'degraded', 'healthy');
    expect(readNotes(watchers.at(-1)!.notes())).not.toBeNull();
  });

  test('finds in the notes nothing of what a dying worker was about to tell, and tells it', async () => {
    const { id, flinkJob } = await running('clicks');
    const before = watch();
    await told('clicks', 'healthy');
    let dying: unknown;
    world.jobs.beforeTelling = () => (dying = world.jobs.written.at(-1));
    flinkJob.state = 'RESTARTING';
    await told('clicks', 'healthy', 'degraded');
    await before.stop();
    expect(readNotes(dying)?.applications.has(id)).toBe(false);
    flinkJob.state = 'RUNNING';
    watch({}, dying);
    await told('clicks', 'healthy', 'degraded', 'healthy');
  });

  test('asks jobs that believe to run here and do not, once each: one that ended while nobody watched is told', async () => {
    const { id } = await running('clicks', { number: 1 });
    await running('views', { number: 2 });
    await yarn.end(id, { state: 'FAILED', diagnostics: 'exited with 1' });
    believes('clicks', id);
    believes('views', 'application_1700000000000_0002');
    watch();
    await told('clicks', 'ended');
    await told('views', 'healthy');
    await rounds();
    expect(toldTo('clicks')).toMatchObject([{ epoch: 1, applicationId: id, seen: { how: 'failed' } }]);
    expect(world.jobs.queried).toEqual(['clicks']);
  });

  test('ends after the question of its sweep that is under way, and asks no further job', async () => {
    const jobs = Array.from({ length: 30 }, (_nothing, index) => `job-${String(index)}`);
    for (const job of jobs) believes(job, 'application_1700000000000_0001');
    const release = world.jobs.hold();
    const watcher = watch();
    await until('the first questions', () => world.jobs.queried.length > 0);
    const asked = world.jobs.queried.length;
    let hasEnded = false;
    const ended = watcher.stop().then(() => (hasEnded = true));
    await rounds();
    expect(hasEnded).toBe(false);
    release();
    await ended;
    expect(world.jobs.queried).toHaveLength(asked);
  });

  test('during silence knows from the jobs themselves whom to tell', async () => {
    const { id } = await running('clicks');
    believes('clicks', id);
    yarn.unreachable();
    watch();
    await told('clicks', 'silent');
    yarn.healthy();
    await told('clicks', 'silent', 'healthy');
  });
});

describe('a job that did not listen', () => {
  test('because of an operation is told again after it, when its workflow has a new run', async () => {
    const { id } = await running('clicks');
    believes('clicks', id);
    watch({ sweepEveryMs: 200 });
    await told('clicks', 'healthy');
    await rounds();
    expect(kindsToldTo('clicks')).toEqual(['healthy']);
    world.jobs.believes.set('clicks', { ...world.jobs.believes.get('clicks')!, runSince: Date.now() });
    await until('the repetition', () => kindsToldTo('clicks').length > 1);
    expect(kindsToldTo('clicks')[1]).toBe('healthy');
  });

  test('and believes itself unreachable although the cluster answers is told again', async () => {
    const { id } = await running('clicks');
    watch({ sweepEveryMs: 200 });
    await told('clicks', 'healthy');
    believes('clicks', id, 'unreachable');
    await until('the repetition', () => kindsToldTo('clicks').length > 1);
  });

  test('and believes that it runs although its Flink job has ended is told again', async () => {
    const { id, flinkJob } = await running('clicks');
    believes('clicks', id);
    flinkJob.state = 'FINISHED';
    watch({ sweepEveryMs: 200 });
    await until('the repetition', () => kindsToldTo('clicks').length > 1);
    expect(new Set(kindsToldTo('clicks'))).toEqual(new Set(['ended']));
  });

  test('because Temporal was away is told when it is back', async () => {
    const { flinkJob } = await running('clicks');
    watch();
    await told('clicks', 'healthy');
    world.jobs.down();
    flinkJob.state = 'FINISHED';
    await rounds();
    expect(kindsToldTo('clicks')).toEqual(['healthy']);
    world.jobs.down(false);
    await told('clicks', 'healthy', 'ended');
  });
});

test('questions to JobManagers are bounded for the whole cluster, and go round', async () => {
  const jobs = await Promise.all(
    Array.from({ length: 6 }, (_, index) => running(`job-${index}`, { number: index + 1 })),
  );
  const watcher = watch({ everyMs: 50, questionsPerSecond: 40, checkpointsEveryMs: 600_000 });
  for (const index of jobs.keys()) await told(`job-${index}`, 'healthy');
  const asked = () => jobs.map(({ flink }) => flink.asked.filter((name) => name === 'jobStatus').length);
  const listed = () => yarn.asked.filter((name) => name === 'applications').length;
  const before = { asked: asked(), rounds: listed() };
  await until('some rounds', () => listed() >= before.rounds + 9);
  await watcher.stop();
  const more = asked().map((count, index) => count - before.asked[index]!);
  const perRound = (40 * 50) / 1_000;
  expect(more.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(perRound * (listed() - before.rounds + 1));
  expect(Math.max(...more) - Math.min(...more)).toBeLessThanOrEqual(1);
});

test('notes tell since when every answering job was seen, and who does not answer', async () => {
  await running('clicks', { number: 1 });
  const silent = await running('views', { number: 2 });
  const watcher = watch();
  await told('clicks', 'healthy');
  await told('views', 'healthy');
  silent.flink.unreachable();
  const answers = () => readNotes(watcher.notes())?.applications.get(silent.id)?.answers;
  await until('the doubt', () => answers() === false);
  const notes = readNotes(watcher.notes());
  expect(notes?.seenAt).toBeLessThanOrEqual(Date.now());
  expect(notes?.applications.get('application_1700000000000_0001')).toMatchObject({ mark: 'h', answers: true });
});
