/**
 * A cluster that is lost at a bad moment, or comes back at one: while the end of an instance is being confirmed, while an
 * operation holds the job, while another instance has failed.
 *
 * Seen to fail: with one place for all facts, the instance that was left runs on; with `gone` not heeded while an end is not
 * confirmed, the job stays where nobody answers; with the end of what came back tried first, a restart never begins; with a failover by
 * Sluice that nobody may replace, people wait for it.
 */
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { seen, type Driver } from '../harness.ts';
import { deployed, failed, gone, lose, runsOn, tell } from '../leased.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage({ releases: [] });
const healthy = { kind: 'healthy' } as const;

/** Sluice has moved the job to yarn-b. @returns what it left, and what it started. */
async function moved(driver: Driver): Promise<readonly [Deployment, Deployment]> {
  const old = await deployed(stage, driver);
  const { flink, job } = stage.running();
  flink.completeCheckpoint(job.id);
  lose(stage);
  await tell(driver, old, gone);
  const { deployment } = await driver.until('the move', runsOn('yarn-b'));
  stage.world.deadlines.delete('endApplication');
  return [old, deployment!];
}

describe('a cluster that comes back', () => {
  test.each([
    ['before', true],
    ['after', false],
  ])('while an operation runs shows what was left, %s a fact about what runs', async (_when, isFirst) => {
    await stage.story(async (driver) => {
      const [old, current] = await moved(driver);
      const { flink } = stage.world.jobOf(stage.world.live(stage.job).find(({ id }) => id === current.applicationId)!);
      flink.savepointMode = 'never';
      await driver.ask('savepoint', { id: 'sp' });
      await seen('the savepoint', () => flink.begun.length > 0);
      stage.yarn.healthy();
      for (const instance of isFirst ? [old, current] : [current, old]) await tell(driver, instance, healthy);
      flink.endSavepoints('ok');
      await driver.until('the end of what was left', ({ givenUp }) => givenUp.length === 0);
      expect(await driver.view()).toMatchObject({ state: 'running', health: 'healthy' });
    });
  });

  test('and cannot say that what was left has ended keeps nothing from being restarted elsewhere', async () => {
    await stage.story(async (driver) => {
      const [old, current] = await moved(driver);
      await stage.yarn.takeNode(0, 'LOST');
      stage.yarn.healthy();
      stage.world.deadlines.set('endGivenUp', 300);
      await tell(driver, old, healthy);
      await stage.backup.end(current.applicationId, { state: 'FAILED', diagnostics: 'exited with 137' });
      await tell(driver, current, failed);
      const { deployment, givenUp } = await driver.until(
        'the restart',
        (view) => runsOn('yarn-b')(view) && view.deployment?.epoch !== current.epoch,
      );
      expect(deployment?.applicationId).not.toBe(current.applicationId);
      expect(givenUp).toMatchObject([{ applicationId: old.applicationId }]);
    });
  });
});

describe('a cluster that is lost', () => {
  test('while a failed instance is being ended there', async () => {
    await stage.story(async (driver) => {
      const old = await deployed(stage, driver);
      lose(stage);
      await tell(driver, old, failed);
      await driver.until('the doubt', ({ state, stateReason }) => state === 'unreachable' && stateReason !== null);
      await tell(driver, old, gone);
      await driver.until('the move', runsOn('yarn-b'));
      expect((await driver.history()).filter(({ kind }) => kind === 'failover')).toMatchObject([
        { actor: 'supervisor', outcome: 'succeeded' },
      ]);
    });
  });

  test('while an operation ends its instance there', async () => {
    await stage.story(async (driver) => {
      const old = await deployed(stage, driver);
      const { flink, job } = stage.running();
      flink.completeCheckpoint(job.id);
      const release = stage.yarn.hold('kill');
      await driver.ask('restart', { id: 'by-hand', stopWith: 'checkpoint' });
      await driver.until('its end', ({ operation }) => operation?.phase === 'stopping');
      lose(stage);
      release();
      await driver.ended('by-hand');
      await tell(driver, old, gone);
      await driver.until('the move', runsOn('yarn-b'));
    });
  });

  test('is left for the cluster that a person names, in the place of what Sluice began', async () => {
    await stage.story(async (driver) => {
      const old = await deployed(stage, driver);
      const { flink, job } = stage.running();
      flink.completeCheckpoint(job.id);
      lose(stage);
      await tell(driver, old, gone);
      await driver.until('the wait for the lease', ({ operation }) => operation?.phase === 'fencing');
      expect(await driver.run('failover', { id: 'by-hand', to: 'yarn-b' })).toMatchObject({ outcome: 'succeeded' });
      expect((await driver.history()).find(({ actor }) => actor === 'supervisor')).toMatchObject({
        outcome: 'superseded',
      });
      expect(stage.world.overlaps).toEqual([]);
    });
  });
});
