/**
 * S3 fails in the middle of an end: the job keeps its intention, and its state says only what is known of its instance.
 *
 * Review found three faults in the code before the state became a function of the facts. The code called a job
 * `stopped` whose new instance lived, and its record said that nothing runs. The code called a job `stopped` that was
 * taken down to be replaced. The code called a job `failed`, killed from outside, that was stopped on purpose.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import { deploymentKey } from '../../../src/domain/identity/storage-keys.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import { seen } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();
afterEach(() => vi.restoreAllMocks());

const denied = (what: string) => new SluiceError('StorageDenied', `S3 could not ${what}: 403 AccessDenied`);

/** S3 refuses one method from now on, where the key matches. */
function refuse(method: 'putIfMatch' | 'remove' | 'list', part: string): () => void {
  const { s3 } = stage.world;
  const real = s3[method].bind(s3) as (key: string, ...rest: unknown[]) => never;
  const spy = vi.spyOn(s3, method as 'remove').mockImplementation((key: string, ...rest: unknown[]) => {
    if (key.includes(part)) throw denied(`${method} ${key}`);
    return real(key, ...rest);
  });
  return () => spy.mockRestore();
}

/** Once the kill is held, S3 fails, and the kill goes on. */
async function whileKilled(release: () => void, fail: () => () => void): Promise<() => void> {
  await seen('the kill', () => stage.yarn.asked.includes('kill'));
  const heal = fail();
  release();
  return heal;
}

describe('S3 fails in the middle of an end', () => {
  test('of a new instance that must go: the record and the state say that it may live, until it is ended', async () => {
    stage.world.behaviour.set('clicks/1.1.0', 'neverCheckpoints');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.ask('deploy', { id: 'second', release: 'clicks/1.1.0' });
      await driver.until('its checkpoints are awaited', ({ operation }) => operation?.phase === 'verifying');
      const heal = refuse('putIfMatch', deploymentKey(stage.job, 2));
      const operation = await driver.ended('second');
      expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'StorageDenied' } });
      expect(operation.error?.runsNow).toMatch(/^not known: deployment 2 .* is presumed to run$/);
      const { id } = stage.only();
      expect(await driver.view()).toMatchObject({
        state: 'unreachable',
        allowed: ['kill', 'failover'],
        endKnownBy: null,
        deployment: { number: 2, applicationId: id, ended: null },
      });
      heal();
      expect(await driver.run('kill', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.world.live(stage.job)).toEqual([]);
      expect(await driver.view()).toMatchObject({ state: 'stopped', endKnownBy: { kind: 'confirmed' } });
    });
  });

  test('of an instance that is replaced: nothing runs, and since nobody wanted that the job has failed', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const release = stage.yarn.hold('kill');
      await driver.ask('deploy', { id: 'second', release: 'clicks/1.1.0', stopWith: 'checkpoint' });
      await whileKilled(release, () => refuse('list', `checkpoints/${stage.job}/`));
      const operation = await driver.ended('second');
      expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'StorageDenied', runsNow: 'nothing runs' } });
      const view = await driver.view();
      expect(view).toMatchObject({ state: 'failed', deployment: { number: 1, ended: { how: 'replaced' } } });
      expect(view.stateReason).toContain('deployment 1 was taken down to be replaced: ');
      expect(stage.world.live(stage.job)).toEqual([]);
    });
  });

  test('of an instance that is stopped on purpose: it stays stopped, whatever the watcher tells later', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      const release = stage.yarn.hold('kill');
      await driver.ask('stop', { id: 'stop' });
      const heal = await whileKilled(release, () => refuse('remove', `staging/${stage.job}/`));
      const operation = await driver.ended('stop');
      expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'StorageDenied' } });
      heal();
      await driver.handle.signal(observedSignal, {
        epoch: 1,
        applicationId: id,
        at: '2026-01-01T00:00:00Z',
        seen: { kind: 'ended', how: 'killed', detail: 'YARN says that it was killed', cause: null },
      });
      const view = await driver.until('the stop', ({ state }) => state === 'stopped');
      expect(view).toMatchObject({ cause: null, deployment: { ended: { how: 'stopped' } } });
      expect(view.deployment?.ended?.savepoint?.path).toContain('/stop/savepoint-');
      expect(stage.endings()).toEqual(['stopped']);
      expect(stage.world.json(deploymentKey(stage.job, 1))).toMatchObject({ ended: { how: 'stopped' } });
    });
  });
});

describe('while an operation replaces the instance', () => {
  test('the job is deploying from the moment the old one is asked to stop until it is decided', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const release = stage.yarn.hold('kill');
      await driver.ask('deploy', { id: 'second', release: 'clicks/1.1.0' });
      await seen('the kill', () => stage.yarn.asked.includes('kill'));
      const view = await driver.view();
      expect(view).toMatchObject({ state: 'deploying', operation: { id: 'second' } });
      expect(view.stateSince).toBe(view.operation?.phases.find(({ name }) => name === 'savepointing')?.startedAt);
      release();
      await driver.ended('second');
      expect(await driver.view()).toMatchObject({ state: 'running' });
    });
  });
});
