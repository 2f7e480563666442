/**
 * Hotfixes: what they start, from where, in each state; what keeps and what drops them; how they end.
 *
 * Seen to fail: a job that does not run now stopped as any other; a rollback for which two hotfixes of one release are the same;
 * an expired one reverted though its job had failed.
 */
import { describe, expect, test } from 'vitest';
import type { ConfigEntry } from '../../../src/domain/deployment/effective-config.ts';
import { rejection, useStage } from '../use-stage.ts';
import type { Driver } from '../harness.ts';
import { planOf } from '../plans.ts';

const stage = useStage();

const MORE = { set: { 'taskManager.memory': '2g', 'flink.config.a.b': 'c' } };

/** The effective configuration of what runs: the text of each key, with its origin. */
async function effective(driver: Driver): Promise<Record<string, string>> {
  const { configuration } = await driver.view();
  const entries = stage.world.json(`texts/${configuration ?? ''}`) as ConfigEntry[];
  return Object.fromEntries(entries.map(({ key, value, origin }) => [key, `${value} (${origin})`]));
}
const paths = async (driver: Driver) => Object.keys((await driver.view()).hotfix?.set ?? {});

describe('a hotfix', () => {
  test('of a running job starts the same release with other values, from the savepoint of its own stop, and is shown', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const operation = await driver.run('hotfix', {
        id: 'fix',
        actor: 'team-ads',
        reason: 'out of memory',
        ...MORE,
        unset: ['upgrade.timeouts.stop'],
      });
      expect(operation).toMatchObject({ outcome: 'succeeded', deployment: 2, error: null });
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      const view = await driver.view();
      expect(view).toMatchObject({
        state: 'running',
        sync: 'hotfixed',
        deployment: { release: 'clicks/1.0.0', deadlines: { stop: 120_000 } },
        hotfix: {
          ...MORE,
          unset: ['upgrade.timeouts.stop'],
          actor: 'team-ads',
          reason: 'out of memory',
          at: operation.acceptedAt,
          operationId: 'fix',
          declared: { 'taskManager.memory': '1728m', 'flink.config.a.b': null, 'upgrade.timeouts.stop': '10s' },
          expiresAt: new Date(Date.parse(operation.acceptedAt) + 7 * 86_400_000).toISOString(),
          reminder: null,
        },
      });
      expect(await effective(driver)).toMatchObject({
        'taskmanager.memory.process.size': '2g (hotfix)',
        'a.b': 'c (hotfix)',
        'jobmanager.memory.process.size': '1600m (deployment file)',
      });
    });
  });

  test('merges over the one before, path by path, and the newest author answers for it', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('hotfix', { actor: 'one', ...MORE });
      const set = { 'taskManager.memory': '3g', 'job.parallelism': 2 };
      await driver.run('hotfix', { actor: 'two', set, unset: ['flink.config.a.b'] });
      expect((await driver.view()).hotfix).toMatchObject({ actor: 'two', set, unset: ['flink.config.a.b'] });
      expect((await driver.view()).deployment).toMatchObject({ parallelism: 2 });
    });
  });

  test('is kept by restart, stop and resume, and by a deploy, which says where the file has caught up', async () => {
    stage.world.publish('clicks/same', [stage.job], { taskManager: '{memory: 2g}' });
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('hotfix', MORE);
      await driver.run('restart', {});
      await driver.run('stop', {});
      expect((await driver.view()).sync).toBe('hotfixed');
      await driver.run('resume', {});
      expect(await paths(driver)).toEqual(Object.keys(MORE.set));
      const deploy = await driver.run('deploy', { release: 'clicks/same' });
      expect(deploy.warnings.join()).toContain('says the same as the hotfix about taskManager.memory');
      expect(await effective(driver)).toMatchObject({ 'a.b': 'c (hotfix)' });
    });
  });

  test('that comes with a deploy is part of it', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('deploy', { release: 'clicks/1.1.0', actor: 'ci', hotfix: MORE });
      expect(await driver.view()).toMatchObject({ deployment: { release: 'clicks/1.1.0' }, hotfix: { actor: 'ci' } });
    });
  });

  test('starts a job that is stopped, and one that has failed, from the state that it was left with', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { savepoint } = await driver.run('stop', {});
      expect(await driver.run('hotfix', MORE)).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(savepoint);
      stage.world.behaviour.set('clicks/1.0.0', 'failsAfterCheckpoint');
      expect(await driver.run('restart', {})).toMatchObject({ outcome: 'failed' });
      expect(await driver.view()).toMatchObject({ state: 'failed', sync: 'hotfixed' });
      const failed = (await driver.view()).deployment!;
      stage.world.behaviour.delete('clicks/1.0.0');
      expect(await driver.run('hotfix', { set: { 'taskManager.memory': '4g' } })).toMatchObject({
        outcome: 'succeeded',
      });
      expect(stage.restoredFrom()).toContain(`/${failed.flinkJobId}/chk-`);
      expect((await driver.view()).hotfix?.set).toEqual({ ...MORE.set, 'taskManager.memory': '4g' });
    });
  });

  test('that does not come up goes back to the old deployment with its old values', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('hotfix', MORE);
      stage.world.behaviour.set('"broken": "yes"', 'failsInMain');
      const operation = await driver.run('hotfix', { set: { 'flink.config.broken': 'yes' } });
      expect(operation).toMatchObject({ outcome: 'rolledBack', error: { code: 'StartFailed' } });
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      expect((await driver.view()).hotfix).toMatchObject(MORE);
      expect(await effective(driver)).not.toHaveProperty('broken');
    });
  });

  test('of a job that does not run now says how it can be stopped, and works when told to', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink, job } = stage.running();
      const sick = stage.only();
      job.state = 'RESTARTING';
      flink.savepointMode = 'fails';
      const refused = await driver.run('hotfix', MORE);
      expect(refused).toMatchObject({ outcome: 'failed', error: { code: 'NotRunningNow' } });
      expect(refused.error?.detail).toContain('RESTARTING');
      expect(refused.error?.hint).toContain('--stop-with checkpoint');
      expect(stage.only().id).toBe(sick.id);
      expect((await driver.view()).hotfix).toBeNull();
      expect(flink.begun).toEqual([]);
      expect(await driver.run('hotfix', { ...MORE, stopWith: 'checkpoint' })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-1`);
    });
  });

  test('is refused before anything is touched where it does not fit the file', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const untouched = stage.only();
      const late = new Date(Date.now() + 30 * 86_400_000).toISOString();
      for (const [asked, detail] of [
        [{ set: { 'taskManager.memory': '4 apples' } }, 'taskManager.memory must be a memory size'],
        [{ set: { 'taskManager.memory': '900g' } }, 'taskManager.memory is 900g'],
        [{ set: { 'yarn.queue': 'nowhere' } }, 'no queue nowhere'],
        [{ ...MORE, expiresAt: late }, 'later than hotfix.maxAge'],
        [{ ...MORE, expiresIn: '30d' }, 'later than hotfix.maxAge'],
        [{ ...MORE, expiresAt: '2020-01-01T00:00:00Z' }, 'is over already'],
      ] as const) {
        const operation = await driver.run('hotfix', asked);
        expect(operation.outcome).toBe('failed');
        expect(operation.error?.detail).toContain(detail);
      }
      expect(stage.only().id).toBe(untouched.id);
    });
  });

  test('is rejected at once where it never fits, and no secret of it is repeated', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      for (const [set, detail] of [
        [{}, 'at least one path'],
        [{ 'job.jar': 'other.jar' }, 'job.jar cannot be hotfixed'],
        [{ 'placement.cluster': 'yarn-b' }, 'placement.cluster cannot be hotfixed'],
        [{ 'flink.config.s3.secret-key': 'hunter2' }, 'would be a secret'],
        [{ 'job.args': ['--password', 'hunter2'] }, 'would be a secret'],
      ] as const) {
        const { code, detail: said } = await rejection(driver.ask('hotfix', { set }));
        expect(code).toBe('InvalidRequest');
        expect(said).toContain(detail);
        expect(said).not.toContain('hunter2');
      }
    });
  });
});

describe('the end of a hotfix', () => {
  test('is revertHotfix, from the state of what ran with it', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      expect(await rejection(driver.ask('revertHotfix', {}))).toMatchObject({ code: 'CommandNotAllowed' });
      await driver.run('hotfix', MORE);
      const operation = await driver.run('revertHotfix', {});
      expect(operation).toMatchObject({ outcome: 'succeeded', deployment: 3 });
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      expect(await driver.view()).toMatchObject({ sync: 'inSync', hotfix: null });
      expect(await effective(driver)).toMatchObject({ 'taskmanager.memory.process.size': '1728m (deployment file)' });
    });
  });

  test('is a rollback to a deployment without it, which says so', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('hotfix', { actor: 'team-ads', ...MORE });
      const back = await driver.run('rollback', {});
      expect(back).toMatchObject({ outcome: 'succeeded' });
      expect(back.warnings.join()).toContain(
        'the hotfix of team-ads (taskManager.memory, flink.config.a.b) is not part',
      );
      expect((await driver.view()).hotfix).toBeNull();
      // Only a number brings the hotfix back, and the record says so.
      expect(await driver.run('rollback', {})).toMatchObject({ error: { code: 'DeploymentNotFound' } });
      const whose = 'the hotfix of team-ads (taskManager.memory, flink.config.a.b)';
      expect(await driver.run('rollback', { to: 2 })).toMatchObject({
        outcome: 'succeeded',
        warnings: [`${whose} is part of the deployment gone back to and applies again`],
        backTo: { deployment: 2, release: 'clicks/1.0.0', hotfix: whose, leftOut: null },
      });
      expect((await driver.view()).hotfix).toMatchObject(MORE);
    });
  });

  test('that was reverted stays reverted in a rollback, whose plan and record name the target', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('hotfix', { actor: 'team-ads', ...MORE });
      await driver.run('deploy', { release: 'clicks/1.1.0' });
      await driver.run('revertHotfix', {});
      const whose = 'the hotfix of team-ads (taskManager.memory, flink.config.a.b)';
      const target = { deployment: 2, release: 'clicks/1.0.0', hotfix: null, leftOut: whose };
      const plan = await planOf(stage, driver, 'rollback', {});
      expect(plan).toMatchObject({ ok: true, backTo: target });
      expect(plan.summary).toContain(`deployment 2, clicks/1.0.0 without a hotfix; ${whose} stays reverted`);
      const back = await driver.run('rollback', {});
      expect(back).toMatchObject({ outcome: 'succeeded', release: 'clicks/1.0.0', backTo: target });
      expect(back.warnings).toEqual([`${whose} stays reverted; --to 2 brings it back`]);
      expect(await driver.view()).toMatchObject({ hotfix: null, deployment: { release: 'clicks/1.0.0' } });
    });
  });

  test('is not a start with a file that refuses it: the path is named, and what runs stays', async () => {
    stage.world.publish('clicks/typed', [stage.job], {
      flink:
        '{version: "1.20.1", config: {execution.checkpointing.interval: 1s, execution.checkpointing.timeout: 200s}}',
      upgrade: '{timeouts: {savepoint: 10m, stop: 10s, start: 10s}, verify: {timeout: 10s}}',
    });
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('hotfix', { set: { 'upgrade.timeouts.savepoint': '95s' } });
      const runs = stage.only();
      const refused = await driver.run('deploy', { release: 'clicks/typed' });
      expect(refused).toMatchObject({ outcome: 'failed', error: { code: 'HotfixRefused' } });
      expect(refused.error?.detail).toContain('upgrade.timeouts.savepoint must be at least');
      expect(stage.only().id).toBe(runs.id);
    });
  });
});

describe('a hotfix that has expired', () => {
  const expiring = { ...MORE, actor: 'team-ads', expiresIn: '1s' };

  test('still applies where the file says so, and somebody is reminded', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('hotfix', expiring);
      const { hotfix } = await driver.until('the reminder', (view) => view.hotfix?.reminder != null);
      expect(hotfix?.reminder).toContain('the hotfix of team-ads expired at');
      const restart = await driver.run('restart', {});
      expect(restart.warnings.join()).toContain('still applies');
      expect(await driver.view()).toMatchObject({ sync: 'hotfixed', deployment: { number: 3 } });
    });
  });

  test('is reverted by Sluice itself where the file says so, which is an operation like any other', async () => {
    stage.world.publish('clicks/1.0.0', [stage.job], { hotfix: '{onExpiry: revert}' });
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('hotfix', expiring);
      await driver.until('the revert', ({ deployment, operation }) => deployment?.number === 3 && operation === null);
      expect(await driver.view()).toMatchObject({ state: 'running', sync: 'inSync', hotfix: null });
      const [revert] = await driver.history();
      expect(revert).toMatchObject({ kind: 'revertHotfix', actor: 'sluice', via: 'supervisor', outcome: 'succeeded' });
      expect(revert?.reason).toContain('the hotfix of team-ads expired at');
      expect(stage.restoredFrom()).toBe(revert?.savepoint);
    });
  });

  test('is tried to be reverted once: what cannot run without it is left to people', async () => {
    stage.world.publish('clicks/1.1.0', [stage.job], { hotfix: '{onExpiry: revert}' });
    stage.world.behaviour.set('clicks/1.1.0', 'failsInMain');
    stage.world.behaviour.set('"a.b": "c"', 'healthy');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { actor, ...hotfix } = expiring;
      await driver.run('deploy', { release: 'clicks/1.1.0', actor, hotfix });
      const { hotfix: kept } = await driver.until(
        'the reminder after it',
        ({ hotfix: active, operation }) => operation === null && (active?.reminder ?? '').includes('ended rolledBack'),
      );
      expect(kept).toMatchObject(MORE);
      const kinds = (await driver.history()).map(({ kind }) => kind);
      expect(kinds).toEqual(['revertHotfix', 'deploy', 'deploy']);
    });
  });

  test('starts nothing that does not run: it ends with the next start', async () => {
    stage.world.publish('clicks/1.0.0', [stage.job], {
      hotfix: '{onExpiry: revert}',
      upgrade: '{timeouts: {savepoint: 2m, stop: 10s, start: 10s}, verify: {timeout: 10s}, onFailedStart: stop}',
    });
    stage.world.behaviour.set('"a.b": "c"', 'failsInMain');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      expect(await driver.run('hotfix', expiring)).toMatchObject({ outcome: 'failed' });
      await driver.until('the reminder', (view) => view.hotfix?.reminder != null);
      expect(await driver.view()).toMatchObject({ state: 'failed', sync: 'hotfixed', deployment: { number: 2 } });
      expect(stage.world.live(stage.job)).toEqual([]);
      const resume = await driver.run('resume', {});
      expect(resume).toMatchObject({ outcome: 'succeeded', deployment: 3 });
      expect(resume.warnings.join()).toContain('ends with this start');
      expect((await driver.view()).hotfix).toBeNull();
    });
  });
});
