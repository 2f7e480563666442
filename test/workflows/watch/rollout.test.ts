/**
 * Two builds of the workers at once on a real Temporal: an operation ends on the build that began it, the next one runs on
 * the build that is current then, and idle runs move when they are told to.
 *
 * Seen to fail: without `AUTO_UPGRADE` at continue-as-new the next operation runs on the old build too; with workers that
 * upgrade by default instead of pinning, the upgrade in progress changes hands.
 */
import { expect, test } from 'vitest';
import type { Claim } from '../../../src/domain/lock/fence.ts';
import { watchIdOf, workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { claimKey } from '../../../src/domain/identity/storage-keys.ts';
import { readNotes } from '../../../src/domain/watch/notes.ts';
import { observedSignal, turnOverSignal, type ClusterWatchInput } from '../../../src/workflows/messages.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const CLUSTER = 'yarn-a';

const stage = useStage();
const taskQueue = () => `rollout-${stage.job}`;

/** A worker of this build, or an unversioned one, while `act` goes on. */
const withBuild = (buildId: string | null, act: (driver: Driver) => Promise<void>) =>
  stage.story(act, { taskQueue: taskQueue(), buildId });

/** As `temporal worker deployment set-current-version`, once the workers of the build are known. */
async function makeCurrent(buildId: string): Promise<void> {
  const { connection, namespace = 'default' } = stage.environment;
  for (let turn = 1; ; turn += 1) {
    try {
      await connection.workflowService.setWorkerDeploymentCurrentVersion({
        namespace,
        deploymentName: taskQueue(),
        buildId,
        identity: 'test',
      });
      return;
    } catch (error) {
      if (turn === 100) throw error;
      await pause();
    }
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

/** The builds that worked on one run, by its history; null is an unversioned worker. */
async function buildsOfRun(workflowId: string, runId?: string): Promise<(string | null)[]> {
  const { events } = await stage.environment.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const builds = (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: task }) =>
    task ? [task.deploymentVersion?.buildId ?? null] : [],
  );
  return [...new Set(builds)];
}

/** The builds that worked on the run of one operation. */
const buildsOf = (id: string) =>
  buildsOfRun(workflowIdOf(stage.job), (stage.world.json(claimKey(stage.job, id)) as Claim | null)?.holder.runId);

const yarn = () => stage.world.clusters.get(CLUSTER)!;

/** `temporal workflow signal --name turnOver`. */
const turnOver = (workflowId: string) => stage.environment.client.workflow.getHandle(workflowId).signal(turnOverSignal);

/** Waits for a run of this workflow whose first task was done by this build. */
async function runsOn(workflowId: string, build: string | null): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    if ((await buildsOfRun(workflowId)).at(0) === build) return;
    await pause();
  }
  throw new Error(`waited in vain for ${workflowId} to run on ${build ?? 'an unversioned worker'}`);
}

/** The first deploy has ended, and the run that waits for the next operation has begun: its first task pins it. */
async function deployed(driver: Driver): Promise<void> {
  await driver.signal('deploy', { id: 'first', actor: 'ci', release: 'clicks/1.0.0' });
  expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded', error: null });
  const { holder } = stage.world.json(claimKey(stage.job, 'first')) as Claim;
  const handle = stage.environment.client.workflow.getHandle(workflowIdOf(stage.job));
  await seen('the next run', async () => {
    const { runId } = await handle.describe();
    return runId !== holder.runId && (await buildsOfRun(workflowIdOf(stage.job), runId)).length > 0;
  });
}

/** An upgrade stands between the end of the old instance and the submit of the new one. @returns lets it go on. */
async function inMidUpgrade(driver: Driver): Promise<() => void> {
  const release = yarn().hold('submit');
  await driver.ask('deploy', { id: 'upgrade', release: 'clicks/1.1.0' });
  await seen('the old instance to be gone', () => stage.world.live(stage.job).length === 0);
  return release;
}

const succeeded = { outcome: 'succeeded', error: null };

test('an operation ends on the build that began it, and the next one runs on the one that is current then', async () => {
  await withBuild('1', async (old) => {
    await makeCurrent('1');
    await deployed(old);
    const release = await inMidUpgrade(old);
    await withBuild('2', async (driver) => {
      await makeCurrent('2');
      release();
      expect(await driver.ended('upgrade')).toMatchObject(succeeded);
      expect(await buildsOf('upgrade')).toEqual(['1']);
      expect(await driver.run('savepoint', { id: 'after' })).toMatchObject(succeeded);
      expect(await buildsOf('after')).toEqual(['2']);
    });
  });
});

test('an idle job moves when it is told to, forth and back, and is served with the other build gone', async () => {
  await withBuild('2', async (next) => {
    await withBuild('1', async (driver) => {
      await makeCurrent('1');
      await deployed(driver);
      await makeCurrent('2');
      // Nothing happens by itself: a run that is idle stays where it is.
      expect(await driver.run('savepoint', { id: 'on-1' })).toMatchObject(succeeded);
      expect(await buildsOf('on-1')).toEqual(['1']);
      await runsOn(workflowIdOf(stage.job), '2');
      await makeCurrent('1');
      await turnOver(workflowIdOf(stage.job));
      await runsOn(workflowIdOf(stage.job), '1');
      await makeCurrent('2');
      await turnOver(workflowIdOf(stage.job));
      await runsOn(workflowIdOf(stage.job), '2');
    });
    // Build 1 has ended.
    expect(await next.view()).toMatchObject({ state: 'running', health: 'healthy' });
    expect(await next.run('stop', { id: 'on-2' })).toMatchObject(succeeded);
    expect(await buildsOf('on-2')).toEqual(['2']);
  });
});

test('told in mid-operation, a job ends the operation first', async () => {
  await withBuild('1', async (old) => {
    await makeCurrent('1');
    await deployed(old);
    const release = await inMidUpgrade(old);
    await withBuild('2', async (driver) => {
      await makeCurrent('2');
      await turnOver(workflowIdOf(stage.job));
      release();
      expect(await driver.ended('upgrade')).toMatchObject(succeeded);
      expect(await buildsOf('upgrade')).toEqual(['1']);
      await runsOn(workflowIdOf(stage.job), '2');
    });
  });
});

test('an operation whose build is gone waits for a worker of that build, and ends there', async () => {
  await withBuild('2', async (next) => {
    let release!: () => void;
    await withBuild('1', async (old) => {
      await makeCurrent('1');
      await deployed(old);
      release = await inMidUpgrade(old);
      await makeCurrent('2');
    });
    release();
    // The worker of the other build leaves the operation alone: its history stays as it was.
    const { historyLength } = await next.handle.describe();
    await expect(asked(next)).rejects.toThrow();
    expect((await next.handle.describe()).status.name).toBe('RUNNING');
    expect(historyLength).toBeGreaterThan(10);
    expect(await buildsOf('upgrade')).toEqual(['1']);
    await withBuild('1', async (again) => {
      expect(await again.ended('upgrade')).toMatchObject(succeeded);
    });
    expect(await buildsOf('upgrade')).toEqual(['1']);
    expect(await next.run('savepoint', { id: 'after' })).toMatchObject(succeeded);
    expect(await buildsOf('after')).toEqual(['2']);
  });
});

/** The view of a job, where somebody answers within seconds. */
const asked = (driver: Driver) => stage.environment.client.withDeadline(Date.now() + 3_000, () => driver.view());

test('from unversioned workers to the first build: what runs goes on there, what follows runs there', async () => {
  await withBuild(null, async (old) => {
    await deployed(old);
    expect(await buildsOf('first')).toEqual([null]);
    const release = await inMidUpgrade(old);
    await withBuild('1', async (driver) => {
      await makeCurrent('1');
      release();
      expect(await driver.ended('upgrade')).toMatchObject(succeeded);
      // Nothing was pinned: the run changed hands in mid-operation, by replay.
      expect(await buildsOf('upgrade')).toEqual([null, '1']);
      expect(await driver.run('savepoint', { id: 'after' })).toMatchObject(succeeded);
      expect(await buildsOf('after')).toEqual(['1']);
    });
  });
});

test('the watch of a cluster moves with its notes, and goes on there', async () => {
  await withBuild('2', async () => {
    await withBuild('1', async (driver) => {
      await makeCurrent('1');
      await deployed(driver);
      await driver.watch(CLUSTER);
      while (!(await isTold())) await pause();
      await makeCurrent('2');
      await turnOver(watchIdOf(CLUSTER));
      await runsOn(watchIdOf(CLUSTER), '2');
    });
    const handle = stage.environment.client.workflow.getHandle(watchIdOf(CLUSTER));
    const [started] = (await handle.fetchHistory()).events ?? [];
    const input = started?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    const { carried } = JSON.parse(Buffer.from(input ?? []).toString()) as ClusterWatchInput;
    // Without them the next one would tell every job everything once more.
    expect([...(readNotes(carried)?.applications.keys() ?? [])]).toEqual(
      stage.world.live(stage.job).map(({ id }) => id),
    );
    const asked = () => yarn().asked.filter((name) => name === 'applications').length;
    const before = asked();
    await seen('the watch to look on', () => asked() >= before + 10);
  });
});

/** Whether the present run of the job was told how it is. */
async function isTold(): Promise<boolean> {
  const { events } = await stage.environment.client.workflow.getHandle(workflowIdOf(stage.job)).fetchHistory();
  const signals = (events ?? []).map((event) => event.workflowExecutionSignaledEventAttributes?.signalName);
  return signals.includes(observedSignal.name);
}
