/**
 * A lost cluster with a hundred jobs on a real Temporal: the real watcher finds it gone, and all jobs come up on the other cluster, so
 * many at a time and in the order of their labels, each by one failover of its own.
 *
 * Seen to fail: turns that are given beyond their bound; turns that are given in the order of names; jobs that do not wait for the
 * lease of their old instance.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { S3Client } from '../../../src/clients/s3/s3.ts';
import { auditPrefix, claimKey } from '../../../src/domain/identity/storage-keys.ts';
import { turnsIdOf, watchIdOf, workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { identityOfTags } from '../../../src/domain/identity/yarn-tags.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import type { Claim } from '../../../src/domain/lock/fence.ts';
import { FLINK_JOB_WORKFLOW, operationSignals, turnLimitsSignal } from '../../../src/workflows/messages.ts';
import { CLASSES, inClasses, Moves } from '../../world/moves.ts';
import type { Witness } from '../../world/witness.ts';
import { createWorld, type World } from '../../world/world.ts';
import { seen, withJob, type Driver } from '../harness.ts';
import { useHarness } from '../use-harness.ts';
import { asking, occupy, ONE } from './waiting.ts';

const BOUNDS = { maxParallel: 5, perMinute: 60 };
const { jobs, classOf, jobsOf } = inClasses(100, 3);
const releaseOf = (own: number): string => `clicks/2.${own}.0`;

/** The watcher looks rarely, because a hundred jobs share the processors with it. */
const watch = {
  ...{ everyMs: 500, sameJobEveryMs: 60_000, checkpointsEveryMs: 60_000, tracesEveryMs: 600_000 },
  ...{ signsEveryMs: 1_000, silentAfterMs: 2_000, goneAfterMs: 8_000 },
};

/** The looks of a wait for a hundred jobs, ten a second. */
const LONG = 6_000;

const harness = useHarness();
let world: World;
let moves: Moves;

beforeEach(async () => {
  moves = new Moves({ ...BOUNDS, classOf });
  // The JVMs share their thread with everything else here, and a lease must be longer than its longest pause.
  world = await createWorld({ leaseMs: 16_000, witness: watchSubmissions(), overNetwork: watchRecords });
  for (const [own, labels] of CLASSES.entries())
    world.publish(releaseOf(own), jobsOf(own), {
      labels,
      placement: '{cluster: yarn-a, backups: [yarn-b]}',
      recovery: '{failover: {mode: automatic}}',
      upgrade: '{timeouts: {savepoint: 2m, stop: 1m, start: 2m}, verify: {timeout: 2m}}',
    });
});

afterEach(async () => {
  const { workflow } = harness().environment.client;
  const ids = [watchIdOf('yarn-a'), turnsIdOf('yarn-b'), ...jobs.map(workflowIdOf)];
  await Promise.allSettled(ids.map((id) => workflow.getHandle(id).terminate()));
  await world.close();
});

const silent = (): void => undefined;

function watchSubmissions(): Witness {
  const submitted: Witness['submitted'] = (application) => {
    const { job } = identityOfTags(application.tags);
    if (job !== null && world.clusters.get('yarn-b')?.applications.has(application.id)) moves.submitted(job);
  };
  const others = { appeared: silent, started: silent, ended: silent, gone: silent, finished: silent, snapshot: silent };
  return { ...others, submitted, discarded: silent, triggered: silent };
}

function watchRecords(s3: S3Client): S3Client {
  return {
    ...s3,
    putIfAbsent: async (key, body) => {
      const written = await s3.putIfAbsent(key, body);
      const [, job] = /^audit\/([^/]+)\/[^/]+\.json$/.exec(key) ?? [];
      if (job !== undefined) moves.ended(job);
      return written;
    },
  };
}

/** The history of a job that people see when its workflow has forgotten: its records in S3. */
const recordsOf = (job: string): OperationRecord[] =>
  world
    .keys(auditPrefix(job))
    .filter((key) => key.endsWith('.json'))
    .map((key) => world.json(key) as OperationRecord);

async function deployAll({ client, taskQueue }: Driver): Promise<void> {
  const start = (job: string): Promise<unknown> =>
    client.workflow.signalWithStart(FLINK_JOB_WORKFLOW, {
      ...{ workflowId: workflowIdOf(job), taskQueue, args: [{ job }], workflowTaskTimeout: '1m' },
      signal: operationSignals.deploy,
      signalArgs: [{ id: 'first', actor: 'ci', release: releaseOf(classOf.get(job) ?? 0) }],
    });
  await Promise.all(jobs.map(start));
  const isOver = (job: string): boolean => (world.json(claimKey(job, 'first')) as Claim | null)?.ended != null;
  await seen('the deploys', () => jobs.every(isOver), LONG);
  expect(jobs.filter((job) => recordsOf(job)[0]?.outcome !== 'succeeded')).toEqual([]);
}

/** Sluice hears no more of the cluster, where all JVMs live on until their leases end them. */
async function lose(): Promise<void> {
  const yarn = world.clusters.get('yarn-a')!;
  const looks = (): number => yarn.asked.filter((route) => route === 'applications').length;
  const before = looks();
  await seen('the watcher', () => looks() > before + 2);
  world.deadlines.set('endApplication', 500);
  yarn.unreachable();
  world.agent.losesSigns = true;
}

const isMoved = (job: string): boolean => recordsOf(job).some(({ kind }) => kind === 'failover');

test('a hundred jobs of a lost cluster come up elsewhere, five at a time, in order', { timeout: 900_000 }, async () => {
  await withJob(
    harness(),
    world,
    jobs[0]!,
    async (driver) => {
      const turns = await driver.turns('yarn-b', ONE);
      await deployAll(driver);
      const leave = await occupy(driver, turns);
      await driver.watch('yarn-a');
      await lose();
      await seen('the queue', async () => (await asking(turns)).size > jobs.length, LONG);
      expect(world.clusters.get('yarn-b')?.submissions).toEqual([]);
      await turns.signal(turnLimitsSignal, BOUNDS);
      await leave();
      await seen('the moves', () => jobs.every(isMoved), LONG);
    },
    { watch },
  );
  expect(moves.broken).toEqual([]);
  expect(moves.most).toBeGreaterThan(1);
  expect(world.overlaps).toEqual([]);
  const backup = [...world.clusters.get('yarn-b')!.applications.values()];
  expect(backup).toHaveLength(jobs.length);
  for (const job of jobs) {
    const [first, ...others] = recordsOf(job);
    expect(first).toMatchObject({ kind: 'deploy', outcome: 'succeeded' });
    expect(others).toMatchObject([{ kind: 'failover', via: 'supervisor', outcome: 'succeeded' }]);
    const [live, ...further] = world.live(job);
    expect(further).toEqual([]);
    expect(backup).toContain(live);
    const { state, restoredFrom } = world.jobOf(live!).job;
    expect([state, restoredFrom]).toEqual(['RUNNING', expect.stringContaining('/chk-')]);
  }
});
