/**
 * The jobs as the notifier follows them: which changed, and which are asked.
 *
 * Seen to fail: with the pace of people, a job that an operation holds is asked each second; with what it says then taken for
 * its state between operations, its problems end.
 */
import { beforeEach, expect, test } from 'vitest';
import type { JobFeed } from '../../../src/activities/dependencies/notifier.ts';
import { jobFeedOn } from '../../../src/temporal/jobs/job-feed.ts';
import { FakeGateway } from '../../api/fake-gateway.ts';
import { deployment } from '../../support/deployment.ts';

const running = { state: 'running', health: 'healthy', current: deployment } as const;
const began = Date.now();
let gateway: FakeGateway;
let elapsed: number;
let feed: JobFeed;

beforeEach(() => {
  gateway = new FakeGateway();
  elapsed = 0;
  gateway.visibility.now = () => began + elapsed;
  gateway.visibility.hasDigests = true;
  feed = jobFeedOn(gateway, () => elapsed);
});

/** Looks a second later, and waits for the answers of the jobs that were asked. */
async function look(): Promise<readonly string[]> {
  elapsed += 1_000;
  const changed = await feed.look();
  await new Promise((resolve) => setTimeout(resolve, 20));
  return changed;
}

test('all jobs are news at first, then those that changed; none that left a digest is asked', async () => {
  for (const job of ['a', 'b']) gateway.put(job, running);
  expect(await look()).toEqual(['a', 'b']);
  expect(feed.see('a')).toMatchObject({ facts: { name: 'a', state: 'running', isHeld: false }, file: deployment.file });
  gateway.put('b', { ...running, state: 'failed', stateReason: 'main() threw' });
  expect(await look()).toEqual(['b']);
  expect(feed.see('b')?.facts.digest).toMatchObject({ state: 'failed', stateReason: 'main() threw' });
  expect(await look()).toEqual([]);
  expect(gateway.viewed).toEqual([]);
});

test('a job that an operation holds is asked when it is free again', async () => {
  gateway.put('a', running);
  await look();
  await gateway.submit({ job: 'a', kind: 'savepoint', request: { id: 'x' }, start: false, sender: { door: 'api' } });
  expect(await look()).toEqual(['a']);
  for (let second = 0; second < 5; second += 1) await look();
  expect(gateway.viewed).toEqual([]);
  expect(feed.see('a')).toMatchObject({
    operation: 'savepoint',
    lastOperation: null,
    facts: { isHeld: true, digest: null },
  });
  gateway.end('a');
  await look();
  expect(gateway.viewed).toEqual(['a']);
  // The answer is news of its own.
  expect(await look()).toEqual(['a']);
  expect(feed.see('a')).toMatchObject({ operation: null, lastOperation: { id: 'x' }, facts: { isHeld: false } });
});

test('a job that says of itself that an operation holds it counts as held, although no row shows that yet', async () => {
  const job = gateway.put('a', running);
  await look();
  elapsed += 60_000;
  job.memory = { ...job.memory, health: 'degraded', healthReasons: ['slow'], healthSince: '2026-01-01T00:00:00.000Z' };
  gateway.visibility.observe('a');
  gateway.visibility.lateMs.set('a', 2_000);
  elapsed += 1_000;
  await gateway.submit({ job: 'a', kind: 'savepoint', request: { id: 'x' }, start: false, sender: { door: 'api' } });
  await look();
  expect(feed.see('a')).toMatchObject({ operation: null, facts: { health: 'degraded', isHeld: true } });
});

test('a job whose workflow is closed is news, and no more there', async () => {
  gateway.put('a', running);
  await look();
  gateway.jobs.delete('a');
  expect(await look()).toEqual(['a']);
  expect(feed.see('a')).toBeNull();
});

test('while Temporal is away there is no news, and later all of it', async () => {
  gateway.put('a', running);
  await look();
  gateway.down();
  await expect(feed.look()).rejects.toMatchObject({ code: 'TemporalUnavailable' });
  gateway.put('a', { ...running, state: 'stopped' });
  gateway.down(false);
  expect(await look()).toEqual(['a']);
});
