/**
 * The index of all jobs against a visibility that is late, loses rows and tells them in any order.
 *
 * Seen to fail: with an overlap of five seconds the late row; with ends that are forgotten, the terminated workflow came back;
 * without the question whether a run is open, the comparison took out the job whose run had continued.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ReleaseCatalogue } from '../../../../src/releases/catalogue.ts';
import { Details } from '../../../../src/temporal/jobs/job-details.ts';
import { DeclaredFiles } from '../../../../src/releases/declared.ts';
import { Items } from '../../../../src/api/jobs/index/items.ts';
import { JobIndex } from '../../../../src/api/jobs/index/job-index.ts';
import { NewestReleases } from '../../../../src/api/jobs/index/newest-releases.ts';
import { deployment } from '../../../support/deployment.ts';
import { createFakeS3 } from '../../../fakes/s3.ts';
import { FakeGateway } from '../../fake-gateway.ts';

let gateway: FakeGateway;
let elapsed: number;
const began = Date.now();

beforeEach(() => {
  gateway = new FakeGateway();
  elapsed = 0;
  gateway.visibility.now = () => began + elapsed;
  gateway.visibility.hasDigests = true;
});

/** An index whose clock is the test's; its rounds are the test's too. */
function newIndex(): JobIndex {
  const clock = () => elapsed;
  const s3 = createFakeS3();
  const newest = new NewestReleases(new ReleaseCatalogue(s3));
  const items = new Items({
    linksOf: () => ({ self: '', temporal: null, yarn: null, flink: null }),
    newest,
    declared: new DeclaredFiles(s3),
  });
  const index = new JobIndex({ gateway, items, clock, details: new Details((job) => gateway.view(job), clock) });
  return index;
}

/** Makes rounds, a second after the other, as the process does. */
async function pass(index: JobIndex, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    elapsed += 1_000;
    await index.round();
  }
}

const statesIn = (index: JobIndex) => Object.fromEntries(index.known().map(({ name, state }) => [name, state]));

const running = { state: 'running', health: 'healthy', current: deployment } as const;

describe('the index of jobs', () => {
  it('knows all jobs after one load, and asks none of those that left a digest', async () => {
    for (let number = 0; number < 1_200; number += 1) gateway.put(`job-${number}`, running);
    const index = newIndex();
    expect(await index.items()).toHaveLength(1_200);
    await pass(index, 3);
    expect(gateway.viewed).toEqual([]);
    expect(index.get('job-7')).toMatchObject({
      state: 'running',
      health: 'healthy',
      deployment: { number: deployment.number, applicationId: deployment.applicationId },
    });
    expect(index.deltas.cursor).toMatch(/-0$/);
  });

  it('shows a change that becomes visible ten seconds late, although later changes were visible at once', async () => {
    gateway.put('early', running);
    gateway.put('late', running);
    const index = newIndex();
    await index.items();
    await pass(index, 6);
    gateway.visibility.lateMs.set('late', 10_000);
    gateway.put('late', { ...running, state: 'stopped' });
    for (let second = 0; second < 9; second += 1) {
      gateway.put('early', { ...running, state: second % 2 === 0 ? 'failed' : 'running' });
      await pass(index, 1);
    }
    expect(statesIn(index)).toEqual({ early: 'failed', late: 'running' });
    await pass(index, 1);
    expect(statesIn(index)).toEqual({ early: 'failed', late: 'stopped' });
  });

  it('shows the end of a terminated workflow, and no late row of it brings the job back', async () => {
    const index = newIndex();
    gateway.put('doomed', running);
    gateway.put('other', running);
    await index.items();
    await pass(index, 5);
    const late = gateway.visibility.open().flat();
    gateway.jobs.delete('doomed');
    await pass(index, 1);
    expect(statesIn(index)).toEqual({ other: 'running' });
    const changed = gateway.visibility.changed.bind(gateway.visibility);
    gateway.visibility.changed = (since) => [...(changed(since) ?? []), ...late];
    await pass(index, 1);
    expect(statesIn(index)).toEqual({ other: 'running' });
    gateway.put('doomed', { ...running, state: 'stopped' });
    await pass(index, 1);
    expect(statesIn(index)).toEqual({ doomed: 'stopped', other: 'running' });
  });

  it('finds by comparing the whole what no look has shown, and takes no run that continues for one that ended', async () => {
    for (const name of ['a', 'b', 'c']) gateway.put(name, running);
    const index = newIndex();
    await index.items();
    gateway.visibility.changed = () => [];
    gateway.put('a', { ...running, state: 'failed' });
    gateway.jobs.delete('b');
    gateway.visibility.betweenPages.add('c');
    await pass(index, 60);
    expect(statesIn(index)).toEqual({ a: 'failed', c: 'running' });
  });

  it('is the same in two processes, and after a restart', async () => {
    gateway.put('a', running);
    const [one, two] = [newIndex(), newIndex()];
    await one.items();
    await two.items();
    gateway.put('a', { ...running, state: 'stopped' });
    gateway.put('b', running);
    await pass(one, 1);
    await two.round();
    expect(two.known()).toEqual(one.known());
    expect(statesIn(two)).toEqual({ a: 'stopped', b: 'running' });
    const restarted = newIndex();
    expect(await restarted.items()).toEqual(one.known());
    // The ids of another process say nothing about what was missed.
    expect(one.deltas.since(two.deltas.cursor)).toBeNull();
    expect(one.deltas.since(one.deltas.cursor)).toEqual([]);
  });

  it('asks a job whose run changed after its first task, and one that is busy while it is busy', async () => {
    const job = gateway.put('a', running);
    gateway.put('b', running);
    const index = newIndex();
    await index.items();
    elapsed += 60_000;
    job.memory = {
      ...job.memory,
      health: 'degraded',
      healthReasons: ['slow'],
      healthSince: '2026-01-01T00:00:07.000Z',
    };
    await pass(index, 2);
    expect(gateway.viewed).toEqual(['a']);
    expect(index.get('a')).toMatchObject({ health: 'degraded', attention: ['degraded'] });
    await gateway.submit({ job: 'b', kind: 'savepoint', request: { id: 'x' }, start: false, sender: { door: 'api' } });
    await pass(index, 3);
    expect(index.get('b')).toMatchObject({ operationKind: 'savepoint', operation: { id: 'x' } });
    const asked = gateway.viewed.length;
    gateway.end('b');
    await pass(index, 3);
    expect(index.get('b')).toMatchObject({ operationKind: null, operation: null, lastOperation: { id: 'x' } });
    const settled = gateway.viewed.length;
    expect(settled).toBeGreaterThan(asked);
    await pass(index, 5);
    expect(gateway.viewed).toHaveLength(settled);
  });

  it('hears of a job while others, as many as are asked at once, are silent', async () => {
    const others = Array.from({ length: 7 }, (_none, number) => `silent-${number}`);
    const news = { health: 'degraded', healthReasons: ['slow'], healthSince: '2026-01-01T00:00:07.000Z' } as const;
    const jobs = ['a', ...others].map((name) => gateway.put(name, running));
    const answer = gateway.view.bind(gateway);
    gateway.view = (name) => (name === 'a' ? answer(name) : new Promise(() => undefined));
    const index = newIndex();
    await index.items();
    elapsed += 60_000;
    for (const { memory } of jobs.slice(1)) Object.assign(memory, news);
    index.keepLooking();
    try {
      await vi.waitFor(() => expect(index.get('silent-6')).toMatchObject({ health: 'degraded' }), 30_000);
      elapsed += 1_000;
      Object.assign(jobs[0]?.memory ?? {}, news);
      await vi.waitFor(() => expect(index.get('a')).toMatchObject({ attention: ['degraded'] }), 30_000);
    } finally {
      index.close();
    }
  });

  it('fails until it was loaded once; later it answers with what it knows, and says of when', async () => {
    gateway.put('a', running);
    gateway.down();
    const index = newIndex();
    await expect(index.items()).rejects.toMatchObject({ code: 'TemporalUnavailable' });
    gateway.down(false);
    await index.items();
    const { asOf } = index;
    gateway.down();
    elapsed += 30_000;
    expect((await index.items()).map(({ name }) => name)).toEqual(['a']);
    expect(index.asOf).toBe(asOf);
  });

  it('keeps up with workers that say nothing of changes, by reading the whole', async () => {
    gateway.visibility.saysChanges = false;
    gateway.visibility.hasDigests = false;
    const job = gateway.put('a', running);
    const index = newIndex();
    await index.items();
    job.memory = { ...job.memory, state: 'failed' };
    gateway.put('b', running);
    await pass(index, 1);
    expect(statesIn(index)).toEqual({ a: 'failed', b: 'running' });
    gateway.jobs.delete('a');
    await pass(index, 1);
    expect(statesIn(index)).toEqual({ b: 'running' });
  });
});
