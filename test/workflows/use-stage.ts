/** Sets up each workflow test of a story: a harness for the file, a world and a job of its own for each test. */
import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect } from 'vitest';
import {
  notificationWatchIdOf,
  releaseWatchIdOf,
  turnsIdOf,
  watchIdOf,
  workflowIdOf,
} from '../../src/domain/identity/workflow-ids.ts';
import type { Fence } from '../../src/domain/lock/fence.ts';
import type { FakeFlink, FakeJob } from '../fakes/flink.ts';
import type { FakeApplication, FakeYarn } from '../fakes/yarn.ts';
import { createWorld, type World } from '../world/world.ts';
import { withJob, type Circumstances, type Driver } from './harness.ts';
import { useHarness } from './use-harness.ts';

export interface Stage {
  readonly world: World;
  /** Has a name of its own in each test, because the tests of a file share a namespace. */
  readonly job: string;
  readonly yarn: FakeYarn;
  /** The cluster that a job on `yarn` may move to. */
  readonly backup: FakeYarn;
  readonly environment: TestWorkflowEnvironment;
  story(act: (driver: Driver) => Promise<void>, circumstances?: Circumstances): Promise<void>;
  /** The same with another job. */
  storyOf(job: string, act: (driver: Driver) => Promise<void>): Promise<void>;
  fence(): Fence;
  /** How each start ended, oldest first; null while it is open. */
  endings(): (string | null)[];
  /** The one live application of the job. */
  only(): FakeApplication;
  /** The JobManager and the Flink job of the live application. */
  running(): { flink: FakeFlink; job: FakeJob };
  /** The path from which the running Flink job was restored. */
  restoredFrom(): string | null;
  /** Release 1.0.0 runs as deployment 1, with one checkpoint. */
  deployed(driver: Driver): Promise<void>;
}

const CLUSTER = 'yarn-a';

/** No test ends with two live applications of its job having been seen, and none leaves a workflow that asks for work. */
export function useStage({ releases = ['clicks/1.0.0', 'clicks/1.1.0'] } = {}): Stage {
  const harness = useHarness();
  let world: World;
  let job: string;

  beforeEach(async () => {
    world = await createWorld();
    job = `job-${randomUUID().slice(0, 8)}`;
    for (const release of releases) world.publish(release, [job]);
  });
  afterEach(async () => {
    // A watch of the next test would ask this job, which no worker serves any more. A test may have none of them.
    const notifier = notificationWatchIdOf(world.dependencies.installation);
    const turns = [...world.clusters.keys()].map(turnsIdOf);
    const ids = [watchIdOf(CLUSTER), releaseWatchIdOf(world.s3.bucket), notifier, ...turns, workflowIdOf(job)];
    const { workflow } = harness().environment.client;
    await Promise.allSettled(ids.map((id) => workflow.getHandle(id).terminate()));
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
      return world.clusters.get(CLUSTER)!;
    },
    get backup() {
      return world.clusters.get('yarn-b')!;
    },
    get environment() {
      return harness().environment;
    },
    story: (act, circumstances) => withJob(harness(), world, job, act, circumstances),
    storyOf: (other, act) => withJob(harness(), world, other, act),
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
