/**
 * `kill {force: true}` takes the place of the operation that runs; nothing lives afterwards and nothing is lost.
 *
 * Seen to fail: a second force that is accepted; the kill forgotten when the operation before it has ended; the
 * deployment before not remembered when the new one never ran; force refused where the state does not allow kill.
 */
import { describe, expect, test } from 'vitest';
import { seen, type Driver } from '../harness.ts';
import { rejection, useStage } from '../use-stage.ts';

const stage = useStage();

const upgrade = (driver: Driver, more: Record<string, unknown> = {}) =>
  driver.ask('deploy', { id: 'second', release: 'clicks/1.1.0', ...more });
const force = (driver: Driver) => driver.ask('kill', { id: 'force', actor: 'oncall', force: true });
const broughtUp = (count: number) =>
  seen(
    `start ${count}`,
    () => stage.yarn.submissions.length === count && stage.world.live(stage.job)[0]?.flink != null,
  );

async function superseded(driver: Driver): Promise<void> {
  expect(await driver.ended('second')).toMatchObject({
    outcome: 'superseded',
    error: { code: 'Superseded' },
    interruption: { how: 'superseded', by: 'force', actor: 'oncall' },
  });
  expect(await driver.ended('force')).toMatchObject({ outcome: 'succeeded', error: null });
  expect(stage.world.live(stage.job)).toEqual([]);
  expect(stage.endings()).not.toContain(null);
  expect(await driver.view()).toMatchObject({ state: 'stopped', operation: null, pendingStop: null });
}

describe('a kill by force supersedes a deploy', () => {
  test('while it waits for the savepoint of its stop; resume goes on from the newest checkpoint', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink, job } = stage.running();
      flink.savepointMode = 'never';
      await upgrade(driver);
      await seen('the stop', () => flink.begun.length > 0);
      const release = stage.yarn.hold('kill');
      await force(driver);
      await seen('the kill', () => stage.yarn.asked.includes('kill'));
      // A kill is superseded by nothing, not even by another kill by force.
      expect(await rejection(driver.ask('kill', { id: 'again', force: true }))).toMatchObject({
        code: 'OperationInProgress',
        details: { holder: { id: 'force', kind: 'kill' } },
      });
      release();
      await superseded(driver);
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-1`);
    });
  });

  test('whose savepoint completed unheard: resume goes on from that', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink } = stage.running();
      flink.savepointMode = 'never';
      await upgrade(driver);
      await seen('the stop', () => flink.begun.length > 0);
      const release = stage.yarn.hold('application');
      await force(driver);
      flink.endSavepoints('ok');
      release();
      await driver.ended('force');
      expect(stage.world.live(stage.job)).toEqual([]);
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain('/second/savepoint-');
    });
  });

  test('while the old application is being ended, which is awaited; resume goes on from the savepoint', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const release = stage.yarn.hold('kill');
      await upgrade(driver);
      await seen('the kill', () => stage.yarn.asked.includes('kill'));
      await force(driver);
      // The superseded operation has been told of the kill already, so the kill can be neither doubled nor cancelled.
      expect(await rejection(driver.ask('kill', { id: 'again', force: true }))).toMatchObject({
        code: 'OperationInProgress',
        details: { holder: { id: 'second' } },
      });
      expect(await rejection(driver.cancel('force'))).toMatchObject({ code: 'CommandNotAllowed' });
      release();
      await superseded(driver);
      expect(stage.yarn.submissions).toHaveLength(1);
      const { savepoint } = (await driver.history()).find(({ id }) => id === 'second')!;
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(savepoint);
    });
  });

  test.each([
    ['starting', 'neverRuns'],
    ['verifying', 'neverCheckpoints'],
  ] as const)('while %s; resume goes on from the savepoint of its stop', async (phase, behaviour) => {
    stage.world.behaviour.set('clicks/1.1.0', behaviour);
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await upgrade(driver);
      await broughtUp(2);
      await driver.until(`phase ${phase}`, ({ operation }) => operation?.phase === phase);
      expect(await rejection(driver.ask('kill', { id: 'plain' }))).toMatchObject({
        code: 'OperationInProgress',
        details: { holder: { id: 'second', phase } },
      });
      await force(driver);
      await superseded(driver);
      const { savepoint } = (await driver.history()).find(({ id }) => id === 'second')!;
      stage.world.behaviour.set('clicks/1.1.0', 'healthy');
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(savepoint);
    });
  });

  test('that never ran and began without state: it is no base, latest goes on from the deployment before it', async () => {
    stage.world.behaviour.set('clicks/1.1.0', 'neverRuns');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await upgrade(driver, { from: 'fresh' });
      await broughtUp(2);
      await force(driver);
      await superseded(driver);
      const { savepoint } = (await driver.history()).find(({ id }) => id === 'second')!;
      expect(await driver.run('deploy', { release: 'clicks/1.0.0' })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(savepoint);
    });
  });

  test('while it goes back', async () => {
    stage.world.behaviour.set('clicks/1.1.0', 'failsInMain');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.world.behaviour.set('clicks/1.0.0', 'neverRuns');
      await upgrade(driver);
      await broughtUp(3);
      await force(driver);
      await superseded(driver);
      const { savepoint } = (await driver.history()).find(({ id }) => id === 'second')!;
      stage.world.behaviour.set('clicks/1.0.0', 'healthy');
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded', deployment: 4 });
      expect(stage.restoredFrom()).toBe(savepoint);
    });
  });
});

describe('a kill by force', () => {
  test('is allowed in every state, to be sure: of a job that was never deployed, and of one that is stopped', async () => {
    await stage.story(async (driver) => {
      await driver.signal('kill', { id: 'nothing', force: true });
      const nothing = await driver.ended('nothing');
      expect(nothing).toMatchObject({ outcome: 'succeeded', deployment: null });
      expect(nothing.warnings.join()).toContain('nothing was ever started');
      await stage.deployed(driver);
      const stopped = await driver.run('stop', {});
      expect(await rejection(driver.ask('kill', {}))).toMatchObject({ code: 'CommandNotAllowed' });
      expect(await driver.run('kill', { force: true })).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({ state: 'stopped', deployment: { ended: { how: 'stopped' } } });
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(stopped.savepoint);
    });
  });
});
