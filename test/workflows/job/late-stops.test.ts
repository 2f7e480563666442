/**
 * A stop that does not end as it should: late, never, or with a savepoint of a job that failed while it stopped.
 *
 * Seen to fail: everybody let in while a stop has no outcome; a stop that failed late and is awaited for ever; the death
 * of the instance called a stop; a savepoint used although its job runs on, or although a higher checkpoint exists; a
 * RESTARTING job waited for until the time-out of the savepoint; one that is CREATED not waited for.
 */
import { describe, expect, test } from 'vitest';
import type { FakeFlink } from '../../fakes/flink.ts';
import { type Driver } from '../harness.ts';
import { rejection, useStage } from '../use-stage.ts';

const stage = useStage();

/** A stop that has used up its time: nobody knows how it ends. */
async function pending(driver: Driver): Promise<FakeFlink> {
  await stage.deployed(driver);
  const { flink } = stage.running();
  flink.savepointMode = 'never';
  stage.world.deadlines.set('stopWithSavepoint', 500);
  expect(await driver.run('stop', { id: 'stop' })).toMatchObject({
    outcome: 'failed',
    error: { code: 'SavepointUnknown' },
  });
  stage.world.deadlines.delete('stopWithSavepoint');
  return flink;
}

describe('a stop that ends after its time-out', () => {
  test('keeps everybody but kill out until its outcome is known, and is a stop with its savepoint then', async () => {
    await stage.story(async (driver) => {
      const flink = await pending(driver);
      expect(await driver.view()).toMatchObject({ state: 'running', pendingStop: { operationId: 'stop', epoch: 1 } });
      for (const kind of ['deploy', 'savepoint', 'stop', 'restart', 'rollback'] as const) {
        const payload = kind === 'deploy' ? { release: 'clicks/1.1.0' } : {};
        expect.soft(await rejection(driver.ask(kind, payload)), kind).toMatchObject({ code: 'StopPending' });
      }
      flink.endSavepoints('ok');
      const view = await driver.until('the stop', ({ state }) => state === 'stopped');
      expect(view).toMatchObject({ pendingStop: null, deployment: { ended: { how: 'stopped' } } });
      expect(view.deployment?.ended?.savepoint?.path).toContain('/stop/savepoint-');
      expect(stage.world.live(stage.job)).toEqual([]);
      expect(stage.endings()).toEqual(['stopped']);
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(view.deployment?.ended?.savepoint?.path);
    });
  });

  test('in failure leaves the job running, and free for whoever asks next', async () => {
    await stage.story(async (driver) => {
      const flink = await pending(driver);
      const application = stage.only();
      flink.endSavepoints('fails');
      const view = await driver.until('the answer', ({ pendingStop }) => pendingStop === null);
      expect(view).toMatchObject({ state: 'running', deployment: { number: 1, ended: null } });
      expect(view.stateReason).toContain('no room on savepoint storage');
      expect(stage.only().id).toBe(application.id);
      flink.savepointMode = 'ok';
      expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({ outcome: 'succeeded' });
    });
  });

  test('never, is ended by a kill, and resume goes on from the newest checkpoint', async () => {
    await stage.story(async (driver) => {
      await pending(driver);
      const { job } = stage.running();
      expect(await driver.run('kill', {})).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({ state: 'stopped', pendingStop: null });
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-1`);
    });
  });

  test('with the instance, whose savepoint is found in its folder though the JobManager is gone', async () => {
    await stage.story(async (driver) => {
      const flink = await pending(driver);
      const { id } = stage.only();
      stage.world.hooks.afterSnapshot = () => void stage.yarn.end(id, { state: 'FINISHED', finalStatus: 'SUCCEEDED' });
      flink.endSavepoints('ok');
      const view = await driver.until('the stop', ({ state }) => state === 'stopped');
      expect(view.deployment?.ended?.savepoint?.path).toContain('/stop/savepoint-');
    });
  });

  test('because its instance died: failed, and nothing waits any more', async () => {
    await stage.story(async (driver) => {
      await pending(driver);
      const { job } = stage.running();
      await stage.yarn.end(stage.only().id, { state: 'FAILED', diagnostics: 'node lost' });
      const view = await driver.until('the end', ({ state }) => state === 'failed');
      expect(view).toMatchObject({ pendingStop: null, deployment: { ended: { how: 'failed', savepoint: null } } });
      expect(view.stateReason).toContain('node lost');
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-1`);
    });
  });
});

describe('a savepoint that is good while the job fails to stop', () => {
  test('is used when the job has ended', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.running().flink.savepointMode = 'jobFailsWhileStopping';
      const operation = await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' });
      expect(operation).toMatchObject({ outcome: 'succeeded' });
      expect(operation.warnings.join()).toContain('the job failed while stopping, after its savepoint was complete');
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      expect(operation.savepoint).toContain('/second/savepoint-');
    });
  });

  test('is an ordinary one when the job runs on: the deploy failed, and later checkpoints are newer', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink, job } = stage.running();
      const application = stage.only();
      flink.savepointMode = 'jobRestartsWhileStopping';
      const operation = await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' });
      expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'SavepointFailed' } });
      expect(operation.error?.detail).toContain('/second/savepoint-');
      expect(stage.only().id).toBe(application.id);
      expect(await driver.view()).toMatchObject({ state: 'running', pendingStop: null, deployment: { number: 1 } });
      flink.completeCheckpoint(job.id);
      await driver.run('kill', {});
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-3`);
    });
  });

  test('is outrun by a higher checkpoint: the deploy failed, and resume uses that checkpoint', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink, job } = stage.running();
      flink.savepointMode = 'jobFailsWhileStopping';
      stage.world.hooks.afterSnapshot = () => {
        stage.world.hooks.afterSnapshot = null;
        flink.completeCheckpoint(job.id);
      };
      const operation = await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' });
      expect(operation).toMatchObject({ outcome: 'failed', savepoint: null });
      expect(operation.error?.detail).toContain('/chk-3');
      expect(await driver.view()).toMatchObject({ state: 'failed' });
      expect(stage.endings()).toEqual(['failed', 'unsubmitted']);
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-3`);
    });
  });
});

describe('a job that is RESTARTING', () => {
  test('cannot be stopped with a savepoint: that fails soon, and the job goes on as it was', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink, job } = stage.running();
      const application = stage.only();
      job.state = 'RESTARTING';
      flink.savepointMode = 'fails';
      const operation = await driver.run('stop', { id: 'stop' });
      expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'SavepointFailed' } });
      expect(operation.error?.detail).toContain('RESTARTING');
      expect(stage.only().id).toBe(application.id);
      expect(await driver.view()).toMatchObject({ state: 'running', pendingStop: null });
      job.state = 'RUNNING';
      flink.savepointMode = 'ok';
      expect(await driver.run('stop', {})).toMatchObject({ outcome: 'succeeded' });
    });
  });
});

describe('an instance that is still coming up, found so by a run that remembers nothing', () => {
  /** Brings an instance up to its start and loses its workflow there; a new run stops it. */
  async function comingUp(driver: Driver): Promise<void> {
    const upgrade = '{timeouts: {savepoint: 2m, stop: 10s, start: 3m}, verify: {timeout: 10s}}';
    stage.world.publish('clicks/1.0.0', [stage.job], { upgrade });
    stage.world.behaviour.set('clicks/1.0.0', 'neverRuns');
    await driver.signal('deploy', { id: 'first', actor: 'ci', release: 'clicks/1.0.0' });
    await driver.until('the start', ({ operation }) => operation?.phase === 'starting');
    await driver.handle.terminate('the database was lost');
    await driver.signal('stop', { id: 'stop', actor: 'ci' });
    await driver.until('the stop', ({ operation }) => operation?.id === 'stop');
  }

  test('is stopped with its savepoint once its tasks run', async () => {
    await stage.story(async (driver) => {
      await comingUp(driver);
      const { flink, job } = stage.running();
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(flink.begun).toEqual([]);
      job.state = 'RUNNING';
      const operation = await driver.ended('stop');
      expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
      expect(operation.savepoint).toContain('/stop/savepoint-');
      expect((await driver.view()).deployment?.runningAt).not.toBeNull();
    });
  });

  test('is left as it is by a cancel meanwhile', async () => {
    await stage.story(async (driver) => {
      await comingUp(driver);
      const { flink, job } = stage.running();
      await driver.cancel('stop');
      expect(await driver.ended('stop')).toMatchObject({ outcome: 'cancelled' });
      expect(flink.begun).toEqual([]);
      expect(await driver.view()).toMatchObject({ state: 'running', pendingStop: null, deployment: { ended: null } });
      job.state = 'RUNNING';
      expect(await driver.run('stop', {})).toMatchObject({ outcome: 'succeeded' });
    });
  });
});
