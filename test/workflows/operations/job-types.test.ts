/**
 * Jobs that keep nothing: started afresh, stopped without a savepoint, gone back to without a restore point; a bounded job
 * that has reached its end is over, with success.
 *
 * Seen to fail: when only a restore point makes a way back, nothing is rolled back; when nobody heeds that verification saw
 * the end, the job is called running and its application lives on.
 */
import { describe, expect, test } from 'vitest';
import type { JobType } from '../../../src/domain/deployment-file/job-type.ts';
import type { Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

const publish = (type: JobType, ...versions: readonly string[]): void => {
  const job = `{jar: clicks.jar, entryClass: com.example.Clicks, type: ${type}}`;
  for (const version of versions) stage.world.publish(`typed/${version}`, [stage.job], { job });
};

const succeeded = { outcome: 'succeeded', error: null, savepoint: null, warnings: [] };

/** The first deploy of a job that no claim knows yet. */
async function first(driver: Driver, release = 'typed/1.0.0'): Promise<void> {
  await driver.signal('deploy', { id: 'first', actor: 'ci', release });
  expect(await driver.ended('first')).toMatchObject(succeeded);
}

describe.each(['batch', 'stateless'] as const)('a %s job', (type) => {
  test('is stopped, resumed, replaced and rolled back without savepoint or restore point', async () => {
    publish(type, '1.0.0', '1.1.0');
    await stage.story(async (driver) => {
      await first(driver);
      const asked = [];
      for (const [kind, payload] of [
        ['stop', {}],
        ['resume', {}],
        ['deploy', { release: 'typed/1.1.0' }],
        ['rollback', {}],
        ['restart', {}],
      ] as const) {
        const { flink } = stage.world.live(stage.job).length > 0 ? stage.running() : { flink: null };
        expect(await driver.run(kind, payload), kind).toMatchObject(succeeded);
        asked.push(...(flink?.begun ?? []));
        if (kind !== 'stop') expect(stage.restoredFrom(), kind).toBeNull();
      }
      expect(asked).toEqual([]);
    });
  });

  test('whose new release does not start goes back to the one before, afresh', async () => {
    publish(type, '1.0.0', '1.1.0');
    stage.world.behaviour.set('typed/1.1.0', 'failsInMain');
    await stage.story(async (driver) => {
      await first(driver);
      const operation = await driver.run('deploy', { release: 'typed/1.1.0' });
      expect(operation).toMatchObject({ outcome: 'rolledBack', savepoint: null });
      expect(await driver.view()).toMatchObject({
        state: 'running',
        deployment: { number: 3, release: 'typed/1.0.0' },
      });
      expect(stage.restoredFrom()).toBeNull();
    });
  });

  test('keeps its state where somebody says so', async () => {
    publish(type, '1.0.0', '1.1.0');
    await stage.story(async (driver) => {
      await first(driver);
      const operation = await driver.run('deploy', { release: 'typed/1.1.0', from: 'latest', stopWith: 'savepoint' });
      expect(operation).toMatchObject({ outcome: 'succeeded' });
      expect(operation.savepoint).not.toBeNull();
      expect(stage.restoredFrom()).toBe(operation.savepoint);
    });
  });
});

test('a batch job is deployed once it runs: nobody waits for checkpoints', async () => {
  publish('batch', '1.0.0');
  stage.world.behaviour.set('typed/1.0.0', 'neverCheckpoints');
  await stage.story(async (driver) => {
    await first(driver);
    expect(await driver.view()).toMatchObject({ state: 'running', deployment: { completedCheckpoint: null } });
  });
});

test.each(['batch', 'streaming'] as const)(
  'a %s job that has finished by the time it is looked at is finished, its application ended, and deployed again',
  async (type) => {
    publish(type, '1.0.0', '1.1.0');
    for (const release of ['typed/1.0.0', 'typed/1.1.0']) stage.world.behaviour.set(release, 'finishes');
    await stage.story(async (driver) => {
      await first(driver);
      expect(await driver.view()).toMatchObject({
        state: 'finished',
        deployment: { number: 1, ended: { how: 'finished' } },
      });
      expect(stage.world.live(stage.job)).toEqual([]);
      const again = await driver.run('deploy', { release: 'typed/1.1.0' });
      expect(again).toMatchObject({ outcome: 'succeeded', savepoint: null });
      expect(await driver.view()).toMatchObject({ state: 'finished', deployment: { number: 2, restorePoint: null } });
      expect(stage.endings()).toEqual(['finished', 'finished']);
    });
  },
);
