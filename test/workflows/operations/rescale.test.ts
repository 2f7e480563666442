/**
 * Rescaling in place: which changes go that way, what stays, and what becomes of a failure.
 *
 * Seen to fail: a failure after which nothing was undone; a run that took no heed of the record's revisions; an intention that was
 * not written down before Flink was asked.
 */
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import type { ConfigEntry } from '../../../src/domain/deployment/effective-config.ts';
import { deploymentKey } from '../../../src/domain/identity/storage-keys.ts';
import { useStage } from '../use-stage.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import type { Driver } from '../harness.ts';
import { planOf } from '../plans.ts';
import { adaptive, flinkWith, LINES, waitingForSlots, WIDER } from '../rescaled.ts';

const stage = useStage({ releases: [] });
const POLL = { timeout: 20_000, interval: 300 };

const record = (): Deployment => stage.world.json(deploymentKey(stage.job, 1)) as Deployment; // Sluice wrote it

function configured(sha256: string | null): Record<string, string> {
  const entries = stage.world.json(`texts/${sha256 ?? ''}`) as ConfigEntry[];
  return Object.fromEntries(entries.map(({ key, value, origin }) => [key, `${value} (${origin})`]));
}

describe('a hotfix of the parallelism, where the adaptive scheduler runs', () => {
  test('keeps application, number, epoch and restore points, and adds a revision to the deployment', async () => {
    await stage.story(async (driver) => {
      await adaptive(stage, driver);
      const [before, app] = [(await driver.view()).deployment!, stage.only()];
      const operation = await driver.run('hotfix', { id: 'wider', actor: 'team-ads', ...WIDER });
      expect(operation).toMatchObject({ outcome: 'succeeded', how: 'rescaled', deployment: 1, error: null });
      expect(operation.phases.map(({ name }) => name)).toEqual(['claiming', 'rescaling']);
      expect(operation.savepoint).toBeNull();
      expect(stage.only().id).toBe(app.id);
      expect(stage.running().job).toMatchObject({ parallelism: 4, fixed: { once: 1 } });
      const { deployment, hotfix, sync } = await driver.view();
      expect(sync).toBe('hotfixed');
      expect(hotfix).toMatchObject({ ...WIDER, actor: 'team-ads', operationId: 'wider' });
      const { revisions, hotfix: _h, configuration, parallelism, rescaling, ...rest } = deployment!;
      expect(rest).toEqual((({ hotfix: _, configuration: _c, parallelism: _p, ...same }) => same)(before));
      expect({ parallelism, rescaling }).toEqual({ parallelism: 4, rescaling: null });
      expect(revisions).toMatchObject([
        {
          operation: 'wider',
          configuration,
          parallelism: 4,
          before: { configuration: before.configuration, parallelism: 2, hotfixed: false },
        },
      ]);
      expect(configured(configuration)).toEqual({
        ...configured(before.configuration),
        'parallelism.default': '4 (hotfix)',
      });
      expect(record()).toEqual(deployment);
    });
  });

  test('is what the next start has, however the job ends', async () => {
    await stage.story(async (driver) => {
      await adaptive(stage, driver);
      await driver.run('hotfix', WIDER);
      await driver.run('restart', {});
      expect(stage.running().job.parallelism).toBe(4);
      expect(await driver.view()).toMatchObject({ deployment: { number: 2, parallelism: 4 }, sync: 'hotfixed' });
      expect((await driver.view()).deployment).not.toHaveProperty('revisions');
    });
  });

  test('is undone in place by revertHotfix', async () => {
    await stage.story(async (driver) => {
      await adaptive(stage, driver);
      const app = stage.only();
      await driver.run('hotfix', WIDER);
      const operation = await driver.run('revertHotfix', {});
      expect(operation).toMatchObject({ outcome: 'succeeded', how: 'rescaled', deployment: 1 });
      expect(stage.only().id).toBe(app.id);
      expect(stage.running().job.parallelism).toBe(2);
      const { deployment, ...view } = await driver.view();
      expect(view).toMatchObject({ sync: 'inSync', hotfix: null });
      expect(deployment?.revisions?.map(({ before }) => before.hotfixed)).toEqual([false, true]);
      expect(configured(deployment?.configuration ?? null)).toMatchObject({
        'parallelism.default': '2 (deployment file)',
      });
    });
  });

  test('is undone in place by Sluice when it expires, where the file says so', async () => {
    await stage.story(async (driver) => {
      await adaptive(stage, driver, { hotfix: '{onExpiry: revert}' });
      const app = stage.only();
      await driver.run('hotfix', { ...WIDER, expiresIn: '1s' });
      await driver.until('the revert', ({ hotfix, operation }) => hotfix === null && operation === null);
      expect(stage.only().id).toBe(app.id);
      const [revert] = await driver.history();
      expect(revert).toMatchObject({ kind: 'revertHotfix', actor: 'sluice', outcome: 'succeeded', how: 'rescaled' });
      expect(stage.running().job.parallelism).toBe(2);
    });
  });

  test('of a deployment is what a rollback to that deployment starts', async () => {
    await stage.story(async (driver) => {
      await adaptive(stage, driver);
      await driver.run('hotfix', WIDER);
      stage.world.publish('clicks/1.1.0', [stage.job], LINES);
      await driver.run('deploy', { release: 'clicks/1.1.0' });
      await driver.run('revertHotfix', {});
      expect(await driver.run('rollback', { to: 1 })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.running().job.parallelism).toBe(4);
      expect((await driver.view()).hotfix).toMatchObject(WIDER);
    });
  });

  test('is planned as such, and the plan says that nothing stops', async () => {
    await stage.story(async (driver) => {
      await adaptive(stage, driver);
      const plan = await planOf(stage, driver, 'hotfix', WIDER);
      expect(plan).toMatchObject({
        ok: true,
        how: 'rescaled',
        stop: null,
        restorePoint: null,
        changes: {
          parallelism: { before: 2, after: 4 },
          configuration: [{ key: 'parallelism.default', before: '2', after: '4' }],
        },
      });
      expect(plan.phases.map(({ name }) => name)).toEqual(['claiming', 'rescaling', 'recording']);
      expect(plan.summary).toContain('is rescaled in place to parallelism 4');
      expect(stage.running().job.parallelism).toBe(2);
    });
  });
});

describe('a start takes place instead', () => {
  test.each([
    ['the default scheduler runs', { flink: flinkWith('') }, WIDER, 'jobmanager.scheduler of the running deployment'],
    ['something else changes too', {}, { set: { ...WIDER.set, 'taskManager.slots': 2 } }, 'taskManager.slots changes'],
    ['the asker names a way to stop', {}, { ...WIDER, stopWith: 'savepoint' }, 'the request has stopWith'],
    ['the value is one', {}, { set: { 'job.parallelism': 1 } }, 'at parallelism 1 Flink does not tell'],
  ] as const)('where %s, and the plan says why', async (_, lines, asked, why) => {
    await stage.story(async (driver) => {
      await adaptive(stage, driver, lines);
      const app = stage.only();
      const plan = await planOf(stage, driver, 'hotfix', asked);
      expect(plan.how).toBe('restarted');
      expect(plan.whyRestarted).toContain(why);
      const operation = await driver.run('hotfix', asked);
      expect(operation).toMatchObject({ error: null, outcome: 'succeeded', deployment: 2 });
      expect(operation).not.toHaveProperty('how');
      expect(stage.only().id).not.toBe(app.id);
    });
  });

  test('where the cluster says otherwise than the configuration', async () => {
    await stage.story(async (driver) => {
      stage.world.publish('clicks/1.0.0', [stage.job], LINES);
      stage.world.inCode.set('clicks/1.0.0', { scheduler: 'default' });
      await stage.deployed(driver);
      const plan = await planOf(stage, driver, 'hotfix', WIDER);
      expect(plan).toMatchObject({ how: 'restarted', whyRestarted: expect.stringContaining('Flink says') as string });
      const operation = await driver.run('hotfix', WIDER);
      expect(operation).toMatchObject({ error: null, outcome: 'succeeded', deployment: 2 });
      expect(operation.warnings).toContainEqual(expect.stringContaining('not rescaled in place: Flink says'));
    });
  });

  test.each([
    [200, 'beyond the maximum parallelism 128'],
    [64, 'MiB in all'],
  ])('where parallelism %d cannot be had at all, whose checks refuse it', async (parallelism, why) => {
    await stage.story(async (driver) => {
      await adaptive(stage, driver);
      const asked = { set: { 'job.parallelism': parallelism } };
      const plan = await planOf(stage, driver, 'hotfix', asked);
      expect(plan).toMatchObject({ ok: false, how: 'restarted', whyRestarted: expect.stringContaining(why) as string });
      expect(await driver.run('hotfix', asked)).toMatchObject({ outcome: 'failed', deployment: null });
      expect(stage.running().job).toMatchObject({ parallelism: 2 });
    });
  });

  test('where the program runs an operator at the very parallelism that is asked for', async () => {
    await stage.story(async (driver) => {
      await adaptive(stage, driver);
      stage.running().job.fixed['once'] = 4;
      expect((await planOf(stage, driver, 'hotfix', WIDER)).whyRestarted).toContain('the program runs Fixed once');
    });
  });
});

describe('a rescaling that fails', () => {
  test('for lack of slots is put back, and says how many were missing', async () => {
    stage.world.deadlines.set('awaitRescaled', 300);
    await stage.story(async (driver) => {
      await adaptive(stage, driver);
      const { flink, job } = stage.running();
      flink.mostSlots = 3;
      const operation = await driver.run('hotfix', WIDER);
      expect(operation).toMatchObject({
        outcome: 'failed',
        how: 'rescaled',
        error: { code: 'SlotsMissing', cause: { class: 'slotsMissing' } },
      });
      expect(operation.error?.detail).toContain('1 of 4 slots were missing');
      expect(operation.error?.detail).toContain('deployment 1 runs on at parallelism 2');
      expect(job.required).toEqual({ least: 1, most: 2 });
      expect(job.parallelism).toBe(2);
      await unchanged(driver);
    });
  });

  test('because no checkpoint completes at the new parallelism is put back', async () => {
    stage.world.deadlines.set('awaitRescaled', 300);
    stage.world.behaviour.set('clicks/1.0.0', 'neverCheckpoints');
    await stage.story(async (driver) => {
      stage.world.publish('clicks/1.0.0', [stage.job], LINES);
      await driver.signal('deploy', { id: 'first', release: 'clicks/1.0.0' });
      await driver.until('verifying', ({ operation }) => operation?.phase === 'verifying');
      const { flink, job } = stage.running();
      flink.completeCheckpoint(job.id);
      await driver.ended('first');
      const operation = await driver.run('hotfix', WIDER);
      expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'RescaleFailed' } });
      expect(operation.error?.detail).toContain('no checkpoint completed at parallelism 4');
      await expect.poll(() => job.parallelism).toBe(2);
      await unchanged(driver);
    });
  });

  test('because somebody cancels it is put back', async () => {
    await stage.story(async (driver) => {
      const { job } = await waitingForSlots(stage, driver);
      await driver.cancel('wider');
      expect(await driver.ended('wider')).toMatchObject({ outcome: 'cancelled', how: 'rescaled' });
      expect(job.required).toEqual({ least: 1, most: 2 });
      await unchanged(driver);
    });
  });

  test('because its JobManager falls silent is put back once it answers', async () => {
    stage.world.deadlines.set('awaitRescaled', 2_000);
    stage.world.deadlines.set('undoRescale', 300);
    await stage.story(async (driver) => {
      const { flink, job } = await waitingForSlots(stage, driver);
      // The second look at the tasks begins once the first has seen that slots are missing.
      const looks = () =>
        flink.asked.slice(flink.asked.indexOf('changeRequirements')).filter((name) => name === 'requirements');
      await expect.poll(() => looks().length).toBeGreaterThan(1);
      flink.unreachable();
      const operation = await driver.ended('wider');
      expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'SlotsMissing' } });
      expect(operation.error?.detail).toContain('go back to parallelism 2 as soon as it answers');
      expect((await driver.view()).deployment).toMatchObject({
        parallelism: 2,
        rescaling: { operation: 'wider', to: 4 },
      });
      expect(record()).toMatchObject({ parallelism: 2, rescaling: { operation: 'wider', to: 4 } });
      flink.healthy();
      await driver.until('the old requirement', ({ deployment }) => deployment?.rescaling === null);
      expect(job.required).toEqual({ least: 1, most: 2 });
      await unchanged(driver);
    });
  });

  test('because Flink refuses to go back is told, is asked for no more, and ends with the next start', async () => {
    stage.world.deadlines.set('awaitRescaled', 2_000);
    await stage.story(async (driver) => {
      const { flink } = await waitingForSlots(stage, driver);
      flink.refusesRequirements = true;
      expect(await driver.ended('wider')).toMatchObject({ outcome: 'failed', error: { code: 'SlotsMissing' } });
      const applicationId = stage.only().id;
      const fact = { epoch: 1, applicationId, at: '2026-01-01T00:00:00Z', seen: { kind: 'healthy' } };
      const refusals = async () => (await driver.view()).deployment?.rescaling?.refused?.times ?? 0;
      for (const times of [1, 2, 3]) {
        // News of the job end the wait for the next try.
        await expect.poll(async () => (await driver.handle.signal(observedSignal, fact), refusals()), POLL).toBe(times);
      }
      const view = await driver.view();
      expect(view).toMatchObject({ state: 'running', health: 'degraded' });
      expect(view.healthReasons.join()).toContain(
        'Flink refuses to go back from parallelism 4 to 2 after operation wider',
      );
      const asked = flink.asked.filter((name) => name === 'changeRequirements').length;
      await driver.handle.signal(observedSignal, fact);
      expect(await driver.run('restart', {})).toMatchObject({ outcome: 'succeeded' });
      expect(flink.asked.filter((name) => name === 'changeRequirements')).toHaveLength(asked);
      expect(await driver.view()).toMatchObject({ health: 'healthy', deployment: { parallelism: 2 } });
      expect((await driver.view()).deployment?.rescaling ?? null).toBeNull();
    });
  });

  test('because its workflow is lost is put back by the next one', async () => {
    await stage.story(async (driver) => {
      const { job } = await waitingForSlots(stage, driver);
      await driver.handle.terminate('a test');
      await driver.signal('deploy', { nonsense: true });
      await driver.until('the old requirement', ({ deployment }) => deployment?.rescaling === null);
      expect(job.required).toEqual({ least: 1, most: 2 });
      await unchanged(driver);
    });
  });

  test('because a kill by force takes its place leaves nothing behind', async () => {
    await stage.story(async (driver) => {
      await waitingForSlots(stage, driver);
      await driver.run('kill', { id: 'forced', force: true });
      expect(await driver.ended('wider')).toMatchObject({ outcome: 'superseded' });
      const { deployment } = await driver.view();
      expect(deployment).toMatchObject({ parallelism: 2, hotfix: null, rescaling: null, ended: { how: 'killed' } });
      await driver.run('resume', {});
      expect(stage.running().job.parallelism).toBe(2);
    });
  });
});

test('a revision of another run, which this one does not remember, is what the next start has', async () => {
  await stage.story(async (driver) => {
    await adaptive(stage, driver);
    const before = record();
    await driver.run('hotfix', WIDER);
    const after = record();
    await driver.run('revertHotfix', {});
    // A run whose memory was rewound meets a record with a revision that it does not know.
    const foreign = {
      ...before,
      ...after,
      revisions: after.revisions?.map((one) => ({ ...one, operation: 'foreign' })),
    };
    await stage.world.s3.put(deploymentKey(stage.job, 1), JSON.stringify({ ...foreign, version: 1 }));
    await driver.run('restart', {});
    expect(stage.running().job.parallelism).toBe(4);
    expect((await driver.view()).hotfix).toMatchObject(WIDER);
  });
});

test('an answer that is lost is no second rescaling', async () => {
  await stage.story(async (driver) => {
    await adaptive(stage, driver);
    const { flink, job } = stage.running();
    flink.dropAnswerOf('changeRequirements');
    expect(await driver.run('hotfix', WIDER)).toMatchObject({ outcome: 'succeeded', how: 'rescaled' });
    expect(job).toMatchObject({ parallelism: 4, restarts: 1 });
  });
});

/** The deployment, its record and the hotfix are those of before. */
async function unchanged(driver: Driver): Promise<void> {
  const { deployment, hotfix } = await driver.view();
  expect({ hotfix, deployment }).toMatchObject({
    hotfix: null,
    deployment: { number: 1, parallelism: 2, hotfix: null },
  });
  expect(deployment).not.toHaveProperty('revisions');
  await expect.poll(() => record().rescaling ?? null).toBeNull();
  expect(record().parallelism).toBe(2);
}
