/**
 * How far a job had come decides where a start goes on from, and whether Sluice goes back by itself.
 *
 * Seen to fail: with an empty folder for a proof, a release that keeps its checkpoints elsewhere was rolled back; with the point
 * chosen before the stop, a deploy went on from a checkpoint that Flink had deleted.
 */
import { describe, expect, test } from 'vitest';
import { planOf } from '../plans.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();
const quiet = { upgrade: '{timeouts: {savepoint: 2m, stop: 10s, start: 10s}, verify: {timeout: 10s, checkpoints: 0}}' };

describe('a new instance that does not come up', () => {
  test.each(['checkpointsElsewhere', 'deletesCheckpoints'] as const)(
    '%s stays failed when it has completed a checkpoint that no listing shows',
    async (behaviour) => {
      stage.world.behaviour.set('clicks/1.1.0', behaviour);
      await stage.story(async (driver) => {
        await stage.deployed(driver);
        const operation = await driver.run('deploy', { release: 'clicks/1.1.0' });
        expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'ConfigOverriddenByCode' } });
        expect(operation.error?.detail).toMatch(/is kept; the new instance completed .*chk-/);
        expect(await driver.view()).toMatchObject({ state: 'failed', deployment: { number: 2 } });
        expect(stage.world.live(stage.job)).toEqual([]);
        // Going on from the savepoint of before would repeat what is written already.
        expect(await driver.run('resume', {})).toMatchObject({ error: { code: 'RestorePointNotFound' } });
      });
    },
  );

  test('stays failed when nobody could ask what it completed', async () => {
    stage.world.behaviour.set('clicks/1.1.0', 'neverCheckpoints');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const running = driver.run('deploy', { release: 'clicks/1.1.0' });
      await expect.poll(async () => (await driver.view()).operation?.phase, { timeout: 60_000 }).toBe('verifying');
      await stage.yarn.end(stage.only().id, { state: 'FAILED', diagnostics: 'its node is gone' });
      const operation = await running;
      expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'StartFailed' } });
      expect(operation.error?.detail).toContain('whether the new instance completed a checkpoint is not known');
      const resumed = await driver.run('resume', {});
      expect(resumed.error).toMatchObject({ code: 'DiscardsNewerState' });
      stage.world.behaviour.delete('clicks/1.1.0');
      expect(await driver.run('resume', { discardNewerState: true })).toMatchObject({ outcome: 'succeeded' });
    });
  });
});

describe('a job that was verified without checkpoints', () => {
  test('and has finished is not started from where it began', async () => {
    stage.world.publish('clicks/quiet', [stage.job], quiet);
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('deploy', { release: 'clicks/quiet' });
      const { flink, job } = stage.running();
      for (let more = 0; more < 50; more += 1) flink.completeCheckpoint(job.id);
      job.state = 'FINISHED';
      const next = { release: 'clicks/1.1.0' };
      const plan = await planOf(stage, driver, 'deploy', next);
      expect(plan.checks).toContainEqual(expect.objectContaining({ name: 'restorePoint', code: 'JobFinished' }));
      expect(await driver.run('deploy', next)).toMatchObject({ outcome: 'failed', error: { code: 'JobFinished' } });
      expect(await driver.view()).toMatchObject({
        state: 'finished',
        next: expect.stringContaining('fresh') as string,
      });
      expect(await driver.run('resume', { from: 'fresh' })).toMatchObject({ outcome: 'succeeded' });
    });
  });

  test('goes on from the savepoint of somebody who stopped it with tools of Flink', async () => {
    stage.world.publish('clicks/quiet', [stage.job], quiet);
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('deploy', { release: 'clicks/quiet' });
      const { flink, job } = stage.running();
      for (let more = 0; more < 5; more += 1) flink.completeCheckpoint(job.id);
      flink.stopByHand(job.id, 's3://sluice/by-hand');
      expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toMatch(/^s3:\/\/sluice\/by-hand\/savepoint-/);
    });
  });
});

describe('a checkpoint of the running instance', () => {
  test('is refused where the stop would delete it, before anything is touched', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      const { flink, job } = stage.running();
      const path = `s3://sluice/checkpoints/${stage.job}/${job.id}/chk-1`;
      const refused = [
        { from: 'latest-checkpoint', discardNewerState: true },
        { from: path, discardNewerState: true },
        { from: path, discardNewerState: true, stopWith: 'none' },
      ];
      for (const request of refused) {
        const plan = await planOf(stage, driver, 'restart', request);
        expect(plan.checks).toContainEqual(expect.objectContaining({ code: 'RestorePointNotKept' }));
        expect(await driver.run('restart', request)).toMatchObject({ error: { code: 'RestorePointNotKept' } });
      }
      expect(stage.only().id).toBe(id);
      expect(flink.begun).toEqual([]);
    });
  });

  test('is chosen once the instance is dead with stopWith: none', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink, job } = stage.running();
      for (let more = 0; more < 5; more += 1) flink.completeCheckpoint(job.id);
      const request = { from: 'latest-checkpoint', stopWith: 'none', discardNewerState: true };
      expect((await planOf(stage, driver, 'restart', request)).summary).toContain('from its newest checkpoint');
      expect(await driver.run('restart', request)).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-6`);
    });
  });
});

test('a drained savepoint is gone on from only by somebody who accepts that', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    const stopped = await driver.run('stop', { drain: true });
    expect(stopped.warnings.join()).toContain('acceptStateRisk');
    const plan = await planOf(stage, driver, 'resume', {});
    expect(plan.checks).toContainEqual(expect.objectContaining({ name: 'stateRisk', code: 'StateRisk' }));
    expect(await driver.run('resume', {})).toMatchObject({ error: { code: 'StateRisk' } });
    expect(await driver.run('resume', { acceptStateRisk: true })).toMatchObject({ outcome: 'succeeded' });
    expect(stage.restoredFrom()).toBe(stopped.savepoint);
  });
});
