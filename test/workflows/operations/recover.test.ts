/**
 * Recover: a workflow that was lost is rebuilt from S3 and YARN. Nothing is started, nothing is stopped, and what was under
 * way when it was lost is in the history once.
 *
 * Terminating the workflow stands for losing it: the run that comes next has no memory either.
 */
import { describe, expect, test } from 'vitest';
import type { Claim } from '../../../src/domain/lock/fence.ts';
import { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

const lose = (driver: Driver) => driver.handle.terminate('as if its database were gone');
async function recover(driver: Driver, id = 'recover') {
  await driver.signal('recover', { id, actor: 'ops' });
  return driver.ended(id);
}
const submissions = () => stage.yarn.submissions.length;
/** The audit log, oldest first. */
const audit = () =>
  stage.world
    .keys(`audit/${stage.job}/`)
    .filter((key) => !key.includes('/logs/'))
    .map((key) => OperationRecord.parse(stage.world.json(key)));

describe('a job whose workflow was lost', () => {
  test('and that runs is found running, as it is', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      await lose(driver);
      const operation = await recover(driver);
      expect(operation).toMatchObject({ kind: 'recover', outcome: 'succeeded', error: null, deployment: 1 });
      expect(operation.warnings.join()).toContain(`found running: deployment 1, application ${id}`);
      expect(await driver.view()).toMatchObject({ state: 'running', deployment: { applicationId: id, epoch: 1 } });
      expect({ live: stage.only().id, submissions: submissions(), begun: stage.running().flink.begun }).toEqual({
        live: id,
        submissions: 1,
        begun: [],
      });
      expect(audit().map((record) => record.id)).toEqual(['first', 'recover']);
      // From then on it is known.
      await expect(driver.ask('recover', { id: 'again' })).rejects.toThrow();
      expect(await driver.run('deploy', { id: 'next', release: 'clicks/1.1.0' })).toMatchObject({ deployment: 2 });
    });
  });

  test('and that was stopped is found stopped, with its savepoint', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { savepoint } = await driver.run('stop', { id: 'stop' });
      await lose(driver);
      expect(await recover(driver)).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({
        state: 'stopped',
        deployment: { ended: { savepoint: { path: savepoint } } },
      });
      expect(submissions()).toBe(1);
      expect(await driver.run('resume', { id: 'resume' })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(savepoint);
    });
  });

  test('and that had an operation under way has it in the history once, without a known outcome', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink } = stage.running();
      flink.savepointMode = 'never';
      await driver.ask('savepoint', { id: 'lost', actor: 'oncall' });
      await seen('the savepoint', () => flink.begun.length > 0);
      await lose(driver);
      const operation = await recover(driver);
      expect(operation.warnings.join()).toContain('1 operations were under way');
      expect(
        audit().map(({ id, kind, actor, outcome, error }) => ({ id, kind, actor, outcome, code: error?.code })),
      ).toEqual([
        { id: 'first', kind: 'deploy', actor: 'ci', outcome: 'succeeded', code: undefined },
        { id: 'lost', kind: 'savepoint', actor: 'oncall', outcome: 'failed', code: 'HistoryLost' },
        { id: 'recover', kind: 'recover', actor: 'ops', outcome: 'succeeded', code: undefined },
      ]);
      flink.failPendingSavepoints();
      flink.savepointMode = 'ok';
      // Asking again with its id tells what is known, and does nothing.
      await driver.signal('savepoint', { id: 'lost', actor: 'oncall' });
      await driver.until('the answer of its claim', ({ operation }) => operation === null);
      await driver.run('savepoint', { id: 'other' });
      expect(audit().filter(({ id }) => id === 'lost')).toHaveLength(1);
    });
  });

  test('leaves what another Sluice is at to that Sluice, which records its end itself', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const key = `operations/${stage.job}/theirs.json`;
      const ours = stage.world.json(`operations/${stage.job}/first.json`) as Claim; // Sluice wrote it
      const holder = { installation: 'elsewhere', runId: 'theirs' };
      await stage.world.s3.put(key, JSON.stringify({ ...ours, id: 'theirs', holder, ended: null } satisfies Claim));
      await lose(driver);
      expect(await recover(driver)).toMatchObject({ outcome: 'succeeded' });
      expect(audit().map((record) => record.id)).toEqual(['first', 'recover']);
      expect(stage.world.json(key)).toMatchObject({ ended: null });
    });
  });

  test('and whose cluster does not answer is unreachable, until it does', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await lose(driver);
      stage.yarn.unreachable();
      expect(await recover(driver)).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({ state: 'unreachable' });
      stage.yarn.healthy();
      await driver.until('its cluster', ({ state }) => state === 'running');
      expect(submissions()).toBe(1);
    });
  });
});

test('a job that was never started cannot be recovered, and one that is known need not be', async () => {
  await stage.story(async (driver) => {
    const unknown = await recover(driver, 'a');
    expect(unknown).toMatchObject({ outcome: 'failed', error: { code: 'NothingToRecover' } });
    await stage.deployed(driver);
    await expect(driver.ask('recover', { id: 'b' })).rejects.toThrow();
    expect((await driver.view()).allowed).not.toContain('recover');
  });
});
