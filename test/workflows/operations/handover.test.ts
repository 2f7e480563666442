/**
 * Warm handovers: the next application is up before the old one is stopped, and nothing of it runs before that.
 *
 * Seen to fail: with the gate of a standby opened at its submission; with the old instance stopped first; with a standby that the
 * fence does not mark.
 */
import { describe, expect, test } from 'vitest';
import type { FakeApplication } from '../../fakes/yarn.ts';
import type { Gates } from '../../../src/domain/lock/gate.ts';
import type { Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

const gates = () => (stage.world.json(`gates/${stage.job}.json`) as Gates).starts.map(({ gate }) => gate);
const timeouts = 'timeouts: {savepoint: 2m, stop: 10s, start: 10s}, verify: {timeout: 10s}';
const upgrade = (handover: string) => ({ upgrade: `{${timeouts}, handover: ${handover}}` });

describe('an upgrade hands over warm', () => {
  test('with the next application up before the old one is stopped, from the savepoint of the stop', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const old = stage.only();
      stage.world.publish('clicks/1.1.0', [stage.job], upgrade('auto'));
      const operation = await driver.run('deploy', { release: 'clicks/1.1.0' });
      expect(operation).toMatchObject({ outcome: 'succeeded', deployment: 2, handover: { how: 'warm', reason: null } });
      expect(operation.phases.map(({ name }) => name)).toEqual([
        'claiming',
        'checking',
        'staging',
        'standingBy',
        'savepointing',
        'stopping',
        'submitting',
        'starting',
        'verifying',
      ]);
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      expect(stage.only().id).not.toBe(old.id);
      expect(gates()).toEqual(['revoked', 'open']);
      expect(stage.endings()).toEqual(['stopped', null]);
    });
  });
});

/** The first release runs, and the second wants this handover. */
async function ready(driver: Driver, handover = 'auto') {
  await stage.deployed(driver);
  stage.world.publish(NEXT, [stage.job], upgrade(handover));
  return stage.only();
}

const NEXT = 'clicks/1.1.0';
const deploy = (driver: Driver) => driver.run('deploy', { release: NEXT });

describe('a warm upgrade goes on from the state that was asked for', () => {
  const from = async (driver: Driver, asked: Record<string, unknown>) => {
    const operation = await driver.run('deploy', { release: NEXT, ...asked });
    expect(operation).toMatchObject({ outcome: 'succeeded', handover: { how: 'warm' } });
    return operation;
  };

  test('none', async () => {
    await stage.story(async (driver) => {
      await ready(driver);
      const operation = await from(driver, { from: 'fresh', discardNewerState: true });
      expect(operation.savepoint).not.toBeNull();
      expect(stage.restoredFrom()).toBeNull();
      expect((await driver.view()).deployment?.restorePoint).toBeNull();
    });
  });

  test('an older savepoint', async () => {
    await stage.story(async (driver) => {
      await ready(driver);
      const { savepoint } = await driver.run('savepoint', {});
      const { flink, job } = stage.running();
      flink.completeCheckpoint(job.id);
      await from(driver, { from: savepoint, discardNewerState: true });
      expect(stage.restoredFrom()).toBe(savepoint);
    });
  });
});

describe('an upgrade goes on cold', () => {
  test('where the file says so', async () => {
    await stage.story(async (driver) => {
      await ready(driver, 'never');
      const operation = await deploy(driver);
      expect(operation.outcome).toBe('succeeded');
      expect(operation.handover).toBeUndefined();
      expect(operation.phases.map(({ name }) => name)).not.toContain('standingBy');
    });
  });

  test('where the cluster has no room for both, and says so', async () => {
    await stage.story(async (driver) => {
      await ready(driver);
      stage.yarn.availableMb = 1000;
      const operation = await deploy(driver);
      expect(operation).toMatchObject({
        outcome: 'succeeded',
        handover: { how: 'cold', reason: expect.stringContaining('1000 MiB free') as string },
      });
      expect(operation.phases.map(({ name }) => name)).not.toContain('standingBy');
    });
  });

  test('when the standby ends before the old one has stopped, and from its savepoint', async () => {
    await stage.story(async (driver) => {
      const old = await ready(driver);
      const { flink } = stage.world.jobOf(old);
      flink.savepointTakes = 1_500;
      await driver.signal('deploy', { id: 'next', actor: 'ci', release: NEXT });
      await driver.until('the savepoint', ({ operation }) => operation?.phase === 'savepointing');
      const standby = stage.world.live(stage.job).find(({ id }) => id !== old.id)!;
      await stage.yarn.end(standby.id, { state: 'FAILED', diagnostics: 'its node went away' });
      const operation = await driver.ended('next');
      expect(operation).toMatchObject({
        outcome: 'succeeded',
        deployment: 2,
        handover: { how: 'cold', reason: expect.stringContaining('its node went away') as string },
      });
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      expect(stage.endings()).toEqual(['stopped', 'unsubmitted', null]);
    });
  });
});

/** The next application has been submitted, and gets no slots. */
async function standingBy(driver: Driver): Promise<void> {
  const known = stage.world.live(stage.job).length;
  stage.world.hooks.slots = 0;
  await driver.signal('deploy', { id: 'next', actor: 'ci', release: NEXT });
  await driver.until('the standby', () => stage.world.live(stage.job).length > known);
}

describe('workers that know no standby touch nothing while there is one', () => {
  const fence = () => stage.world.json(`fences/${stage.job}.json`) as { readonly minReader?: number }; // Sluice wrote it

  test('and are let in again once it has taken over', async () => {
    await stage.story(async (driver) => {
      await ready(driver);
      await standingBy(driver);
      expect(fence().minReader).toBe(3);
      stage.world.hooks.slots = 4;
      expect(await driver.ended('next')).toMatchObject({ outcome: 'succeeded', handover: { how: 'warm' } });
      expect(fence()).not.toHaveProperty('minReader');
      expect(JSON.stringify(fence())).not.toContain('standsBy');
    });
  });

  test('and are let in again once it was given back', async () => {
    await stage.story(async (driver) => {
      await ready(driver);
      await standingBy(driver);
      expect(fence().minReader).toBe(3);
      await driver.cancel('next');
      expect(await driver.ended('next')).toMatchObject({ outcome: 'cancelled' });
      expect(fence()).not.toHaveProperty('minReader');
    });
  });
});

describe('the old instance runs on untouched, and nothing else is left', () => {
  const untouched = (old: FakeApplication) => {
    expect(stage.only().id).toBe(old.id);
    expect(gates().at(-1)).toBe('revoked');
    expect(gates()[0]).toBe('open');
    expect(stage.endings()).toEqual([null, 'unsubmitted']);
  };

  test('when a file that wants nothing but a handover finds no room', async () => {
    await stage.story(async (driver) => {
      const old = await ready(driver, 'always');
      stage.yarn.availableMb = 1000;
      const operation = await deploy(driver);
      expect(operation).toMatchObject({ outcome: 'rejected', error: { code: 'HandoverRefused' } });
      expect(stage.only().id).toBe(old.id);
      expect(stage.endings()).toEqual([null]);
    });
  });

  test('when a file that wants nothing but a handover gets no slots in time', async () => {
    await stage.story(async (driver) => {
      const old = await ready(driver, 'always');
      stage.world.hooks.slots = 0;
      expect(await deploy(driver)).toMatchObject({ outcome: 'rejected', error: { code: 'HandoverRefused' } });
      untouched(old);
    });
  });

  test('when the next application ends while it comes up', async () => {
    await stage.story(async (driver) => {
      const old = await ready(driver);
      stage.world.behaviour.set(NEXT, 'applicationFails');
      expect(await deploy(driver)).toMatchObject({ outcome: 'failed', error: { code: 'StartFailed' } });
      untouched(old);
      expect(stage.world.jobOf(old).flink.begun).toEqual([]);
    });
  });

  test('when YARN refuses the next application', async () => {
    await stage.story(async (driver) => {
      const old = await ready(driver);
      stage.yarn.rejectNextSubmission('no more of these');
      expect(await deploy(driver)).toMatchObject({ outcome: 'failed', error: { code: 'ClusterRejected' } });
      untouched(old);
    });
  });

  test('when the savepoint of the stop fails', async () => {
    await stage.story(async (driver) => {
      const old = await ready(driver);
      stage.world.jobOf(old).flink.savepointMode = 'fails';
      expect(await deploy(driver)).toMatchObject({ outcome: 'failed', error: { code: 'SavepointFailed' } });
      untouched(old);
    });
  });

  test('when somebody cancels while the next application comes up', async () => {
    await stage.story(async (driver) => {
      const old = await ready(driver);
      await standingBy(driver);
      await driver.cancel('next');
      expect(await driver.ended('next')).toMatchObject({ outcome: 'cancelled' });
      untouched(old);
    });
  });
});
