/**
 * Restart, rollback and `stopWith: checkpoint`: what they start, from where, and what they refuse.
 *
 * Seen to fail: a rollback to what runs already; a checkpoint of any age; the checkpoint known before the end used instead
 * of the newest after it; `latest-savepoint` taken for what stopping with a checkpoint gives; no risk ever seen; points
 * chosen from all deployments rather than those on the way.
 */
import { describe, expect, test } from 'vitest';
import type { Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

const upgrade = (driver: Driver, release = 'clicks/1.1.0', more: Record<string, unknown> = {}) =>
  driver.run('deploy', { release, ...more });
const release = async (driver: Driver) => (await driver.view()).deployment?.release;
/** `upgrade` of a deployment file; what is not named is as in all tests. */
const upgradeLine = (more: string) => ({ upgrade: `{timeouts: {savepoint: 2m, stop: 10s, start: 10s}, ${more}}` });
/** A release that is verified without a checkpoint, and whose instances complete none. */
function publishQuiet(name: string): void {
  stage.world.publish(name, [stage.job], upgradeLine('verify: {timeout: 10s, checkpoints: 0}'));
  stage.world.behaviour.set(name, 'neverCheckpoints');
}

describe('restart', () => {
  test('starts the same deployment once more, from the savepoint of its own stop', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const operation = await driver.run('restart', { id: 'again' });
      expect(operation).toMatchObject({ outcome: 'succeeded', deployment: 2 });
      expect(await release(driver)).toBe('clicks/1.0.0');
      expect(stage.restoredFrom()).toBe(operation.savepoint);
    });
  });

  test('of a job that crashes again and again goes on from its newest checkpoint when it is told to', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink, job } = stage.running();
      job.state = 'RESTARTING';
      flink.savepointMode = 'fails';
      expect(await driver.run('restart', { stopWith: 'checkpoint' })).toMatchObject({ outcome: 'succeeded' });
      expect(flink.begun).toEqual([]);
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-1`);
    });
  });
});

describe('rollback', () => {
  test('goes to the newest deployment before that ran something else, and on from the newest state', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      // Nothing else ever ran, so there is nothing to go back to, and what runs is left alone.
      const application = stage.only();
      expect(await driver.run('rollback', {})).toMatchObject({ error: { code: 'DeploymentNotFound' } });
      expect(await driver.run('rollback', { to: 99 })).toMatchObject({ error: { code: 'DeploymentNotFound' } });
      expect(stage.only().id).toBe(application.id);
      expect(stage.running().flink.begun).toEqual([]);

      await upgrade(driver);
      await driver.run('restart', {});
      const operation = await driver.run('rollback', {});
      expect(operation).toMatchObject({ outcome: 'succeeded', deployment: 4 });
      expect(await release(driver)).toBe('clicks/1.0.0');
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      expect(await driver.run('rollback', { to: 2 })).toMatchObject({ outcome: 'succeeded' });
      expect(await release(driver)).toBe('clicks/1.1.0');
    });
  });

  test('after an automatic one goes past what did not come up', async () => {
    stage.world.publish('clicks/bad', [stage.job]);
    stage.world.behaviour.set('clicks/bad', 'failsInMain');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await upgrade(driver);
      expect(await upgrade(driver, 'clicks/bad')).toMatchObject({ outcome: 'rolledBack', deployment: 4 });
      expect(await driver.run('rollback', {})).toMatchObject({ outcome: 'succeeded', deployment: 5 });
      expect(await release(driver)).toBe('clicks/1.0.0');
    });
  });

  test('of a job that is stopped or failed goes on from the state that it was left with', async () => {
    stage.world.publish('clicks/late', [stage.job]);
    stage.world.behaviour.set('clicks/late', 'failsAfterCheckpoint');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await upgrade(driver);
      const { savepoint } = await driver.run('stop', {});
      expect(await driver.run('rollback', {})).toMatchObject({ outcome: 'succeeded' });
      expect(await release(driver)).toBe('clicks/1.0.0');
      expect(stage.restoredFrom()).toBe(savepoint);
      expect(await upgrade(driver, 'clicks/late')).toMatchObject({ outcome: 'failed' });
      const failed = (await driver.view()).deployment!;
      expect(await driver.run('rollback', {})).toMatchObject({ outcome: 'succeeded' });
      expect(await release(driver)).toBe('clicks/1.0.0');
      expect(stage.restoredFrom()).toContain(`/${failed.flinkJobId}/chk-`);
    });
  });
});

describe('stopWith: checkpoint', () => {
  test('uses what was completed last before the end, as the deployment file says', async () => {
    stage.world.publish('clicks/sick', [stage.job], upgradeLine('stopWith: checkpoint, verify: {timeout: 10s}'));
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink, job } = stage.running();
      const kill = stage.yarn.hold('kill');
      const { id } = await driver.ask('deploy', { release: 'clicks/sick' });
      await expect.poll(() => stage.yarn.asked.includes('kill'), { timeout: 20_000 }).toBe(true);
      flink.completeCheckpoint(job.id);
      kill();
      expect(await driver.ended(id)).toMatchObject({ outcome: 'succeeded', savepoint: null });
      expect(flink.begun).toEqual([]);
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-2`);
    });
  });

  test('is refused while the newest checkpoint is too old or there is none, and the instance is left alone', async () => {
    publishQuiet('clicks/quiet');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.running().job.checkpoints.latestAt = Date.now() - 10 * 60_000;
      const application = stage.only();
      const how = { stopWith: 'checkpoint' };
      expect(await driver.run('restart', how)).toMatchObject({ error: { code: 'CheckpointTooOld' } });
      expect(await driver.run('stop', how)).toMatchObject({ error: { code: 'CheckpointTooOld' } });
      expect(stage.only().id).toBe(application.id);
      expect(await driver.view()).toMatchObject({ state: 'running', deployment: { number: 1, ended: null } });
      expect(stage.endings()).toEqual([null, 'unsubmitted']);

      await upgrade(driver, 'clicks/quiet');
      const quiet = stage.only();
      expect(await driver.run('restart', how)).toMatchObject({ error: { code: 'RestorePointNotFound' } });
      expect(stage.only().id).toBe(quiet.id);
    });
  });

  test('gives latest and latest-checkpoint; anything else is older, and must be asked for twice', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { savepoint } = await driver.run('savepoint', {});
      const untouched = stage.only();
      const restart = (more: Record<string, unknown>) => driver.run('restart', { stopWith: 'checkpoint', ...more });
      for (const from of ['latest-savepoint', savepoint]) {
        expect(await restart({ from })).toMatchObject({ error: { code: 'DiscardsNewerState' } });
      }
      expect(stage.only().id).toBe(untouched.id);
      const { job } = stage.running();
      expect(await restart({ from: 'latest-checkpoint' })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-`);
      expect(await restart({ from: savepoint, discardNewerState: true })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(savepoint);
      expect(await restart({ from: 'fresh' })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBeNull();
    });
  });
});

describe('state that Flink may not be able to read', () => {
  test('is refused without acceptStateRisk: a checkpoint by another minor version, and the way back to an older one', async () => {
    stage.world.publish('clicks/2.0.0', [stage.job], {
      flink: '{version: "2.1.0", config: {execution.checkpointing.interval: 1s, execution.checkpointing.timeout: 30s}}',
    });
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const refused = { outcome: 'failed', error: { code: 'StateRisk' } };
      expect(await upgrade(driver, 'clicks/2.0.0', { stopWith: 'checkpoint' })).toMatchObject(refused);
      expect(await driver.view()).toMatchObject({ state: 'running', deployment: { number: 1 } });
      // A canonical savepoint is what carries state to a newer version.
      expect(await upgrade(driver, 'clicks/2.0.0')).toMatchObject({ outcome: 'succeeded', warnings: [] });
      const newer = stage.only();
      expect(await driver.run('rollback', {})).toMatchObject(refused);
      expect(stage.only().id).toBe(newer.id);
      const accepted = await driver.run('rollback', { acceptStateRisk: true });
      expect(accepted.outcome).toBe('succeeded');
      expect(accepted.warnings.join()).toContain('Flink 1.20.1 is older');
      expect(stage.restoredFrom()).toBe(accepted.savepoint);
    });
  });
});

describe('what was left behind by going back', () => {
  test('is chosen neither as latest-savepoint nor as latest-checkpoint', async () => {
    publishQuiet('clicks/quiet');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const first = stage.running().job.id;
      const good = await driver.run('savepoint', { id: 'good' });
      // A stop with a savepoint would finish the job, and Flink would delete its checkpoint.
      await upgrade(driver, 'clicks/1.1.0', { stopWith: 'checkpoint' });
      await driver.run('savepoint', { id: 'left' });
      await upgrade(driver, 'clicks/quiet', { from: good.savepoint, discardNewerState: true });
      await driver.run('kill', {});
      expect(await driver.run('resume', { from: 'latest-savepoint' })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(good.savepoint);
      await driver.run('kill', {});
      const older = { from: 'latest-checkpoint' };
      expect(await driver.run('resume', older)).toMatchObject({ error: { code: 'DiscardsNewerState' } });
      const accepted = await driver.run('resume', { ...older, discardNewerState: true });
      expect(accepted).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${first}/chk-1`);
    });
  });
});
