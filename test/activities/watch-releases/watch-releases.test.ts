/**
 * The watch of the releases in a world of fakes: which jobs are asked, when, and what happens while something is away.
 *
 * Seen to fail: with notes that nobody reads, the next watcher asks every job again; with the claim left out, it asks until
 * the end of time; with the cordon not asked for, it asks the job; with a round that does not end, a new release is not seen while a thousand jobs do not answer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createActivities } from '../../../src/activities/index.ts';
import type { Dependencies } from '../../../src/activities/dependencies/dependencies.ts';
import type { ReleaseWatchSettings } from '../../../src/activities/dependencies/release-watch-settings.ts';
import type { SeenJob } from '../../../src/domain/auto-deploy/auto-deploy.ts';
import { withCordon, withoutCordon } from '../../../src/domain/cluster/cordon.ts';
import { changeCluster } from '../../../src/records/clusters/cordons.ts';
import { autoDeployIdOf } from '../../../src/domain/identity/ids.ts';
import { newMemory, viewOf } from '../../../src/domain/job/job-memory.ts';
import { readReleaseNotes } from '../../../src/domain/auto-deploy/watch-notes.ts';
import { claimKey, fenceKey, releaseKey } from '../../../src/domain/identity/storage-keys.ts';
import { emptyFence } from '../../../src/domain/lock/fence.ts';
import { deployment } from '../../support/deployment.ts';
import { quickReleaseWatch } from '../../world/patience.ts';
import { createWorld, type World } from '../../world/world.ts';

const logger = new DefaultLogger('ERROR');
const AUTO = { autoDeploy: '{enabled: true}' };
const LONG_AGO = '2020-01-01T00:00:00.000Z';

let world: World;
let watchers: Watcher[];

beforeEach(async () => {
  world = await createWorld();
  watchers = [];
  // As a job does that takes what it is asked for: its claim appears in S3.
  world.releasedJobs.afterDeploy = (job) => claim(job, world.releasedJobs.asked.at(-1)?.request.release ?? '');
});
afterEach(async () => {
  for (const watcher of watchers) await watcher.stop();
  await world.close();
});

interface Watcher {
  /** The notes of the last heartbeat. */
  notes(): unknown;
  /** As a worker that shuts down. */
  stop(): Promise<void>;
}

function watch(settings: Partial<ReleaseWatchSettings> = {}, notes?: unknown): Watcher {
  const environment = new MockActivityEnvironment(notes === undefined ? {} : { heartbeatDetails: notes }, { logger });
  let last: unknown = notes;
  environment.on('heartbeat', (details: unknown) => (last = details));
  const dependencies = { ...world.dependencies, releaseWatch: { ...quickReleaseWatch, ...settings } };
  const ended = environment
    .run(() => createActivities(dependencies).watchReleases({ bucket: 'sluice' }))
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

function claim(job: string, release: string, kind = 'deploy'): void {
  const id = autoDeployIdOf(release);
  const asker = { kind, fingerprint: '', actor: 'ann', claimedAt: LONG_AGO };
  const holder = { installation: 'test', runId: 'run' };
  void world.s3.put(claimKey(job, id), JSON.stringify({ version: 1, job, id, ...asker, holder, ended: null }));
}

function runs(job: string, change: Partial<SeenJob['view']> = {}): void {
  const current = { ...deployment, job, release: 'clicks/0.1.0', operationId: 'first', startedAt: LONG_AGO };
  const view = viewOf({ ...newMemory(job, LONG_AGO), state: 'running', current }, null, []);
  world.releasedJobs.open.set(job, { operations: [], view: { ...view, ...change } });
}

const asked = (): string[] => world.releasedJobs.asked.map(({ job, request }) => `${job}: ${request.release}`);
const seen = (): readonly string[] => world.releasedJobs.seen;

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_600; turn += 1) {
    if (holds()) return;
    await sleep(25);
  }
  throw new Error(`waited in vain for ${what}`);
}

/** Until the catalogue was listed so many times more: what was to happen at once has happened then. */
async function looks(count: number): Promise<void> {
  let listed = 0;
  const list = world.s3.list.bind(world.s3);
  world.s3.list = (...how) => {
    listed += 1;
    return list(...how);
  };
  await until(`${count} looks`, () => listed >= count);
  world.s3.list = list;
}

const decidedBy = (watcher: Watcher): Readonly<Record<string, string>> =>
  readReleaseNotes(watcher.notes())?.decided ?? {};

test('a new release is deployed once, by a job that runs and by one that was never deployed', async () => {
  runs('a-dev');
  const watcher = watch();
  await looks(2);
  world.publish('clicks/1.0.0', ['a-dev', 'b-dev'], AUTO);
  await until('both', () => Object.keys(decidedBy(watcher)).length === 2);
  expect(asked().sort()).toEqual(['a-dev: clicks/1.0.0', 'b-dev: clicks/1.0.0']);
  expect(world.releasedJobs.asked.find(({ job }) => job === 'a-dev')?.request).toMatchObject({
    id: 'auto-clicks_1.0.0',
    actor: 'clicks/1.0.0',
    onlyIf: { state: 'running', after: null },
  });
  await looks(10);
  expect(asked()).toHaveLength(2);
});

test('of many releases only the newest counts, and nobody else is asked anything', async () => {
  for (let minor = 0; minor < 300; minor += 1)
    world.publish(`clicks/1.${String(minor).padStart(3, '0')}.0`, ['a-dev'], AUTO);
  world.publish('other/1.0.0', ['b-dev']);
  world.publish('older/1.0.0', ['c-dev'], AUTO);
  world.publish('older/1.1.0', ['c-dev']);
  watch();
  await until('the deploy', () => asked().length > 0);
  await looks(10);
  expect(asked()).toEqual(['a-dev: clicks/1.299.0']);
  expect(new Set(seen())).toEqual(new Set(['a-dev']));
});

test('a release that is left alone is left to the notifier, once for each release, where people are notified at all', async () => {
  const refusals = () => world.keys('notifications/test/refused/').map((key) => world.json(key));
  const hotfix = { actor: 'ann', at: LONG_AGO, reason: 'the sale' } as unknown as NonNullable<
    SeenJob['view']['hotfix']
  >;
  runs('a-dev', { hotfix });
  runs('b-dev', { state: 'stopped' });
  world.publish('clicks/1.0.0', ['a-dev', 'b-dev'], AUTO);
  const silent = watch();
  await until('both decisions', () => Object.keys(decidedBy(silent)).length === 2);
  expect(refusals()).toEqual([]);
  await silent.stop();
  // The watch asks no channel, so that any notifier will do.
  const notifier = {} as Dependencies['notifier'];
  world = { ...world, dependencies: { ...world.dependencies, notifier } };
  const told = watch();
  await until('both decisions', () => Object.keys(decidedBy(told)).length === 2);
  // Stopped stays stopped, as whoever stopped it knows.
  expect(refusals()).toMatchObject([
    { job: 'a-dev', release: 'clicks/1.0.0', detail: expect.stringContaining('has a hotfix of ann') as string },
  ]);
  await told.stop();
  world.publish('clicks/1.1.0', ['a-dev'], AUTO);
  const later = watch({}, told.notes());
  await until('the next refusal', () => refusals().length === 2);
  await later.stop();
});

test('a release whose id another operation has taken is left to people, and the job is asked for nothing', async () => {
  runs('a-dev');
  claim('a-dev', 'clicks/1.0.0', 'savepoint');
  world.publish('clicks/1.0.0', ['a-dev'], AUTO);
  const notifier = {} as Dependencies['notifier'];
  world = { ...world, dependencies: { ...world.dependencies, notifier } };
  const watcher = watch();
  await until('the decision', () => Object.keys(decidedBy(watcher)).length === 1);
  expect(asked()).toEqual([]);
  expect(world.keys('notifications/test/refused/').map((key) => world.json(key))).toMatchObject([
    { detail: 'operation auto-clicks_1.0.0 of a-dev is a savepoint; deploy clicks/1.0.0 by hand' },
  ]);
  await watcher.stop();
});

test('a job is not asked while nothing is new, also not by whoever watches next', async () => {
  runs('a-dev', { state: 'stopped' });
  world.publish('clicks/1.0.0', ['a-dev', 'b-dev'], AUTO);
  const first = watch();
  await until('both decisions', () => Object.keys(decidedBy(first)).length === 2);
  await first.stop();
  const before = seen().length;
  const next = watch({}, first.notes());
  await looks(10);
  expect(seen()).toHaveLength(before);
  expect(decidedBy(next)).toEqual({ 'a-dev/clicks': 'clicks/1.0.0', 'b-dev/clicks': 'clicks/1.0.0' });
  expect(asked()).toEqual(['b-dev: clicks/1.0.0']);
  await next.stop();
  // Without notes all is asked anew, and decided as before.
  const last = watch();
  await until('both decisions again', () => Object.keys(decidedBy(last)).length === 2);
  expect(asked()).toHaveLength(1);
});

test('a worker that dies between the signal and its note asks under the same id', async () => {
  world.releasedJobs.afterDeploy = null;
  world.publish('clicks/1.0.0', ['a-dev'], AUTO);
  const first = watch({ askAgainMs: 60_000 });
  await until('the signal', () => asked().length === 1);
  await first.stop();
  expect(decidedBy(first)).toEqual({});
  watch({ askAgainMs: 60_000 }, first.notes());
  await until('the signal again', () => asked().length === 2);
  expect(new Set(world.releasedJobs.asked.map(({ request }) => request.id))).toEqual(new Set(['auto-clicks_1.0.0']));
});

test('a release that waits is deployed when the job is free', async () => {
  const held = { id: 'stop', kind: 'savepoint', actor: 'ops' } as SeenJob['view']['operation']; // what is read of it
  runs('a-dev', { operation: held });
  world.publish('clicks/1.0.0', ['a-dev'], AUTO);
  watch();
  await until('a question', () => seen().length > 1);
  expect(asked()).toEqual([]);
  runs('a-dev');
  await until('the deploy', () => asked().length === 1);
});

test('a release waits while the cluster of its job is cordoned', async () => {
  const cordon = { at: LONG_AGO, by: 'oncall', reason: 'new disks' };
  await changeCluster(world.s3, deployment.cluster, (record) => withCordon(record, cordon));
  runs('a-dev');
  world.publish('clicks/1.0.0', ['a-dev'], AUTO);
  watch();
  await until('a question', () => seen().length > 1);
  expect(asked()).toEqual([]);
  await changeCluster(world.s3, deployment.cluster, withoutCordon);
  await until('the deploy', () => asked().length === 1);
});

test('a release outside its windows waits without a question, and is deployed when one opens', async () => {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-03-04T12:59:59Z'));
  try {
    world.publish('clicks/1.0.0', ['a-dev'], { autoDeploy: '{enabled: true, windows: ["Wed 13:00-14:00"]}' });
    const watcher = watch();
    await looks(10);
    expect(seen()).toEqual([]);
    expect(decidedBy(watcher)).toEqual({});
    clock.mockReturnValue(Date.parse('2026-03-04T13:00:00Z'));
    await until('the deploy', () => asked().length === 1);
  } finally {
    clock.mockRestore();
  }
});

test('a job whose workflow was lost is left until it is recovered', async () => {
  await world.s3.put(fenceKey('a-dev'), JSON.stringify(emptyFence('a-dev')));
  world.publish('clicks/1.0.0', ['a-dev'], AUTO);
  watch();
  await until('several questions', () => seen().length > 2);
  expect(asked()).toEqual([]);
  runs('a-dev');
  await until('the deploy', () => asked().length === 1);
});

/** Seen to fail: with candidates by job alone, `evil/1` is the newest release of every job, and is deployed by each. */
test('a release of another project takes over no job, and hinders no release of the owner', async () => {
  const ownership = { project: 'clicks', team: 'ads', environment: 'prod' };
  await world.s3.put(fenceKey('closed-dev'), JSON.stringify({ ...emptyFence('closed-dev'), ownership }));
  runs('a-dev');
  runs('stopped-dev', { state: 'stopped' });
  world.publish('clicks/1.0.0', ['a-dev', 'new-dev'], AUTO);
  world.publish('evil/1', ['a-dev', 'stopped-dev', 'closed-dev', 'new-dev'], AUTO);
  const watcher = watch();
  await until('every decision', () => Object.keys(decidedBy(watcher)).length === 6);
  await looks(5);
  expect(asked()).toEqual(['a-dev: clicks/1.0.0']);
});

test.each<[string, (on: boolean) => void]>([
  ['S3', (on) => world.s3.unavailable(on)],
  ['Temporal', (on) => world.releasedJobs.down(on)],
])('what is published while %s is away is deployed when it is back', async (_what, away) => {
  const watcher = watch();
  await looks(2);
  away(true);
  world.publish('clicks/1.0.0', ['a-dev'], AUTO);
  await looks(3);
  expect(asked()).toEqual([]);
  away(false);
  await until('the deploy', () => asked().length === 1);
  await until('the decision', () => decidedBy(watcher)['a-dev/clicks'] === 'clicks/1.0.0');
});

test('what others published wrongly is nobody’s hindrance', async () => {
  await world.s3.put(releaseKey('broken', '1.0.0'), '{"nonsense": true}');
  world.publish('clicks/1.0.0', ['UPPER_CASE', 'a-dev'], AUTO);
  world.publish('clicks/1.0.1', ['b-dev'], AUTO);
  await world.s3.put('releases/clicks/1.0.1/b-dev.yaml', 'autoDeploy: {enabled: true}');
  watch();
  await until('the deploy', () => asked().length > 0);
  await looks(5);
  expect(asked()).toEqual(['a-dev: clicks/1.0.0']);
  expect(new Set(seen())).toEqual(new Set(['a-dev']));
});

test('a new release is seen while many jobs do not answer', async () => {
  const silent = Array.from({ length: 200 }, (_, index) => `silent-${String(index)}`);
  world.publish('clicks/1.0.0', silent, AUTO);
  const see = world.releasedJobs.see.bind(world.releasedJobs);
  world.releasedJobs.see = async (job) => {
    if (job.startsWith('silent')) await sleep(100);
    return see(job);
  };
  watch({ askAgainAtMostMs: 60_000 });
  await until('the first questions', () => seen().length > 0);
  world.publish('other/1.0.0', ['a-dev'], AUTO);
  await until('the deploy', () => asked().includes('a-dev: other/1.0.0'));
  expect(asked().length).toBeLessThan(silent.length);
});
