/** Applications of the fake YARN keep their lease as those of a real one, unless a switch says otherwise. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stagedConfigKey } from '../../../src/domain/identity/storage-keys.ts';
import { tagsOf } from '../../../src/domain/identity/yarn-tags.ts';
import type { FakeApplication } from '../../fakes/yarn.ts';
import { createWorld, type World } from '../world.ts';

const job = 'clicks-dev';
const flinkJobId = 'a'.repeat(32);
let world: World;
let application: FakeApplication;

const setGate = (gate: string): Promise<unknown> =>
  world.s3.put(`gates/${job}.json`, JSON.stringify({ starts: [{ startKey: 'first/1', applicationId: null, gate }] }));
const ended = () => application.diagnostics;
const stands = (lease: number) => new Promise((resolve) => setTimeout(resolve, 3 * lease));

/** Brings an application up, whose gate is then open for it. */
async function leased(lease: number): Promise<void> {
  await world.s3.put(
    stagedConfigKey(job, flinkJobId),
    [
      `"metrics.reporter.sluice.gate": "s3://sluice/gates/${job}.json"`,
      '"metrics.reporter.sluice.start": "first/1"',
      `"metrics.reporter.sluice.lease": "${lease}"`,
    ].join('\n'),
  );
  await setGate('held');
  const yarn = world.clusters.get('yarn-a')!;
  const launched = yarn.launch({
    name: job,
    user: 'sluice',
    tags: tagsOf({ job, flinkJobId, epoch: 1 }),
    submission: {},
  });
  application = [...yarn.applications.values()][0]!;
  const { id: applicationId } = application;
  const starts = [{ startKey: 'first/1', applicationId, gate: 'open' }];
  await world.s3.put(`gates/${job}.json`, JSON.stringify({ starts }));
  await launched;
  expect(application.state).toBe('RUNNING');
}

beforeEach(async () => (world = await createWorld()));
afterEach(() => world.close());

test('a revoked gate ends an application that runs', async () => {
  await leased(60_000 / 8);
  await setGate('revoked');
  await expect.poll(ended, { timeout: 10_000 }).toContain('exitCode: 90');
});

test('a silent S3 ends it with its lease', async () => {
  await leased(400);
  world.agent.isUnanswered = true;
  await expect.poll(ended, { timeout: 10_000 }).toContain('exitCode: 91');
});

test('an application that stands still ends once it wakes', async () => {
  await leased(400);
  world.agent.isFrozen = true;
  await stands(400);
  expect(application.state).toBe('RUNNING');
  world.agent.isFrozen = false;
  await expect.poll(ended, { timeout: 10_000 }).toContain('exitCode: 91');
});

test('an application that ignores its lease runs on', async () => {
  await leased(400);
  world.agent.ignoresLease = true;
  await setGate('revoked');
  await stands(400);
  expect(application.state).toBe('RUNNING');
});
