/**
 * A job belongs to the project, owner team and environment of its first start: other releases and the state of other
 * jobs are refused before anything is touched, through every door, until a transfer hands the job over.
 *
 * Seen to fail: without `refuseForeign`, every release of another owner takes the job over; without `withOwnership`, a
 * workflow that was terminated forgets a transfer; without `checkOwnState`, a thief starts from the state of a victim;
 * without `refusalByNewOwner`, whoever might act for the old owner acts on the job of the new one.
 */
import { describe, expect, test } from 'vitest';
import { boundOf } from '../../../src/domain/lock/ownership.ts';
import { fenceKey } from '../../../src/domain/identity/storage-keys.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

const OWN = { project: 'clicks', owner: 'ads-streaming', environment: 'test' };
const others: readonly [string, string, Record<string, string>][] = [
  ['another project', 'evil/1', {}],
  ['another owner team', 'clicks/2.0.0', { owner: '{team: evil-team}' }],
  ['another environment', 'clicks/2.0.0', { environment: 'prod' }],
];

/** Asks by a signal, which no validator refuses. */
async function signalled(driver: Driver, kind: 'deploy' | 'adopt', payload: Record<string, unknown>, id = 'other') {
  await driver.signal(kind, { id, actor: 'ops', ...payload });
  return driver.ended(id);
}

const untouched = async (driver: Driver): Promise<void> => {
  expect(await driver.view()).toMatchObject({ ...OWN, state: 'running', deployment: { number: 1 } });
  expect(stage.only().state).toBe('RUNNING');
  expect(stage.fence().starts).toHaveLength(1);
};

describe('a release of', () => {
  test.each(others)('%s is refused before anything is touched', async (_what, release, lines) => {
    stage.world.publish(release, [stage.job], lines);
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      expect(await signalled(driver, 'deploy', { release })).toMatchObject({
        outcome: 'rejected',
        error: { code: 'NotOwner' },
      });
      await untouched(driver);
    });
  });

  test('another project is refused at the door of an update', async () => {
    stage.world.publish('evil/1', [stage.job]);
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await expect(driver.ask('deploy', { id: 'other', release: 'evil/1' })).rejects.toMatchObject({
        cause: { type: 'NotOwner' },
      });
      await untouched(driver);
    });
  });

  test('another project is refused by a job that is stopped, also when its workflow was terminated', async () => {
    stage.world.publish('evil/1', [stage.job]);
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('stop', { id: 'stop' });
      await driver.handle.terminate();
      await driver.client.workflow.signalWithStart('flinkJob', {
        workflowId: driver.handle.workflowId,
        taskQueue: driver.taskQueue,
        args: [{ job: stage.job }],
        signal: 'deploy',
        signalArgs: [{ id: 'other', release: 'evil/1' }],
      });
      expect(await driver.ended('other')).toMatchObject({ outcome: 'rejected', error: { code: 'NotOwner' } });
      expect(await driver.view()).toMatchObject({ ...OWN, state: 'stopped' });
    });
    expect(stage.world.live(stage.job)).toEqual([]);
  });

  test('another project is refused by a job whose fence is older than the rule', async () => {
    stage.world.publish('evil/1', [stage.job]);
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { ownership: _ownership, stateFolders: _folders, ...old } = stage.fence();
      await stage.world.s3.put(fenceKey(stage.job), JSON.stringify(old));
      expect(await signalled(driver, 'deploy', { release: 'evil/1' })).toMatchObject({ error: { code: 'NotOwner' } });
      await untouched(driver);
      await driver.run('deploy', { id: 'own', release: 'clicks/1.1.0' });
      expect(stage.fence().ownership).toEqual({ project: 'clicks', team: 'ads-streaming', environment: 'test' });
    });
  });

  test('another project cannot adopt what runs under the name of the job', async () => {
    stage.world.publish('evil/1', [stage.job]);
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('stop', { id: 'stop' });
      await stage.world.strange({ name: stage.job });
      const refused = await signalled(driver, 'adopt', { release: 'evil/1' });
      expect(refused).toMatchObject({ outcome: 'rejected', error: { code: 'NotOwner' } });
      expect(await driver.view()).toMatchObject({ ...OWN, state: 'stopped' });
    });
  });
});

describe('a transfer', () => {
  test('hands the job over, changes nothing that runs, and is in the history', async () => {
    stage.world.publish('heirs/1', [stage.job], { owner: '{team: heirs}' });
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const transfer = await driver.run('transfer', {
        id: 'transfer',
        project: 'heirs',
        team: 'heirs',
        reason: 'moved',
      });
      expect(transfer).toMatchObject({
        outcome: 'succeeded',
        reason: 'moved',
        request: { project: 'heirs', team: 'heirs' },
        warnings: ['before, it belonged to project clicks, owner team ads-streaming, environment test'],
      });
      expect(await driver.view()).toMatchObject({
        ...{ project: 'heirs', owner: 'heirs', environment: 'test' },
        deployment: { number: 1, release: 'clicks/1.0.0' },
      });
      expect(stage.only().state).toBe('RUNNING');
      expect(await signalled(driver, 'deploy', { release: 'clicks/1.1.0' })).toMatchObject({
        error: { code: 'NotOwner' },
      });
      // The deployment of before is the job's own: it can be restarted.
      expect(await driver.run('restart', { id: 'restart' })).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.run('deploy', { id: 'heirs', release: 'heirs/1' })).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.run('rollback', { id: 'back' })).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({ project: 'heirs', deployment: { release: 'clicks/1.0.0' } });
    });
  });

  test('lets a release that does not come up go back to what ran before', async () => {
    stage.world.publish('heirs/1', [stage.job]);
    stage.world.behaviour.set('heirs/1', 'failsInMain');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('transfer', { id: 'transfer', project: 'heirs' });
      expect(await driver.run('deploy', { id: 'heirs', release: 'heirs/1' })).toMatchObject({ outcome: 'rolledBack' });
      expect(await driver.view()).toMatchObject({ project: 'heirs', deployment: { release: 'clicks/1.0.0' } });
    });
  });

  test('is remembered when the workflow is terminated and recovered', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('transfer', { id: 'transfer', environment: 'prod' });
      await driver.handle.terminate();
      await driver.client.workflow.signalWithStart('flinkJob', {
        workflowId: driver.handle.workflowId,
        taskQueue: driver.taskQueue,
        args: [{ job: stage.job }],
        signal: 'recover',
        signalArgs: [{ id: 'recover' }],
      });
      await driver.ended('recover');
      expect(await driver.view()).toMatchObject({ ...OWN, environment: 'prod', state: 'running' });
      expect(boundOf(stage.fence(), null)).toMatchObject({ environment: 'prod' });
    });
  });

  test('of a job that was never started is refused', async () => {
    await stage.story(async (driver) => {
      await driver.signal('transfer', { id: 'transfer', project: 'heirs' });
      expect(await driver.ended('transfer')).toMatchObject({
        outcome: 'rejected',
        error: { code: 'CommandNotAllowed' },
      });
    });
  });

  test('without a new owner is no request', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.signal('transfer', { id: 'transfer' });
      const { rejections } = await driver.until('the refusal', ({ rejections: { last } }) => last.length > 0);
      expect(rejections.last).toMatchObject([{ kind: 'transfer', code: 'InvalidRequest' }]);
    });
  });
});

describe('what the API allowed for the owner of a job', () => {
  const allowedFor = { team: 'ads-streaming', environment: 'test' };
  const by = { door: 'api', actor: 'ci', allowedFor };
  const updated = async (driver: Driver, kind: string, payload: object) =>
    await driver.handle.executeUpdate<unknown, [object, object]>(kind, { args: [payload, by] });

  test('is refused once the job belongs to somebody else, a cancel too', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await updated(driver, 'savepoint', { id: 'before' });
      expect(await driver.ended('before')).toMatchObject({ actor: 'ci', outcome: 'succeeded' });
      await driver.run('transfer', { id: 'transfer', environment: 'prod' });
      const refused = { cause: { type: 'CommandNotAllowed', message: expect.stringContaining('ask again') as string } };
      for (const kind of ['stop', 'restart'])
        await expect(updated(driver, kind, { id: `late-${kind}` })).rejects.toMatchObject(refused);
      await expect(updated(driver, 'kill', { id: 'late-kill', force: true })).rejects.toMatchObject(refused);
      const running = await driver.ask('savepoint', { id: 'running' });
      await expect(updated(driver, 'cancel', { operation: running.id })).rejects.toMatchObject(refused);
      await driver.ended('running');
      expect(await driver.view()).toMatchObject({ ...OWN, environment: 'prod', state: 'running' });
    });
  });
});

describe('the state of another job', () => {
  const thief = (): string => `${stage.job}-thief`;

  test('is refused as a restore point in every spelling, unless it is asked for', async () => {
    stage.world.publish('clicks/1.2.0', [thief()]);
    let savepoint = '';
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      savepoint = (await driver.run('savepoint', { id: 'savepoint' })).savepoint ?? '';
    });
    await stage.storyOf(thief(), async (driver) => {
      for (const [index, from] of [savepoint, savepoint.replace('s3://sluice/', 's3a://sluice//./')].entries()) {
        const refused = await signalled(driver, 'deploy', { release: 'clicks/1.2.0', from }, `thief-${index}`);
        expect(refused).toMatchObject({ outcome: 'rejected', error: { code: 'ForeignState' } });
      }
      const from = savepoint;
      const taken = await driver.run('deploy', { id: 'copy', release: 'clicks/1.2.0', from, foreignState: true });
      expect(taken).toMatchObject({
        outcome: 'succeeded',
        request: { foreignState: true },
        warnings: [`starts from the state of ${stage.job}, as asked for`],
      });
      expect(await driver.view()).toMatchObject({ deployment: { restorePoint: { path: from } } });
      await seen('the start', () => stage.world.live(thief()).length === 1);
    });
  });

  test('that was adopted with folders of its own is theirs, and no other job’s', async () => {
    stage.world.publish('clicks/1.2.0', [thief()]);
    const from = `s3://sluice/handmade/checkpoints/${'f'.repeat(32)}/chk-1`;
    await stage.world.strange({ name: stage.job });
    await stage.story(async (driver) => {
      await driver.signal('adopt', { id: 'adopt', release: 'clicks/1.0.0' });
      expect(await driver.ended('adopt')).toMatchObject({ outcome: 'succeeded' });
      await driver.run('kill', { id: 'kill' });
      expect(await driver.run('resume', { id: 'resume', from })).toMatchObject({ outcome: 'succeeded' });
    });
    await stage.storyOf(thief(), async (driver) => {
      const refused = await signalled(driver, 'deploy', { release: 'clicks/1.2.0', from });
      expect(refused).toMatchObject({ outcome: 'rejected', error: { code: 'ForeignState' } });
    });
  });
});
