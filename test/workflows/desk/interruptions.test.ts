/**
 * `cancel {operation}`: what it does depends on the phase, and is what `phases` in lifecycle.ts promises.
 *
 * Seen to fail: no safe point before the stop (checking); a stop that a cancel interrupts (its outcome is awaited);
 * going back whatever `onFailedStart` says, and after a completed checkpoint; no warning to who came too late; waits that
 * a cancel does not interrupt (starting, a second cancel); no evidence before the end; another code for what has ended;
 * Temporal's cancel unheard.
 */
import { describe, expect, test } from 'vitest';
import { cancelSignal } from '../../../src/workflows/messages.ts';
import { seen, type Driver } from '../harness.ts';
import { rejection, useStage } from '../use-stage.ts';

const stage = useStage();

const upgrade = (driver: Driver, release = 'clicks/1.1.0') => driver.ask('deploy', { id: 'second', release });
const savepointing = () => seen('the stop', () => stage.running().flink.begun.length > 0);
/** The application of the next deployment has a JobManager. */
const broughtUp = (count: number) =>
  seen(
    `start ${count}`,
    () => stage.yarn.submissions.length === count && stage.world.live(stage.job)[0]?.flink != null,
  );

describe('before the old instance is touched', () => {
  test.each(['update', 'signal'] as const)(
    'a cancel by %s while checking gives the reserved start back and leaves the instance alone',
    async (door) => {
      await stage.story(async (driver) => {
        await stage.deployed(driver);
        const application = stage.only();
        const release = stage.yarn.hold('queues');
        await upgrade(driver);
        await seen('the check', () => stage.yarn.asked.filter((route) => route === 'queues').length > 1);
        const asked = { operation: 'second', actor: 'oncall', reason: 'wrong release' };
        if (door === 'update') expect(await driver.cancel('second', asked)).toMatchObject({ id: 'second' });
        else await driver.handle.signal(cancelSignal, asked);
        release();
        const operation = await driver.ended('second');
        expect(operation).toMatchObject({
          outcome: 'cancelled',
          savepoint: null,
          error: { code: 'Cancelled', detail: 'cancelled by oncall: wrong release' },
          interruption: { how: 'cancelled', actor: 'oncall', reason: 'wrong release', by: null },
        });
        expect(stage.only().id).toBe(application.id);
        expect(stage.running().flink.begun).toEqual([]);
        expect(stage.endings()).toEqual([null, 'unsubmitted']);
        expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({ outcome: 'succeeded' });
      });
    },
  );
});

describe('once the stop has begun', () => {
  test('its outcome is awaited, and the old deployment is started again from that savepoint', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.running().flink.savepointMode = 'never';
      const { flink } = stage.running();
      await upgrade(driver);
      await savepointing();
      await driver.cancel('second');
      // Hearing it twice changes nothing.
      await driver.cancel('second', { actor: 'somebody else' });
      expect(stage.only().state).toBe('RUNNING');
      flink.endSavepoints('ok');
      const operation = await driver.ended('second');
      expect(operation).toMatchObject({ outcome: 'cancelled', deployment: 2, interruption: { actor: 'unknown' } });
      expect(operation.error?.detail).toContain('deployment 1 was started again as 2');
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      expect(await driver.view()).toMatchObject({ state: 'running', deployment: { release: 'clicks/1.0.0' } });
      expect(stage.endings()).toEqual(['stopped', 'unsubmitted', null]);
    });
  });

  test('with onFailedStart: stop the job is stopped, and resumes from the savepoint', async () => {
    stage.world.publish('clicks/stop', [stage.job], {
      upgrade: '{timeouts: {savepoint: 2m, stop: 10s, start: 10s}, verify: {timeout: 10s}, onFailedStart: stop}',
    });
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink } = stage.running();
      flink.savepointMode = 'never';
      await upgrade(driver, 'clicks/stop');
      await savepointing();
      await driver.cancel('second');
      flink.endSavepoints('ok');
      const operation = await driver.ended('second');
      expect(operation.outcome).toBe('cancelled');
      expect(operation.error?.detail).toContain(operation.savepoint);
      expect(stage.world.live(stage.job)).toEqual([]);
      expect(await driver.view()).toMatchObject({ state: 'stopped', deployment: { number: 1 } });
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(operation.savepoint);
    });
  });

  test('a plain stop succeeds, and tells who came too late', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink } = stage.running();
      flink.savepointMode = 'never';
      await driver.ask('stop', { id: 'stop' });
      await savepointing();
      await driver.cancel('stop', { actor: 'oncall' });
      flink.endSavepoints('ok');
      const operation = await driver.ended('stop');
      expect(operation).toMatchObject({ outcome: 'succeeded', error: null, interruption: { actor: 'oncall' } });
      expect(operation.warnings.join()).toContain('it was to be cancelled by oncall, but ended before');
      expect(await driver.view()).toMatchObject({ state: 'stopped' });
    });
  });

  test('while the old application is being ended, its end is awaited, and the old deployment is started again', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const release = stage.yarn.hold('kill');
      await upgrade(driver);
      await seen('the kill', () => stage.yarn.asked.includes('kill'));
      await driver.cancel('second');
      release();
      const operation = await driver.ended('second');
      expect(operation).toMatchObject({ outcome: 'cancelled', deployment: 2 });
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      expect(await driver.view()).toMatchObject({ deployment: { release: 'clicks/1.0.0' } });
    });
  });
});

describe('once the new instance is on its way', () => {
  test.each([
    ['submitting', 'neverRuns'],
    ['starting', 'neverRuns'],
    ['verifying', 'neverCheckpoints'],
  ] as const)('a cancel while %s kills it, keeps its evidence, and goes back', async (phase, behaviour) => {
    stage.world.behaviour.set('clicks/1.1.0', behaviour);
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const release = phase === 'submitting' ? stage.yarn.hold('submit') : () => undefined;
      await upgrade(driver);
      if (phase === 'submitting')
        await seen('the submit', () => stage.yarn.asked.filter((route) => route === 'submit').length > 1);
      else {
        await broughtUp(2);
        await driver.until(`phase ${phase}`, ({ operation }) => operation?.phase === phase);
      }
      await driver.cancel('second');
      release();
      const operation = await driver.ended('second');
      expect(operation).toMatchObject({ outcome: 'cancelled', deployment: 3, error: { code: 'Cancelled' } });
      expect(stage.world.keys(`audit/${stage.job}/second/logs/${stage.yarn.submissions[1]!}/`)).not.toEqual([]);
      expect(stage.endings()).toEqual(['stopped', 'failed', null]);
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      expect(await driver.view()).toMatchObject({ state: 'running', deployment: { release: 'clicks/1.0.0' } });
    });
  });

  test('no way is gone back once it has completed a checkpoint: the job is stopped, and its points are named', async () => {
    stage.world.publish('clicks/two', [stage.job], {
      upgrade:
        '{timeouts: {savepoint: 2m, stop: 10s, start: 10s}, verify: {timeout: 60s, checkpoints: 2}, onFailedStart: rollback}',
    });
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await upgrade(driver, 'clicks/two');
      await broughtUp(2);
      const { job } = stage.running();
      await driver.until('phase verifying', ({ operation }) => operation?.phase === 'verifying');
      await driver.cancel('second');
      const operation = await driver.ended('second');
      expect(operation).toMatchObject({ outcome: 'cancelled', deployment: 2 });
      expect(operation.error?.detail).toContain(operation.savepoint);
      expect(stage.world.live(stage.job)).toEqual([]);
      expect(await driver.view()).toMatchObject({ state: 'stopped', deployment: { number: 2 } });
      expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-`);
    });
  });

  test('a second cancel, while going back, leaves nothing running and names the restore point', async () => {
    stage.world.behaviour.set('clicks/1.1.0', 'neverRuns');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.world.behaviour.set('clicks/1.0.0', 'neverRuns');
      await upgrade(driver);
      await broughtUp(2);
      await driver.cancel('second', { reason: 'one' });
      await broughtUp(3);
      await driver.cancel('second', { reason: 'two' });
      const operation = await driver.ended('second');
      expect(operation).toMatchObject({ outcome: 'cancelled', interruption: { reason: 'two' } });
      expect(operation.error?.detail).toContain(operation.savepoint);
      expect(operation.phases.map(({ name }) => name)).toContain('rollingBack');
      expect(stage.world.live(stage.job)).toEqual([]);
      expect(stage.endings()).toEqual(['stopped', 'failed', 'failed']);
      expect(await driver.view()).toMatchObject({ state: 'stopped' });
      stage.world.behaviour.set('clicks/1.0.0', 'healthy');
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(operation.savepoint);
    });
  });
});

describe('of something else', () => {
  test('a savepoint is given up, and the job runs on; what has ended or is unknown cannot be cancelled', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.running().flink.savepointMode = 'never';
      await driver.ask('savepoint', { id: 'sp' });
      await savepointing();
      await driver.cancel('sp');
      expect(await driver.ended('sp')).toMatchObject({ outcome: 'cancelled', savepoint: null });
      expect(await driver.view()).toMatchObject({ state: 'running', operation: null });
      expect(await rejection(driver.cancel('sp'))).toMatchObject({ code: 'CommandNotAllowed' });
      expect(await rejection(driver.cancel('unheard-of'))).toMatchObject({ code: 'NotFound' });
      expect(stage.only().state).toBe('RUNNING');
    });
  });

  test('a kill that has begun ends as a kill', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const release = stage.yarn.hold('kill');
      await driver.ask('kill', { id: 'kill' });
      await seen('the kill', () => stage.yarn.asked.includes('kill'));
      await driver.cancel('kill');
      release();
      expect(await driver.ended('kill')).toMatchObject({ outcome: 'succeeded', interruption: { how: 'cancelled' } });
      expect(stage.world.live(stage.job)).toEqual([]);
    });
  });

  test("Temporal's own cancel means cancel; without an operation it means nothing; the job goes on afterwards", async () => {
    stage.world.behaviour.set('clicks/1.1.0', 'neverRuns');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.handle.cancel();
      // Temporal's cancel names no operation, so it would hit an operation that is accepted in the same task. The
      // refusal of a bad signal shows that the cancel was taken.
      await driver.handle.signal('savepoint', 7);
      await driver.until('the cancel was taken', ({ rejections }) => rejections.last.length > 0);
      expect(await driver.run('savepoint', {})).toMatchObject({ outcome: 'succeeded', interruption: null });
      await upgrade(driver);
      await broughtUp(2);
      await driver.handle.cancel();
      expect(await driver.ended('second')).toMatchObject({
        outcome: 'cancelled',
        interruption: { how: 'cancelled', actor: 'temporal' },
      });
      expect(await driver.run('savepoint', {})).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({ state: 'running', deployment: { release: 'clicks/1.0.0' } });
    });
  });
});
