/** What every workflow test of a story sets up: a harness for the file, a world and a job of its own for each test. */
import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Fence } from '../../src/domain/lock/fence.ts';
import type { FakeFlink, FakeJob } from '../fakes/flink.ts';
import type { FakeApplication, FakeYarn } from '../fakes/yarn.ts';
import { createWorld, type World } from '../world/world.ts';
import { startHarness, withJob, type Driver, type Harness } from './harness.ts';

export interface Stage {
  readonly world: World;
  /** A name of its own for each test: the test server is shared. */
  readonly job: string;
  readonly yarn: FakeYarn;
  story(act: (driver: Driver) => Promise<void>): Promise<void>;
  /** The same with another job. */
  storyOf(job: string, act: (driver: Driver) => Promise<void>): Promise<void>;
  fence(): Fence;
  /** How each start ended, oldest first; null while it is open. */
  endings(): (string | null)[];
  /** The one live application of the job. */
  only(): FakeApplication;
  /** Its JobManager and Flink job. */
  running(): { flink: FakeFlink; job: FakeJob };
  /** Where the one that runs was restored from. */
  restoredFrom(): string | null;
  /** Release 1.0.0 runs as deployment 1, with one checkpoint. */
  deployed(driver: Driver): Promise<void>;
}

/** Two releases, 1.0.0 and 1.1.0; no test ends with two live applications of its job having been seen. */
export function useStage(): Stage {
  let harness: Harness;
  let world: World;
  let job: string;

  beforeAll(async () => {
    harness = await startHarness();
  }, 300_000);
  afterAll(() => harness.close());
  beforeEach(async () => {
    world = await createWorld();
    job = `job-${randomUUID().slice(0, 8)}`;
    world.publish('clicks/1.0.0', [job]);
    world.publish('clicks/1.1.0', [job]);
  });
  afterEach(async () => {
    expect(world.overlaps).toEqual([]);
    await world.close();
  });

  const stage: Stage = {
    get world() {
      return world;
    },
    get job() {
      return job;
    },
    get yarn() {
      return world.clusters.get('yarn-a')!;
    },
    story: (act) => withJob(harness, world, job, act),
    storyOf: (other, act) => withJob(harness, world, other, act),
    fence: () => world.json(`fences/${job}.json`) as Fence,
    endings: () => stage.fence().starts.map(({ closed }) => closed?.how ?? null),
    only() {
      const live = world.live(job);
      expect(live).toHaveLength(1);
      return live[0]!;
    },
    running: () => world.jobOf(stage.only()),
    restoredFrom: () => stage.running().job.restoredFrom,
    async deployed(driver) {
      await driver.signal('deploy', { id: 'first', actor: 'ci', release: 'clicks/1.0.0' });
      expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded', error: null });
    },
  };
  return stage;
}

/** Code and details of a refused update. */
export async function rejection(
  asked: Promise<unknown>,
): Promise<{ code: string | null | undefined; detail: string; details: unknown }> {
  const error: unknown = await asked.then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  const cause = error.cause as ApplicationFailure;
  return { code: cause.type, detail: cause.message, details: cause.details?.[0] };
}
