/**
 * Failover by Sluice itself: a job whose cluster counts as gone is moved by an operation of the supervisor, once the lease of
 * the old instance is over.
 *
 * Seen to fail: a move while the cluster is only silent; one of a job whose cluster answers when the operation looks; one after a kill by a
 * person; a try that does not come again.
 */
import { describe, expect, test } from 'vitest';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import { seen } from '../harness.ts';
import { deployed, failed, gone, lose, RESTART, runsOn, silent, tell } from '../leased.ts';
import { rejection, useStage } from '../use-stage.ts';

const stage = useStage({ releases: [] });

const isLeft = ({ recovery, operation }: JobView) => operation === null && recovery?.left != null;

describe('a job whose cluster counts as gone', () => {
  test('moves once its lease is over, by an operation of the supervisor, and is started there until it runs', async () => {
    await stage.story(async (driver) => {
      const old = await deployed(stage, driver);
      const { flink, job } = stage.running();
      flink.completeCheckpoint(job.id);
      lose(stage);
      stage.backup.rejectNextSubmission();
      await tell(driver, old, silent);
      await driver.until('the doubt', ({ state }) => state === 'unreachable');
      await tell(driver, old, gone);
      const view = await driver.until('the move', runsOn('yarn-b'));
      expect(view).toMatchObject({
        givenUp: [{ applicationId: old.applicationId }],
        recovery: { gone: null, left: null },
      });
      const [restart, moved] = (await driver.history()).filter(({ actor }) => actor === 'supervisor');
      expect(restart).toMatchObject({ kind: 'restart', outcome: 'succeeded' });
      expect(moved).toMatchObject({
        id: `failover-e${old.epoch}-1`,
        ...{ kind: 'failover', actor: 'supervisor', via: 'supervisor', outcome: 'failed' },
        reason: 'attempt 1: cluster yarn-a is gone: no sign of life since 12:00',
      });
      expect(moved?.phases.map(({ name }) => name)).toContain('fencing');
      expect(view.deployment?.restorePoint?.path).toContain(`/${job.id}/chk-2`);
      expect(stage.world.overlaps).toEqual([]);
    });
  });

  test('stays where the cluster answers when the operation looks', async () => {
    await stage.story(async (driver) => {
      const old = await deployed(stage, driver);
      await tell(driver, old, gone);
      const view = await driver.until(
        'the answer',
        ({ state, lastOperation }) => state === 'running' && lastOperation?.kind === 'failover',
      );
      expect(view.lastOperation).toMatchObject({ outcome: 'rejected' });
      expect(view).toMatchObject({ deployment: { number: 1, cluster: 'yarn-a' }, recovery: { gone: null } });
    });
  });

  test('stays where a JVM there gives a sign of life before its gate is revoked', async () => {
    await stage.story(async (driver) => {
      const old = await deployed(stage, driver);
      lose(stage);
      const before = stage.backup.asked.length;
      const release = stage.backup.hold('applications');
      await tell(driver, old, gone);
      await seen('the checks elsewhere', () => stage.backup.asked.slice(before).includes('applications'));
      await tell(driver, old, silent);
      release();
      const { lastOperation, ...view } = await driver.until(
        'its end',
        (each) => each.lastOperation?.kind === 'failover',
      );
      expect(lastOperation).toMatchObject({ outcome: 'rejected' });
      expect((await driver.history())[0]?.error?.detail).toContain('has given a sign of life meanwhile');
      expect(view).toMatchObject({ state: 'unreachable', givenUp: [], recovery: { gone: null, nextAt: null } });
    });
  });

  test('is left to people where the file says so, or nothing else is named', async () => {
    await stage.story(async (driver) => {
      const old = await deployed(stage, driver, `{${RESTART}}`);
      lose(stage);
      await tell(driver, old, gone);
      const view = await driver.until('the doubt', ({ state }) => state === 'unreachable');
      expect(view).toMatchObject({ operation: null, recovery: { nextAt: null, gone: gone.detail } });
    });
  });

  test('stays down when a person has killed it', async () => {
    await stage.story(async (driver) => {
      const old = await deployed(stage, driver);
      lose(stage);
      await driver.run('kill', {});
      await tell(driver, old, gone);
      // An operation that the job refuses comes after the fact.
      expect(await rejection(driver.ask('savepoint', {}))).toMatchObject({ code: 'CommandNotAllowed' });
      const view = await driver.view();
      expect(view).toMatchObject({ state: 'unreachable', operation: null, recovery: { nextAt: null } });
      expect((await driver.history()).map(({ actor }) => actor)).not.toContain('supervisor');
      stage.yarn.healthy();
      stage.world.deadlines.delete('endApplication');
      await driver.until('its end', ({ state }) => state === 'stopped');
    });
  });

  test('is left to people once somebody cancels the move', async () => {
    await stage.story(async (driver) => {
      const old = await deployed(stage, driver);
      lose(stage);
      await tell(driver, old, gone);
      await driver.until('the wait for the lease', ({ operation }) => operation?.phase === 'fencing');
      await driver.cancel(`failover-e${old.epoch}-1`);
      const view = await driver.until('the cancel', ({ operation }) => operation === null);
      expect(view).toMatchObject({ state: 'failed', recovery: { nextAt: null } });
      expect(view.recovery?.left).toContain('was cancelled');
    });
  });
});

test('a person moves a job that has failed', async () => {
  await stage.story(async (driver) => {
    const old = await deployed(stage, driver, '{restart: {enabled: false}}');
    const { flink, job } = stage.running();
    flink.completeCheckpoint(job.id);
    await stage.yarn.end(old.applicationId, { state: 'FAILED', diagnostics: 'exited with 137' });
    await tell(driver, old, failed);
    await driver.until('its end', ({ state }) => state === 'failed');
    expect(await driver.run('failover', {})).toMatchObject({ outcome: 'succeeded' });
    const view = await driver.view();
    expect(view).toMatchObject({ state: 'running', deployment: { cluster: 'yarn-b' }, givenUp: [] });
    expect(view.deployment?.restorePoint?.path).toContain(`/${job.id}/chk-2`);
    expect(isLeft(view)).toBe(false);
  });
});
