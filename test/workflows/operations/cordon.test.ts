/**
 * Cordoned clusters: what runs there goes on and can be stopped, and nothing starts there, whoever asks. An operation that has
 * taken an instance down goes back to it all the same.
 *
 * Seen to fail: no check of the cordon; a failover to a cordoned cluster without being asked; a check once more after the old
 * instance was left; a restart by Sluice that costs an attempt.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { withCordon, withoutCordon } from '../../../src/domain/cluster/cordon.ts';
import { changeCluster } from '../../../src/records/clusters/cordons.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import type { Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const RELEASE = 'clicks/1.0.0';
const stage = useStage({ releases: [] });

beforeEach(() => {
  stage.world.publish(RELEASE, [stage.job], {
    placement: '{cluster: yarn-a, backups: [yarn-b, yarn-c]}',
    recovery: '{restart: {maxAttempts: 2, backoff: {initial: 1s, max: 1s}}}',
  });
});

const cordon = (cluster: string) =>
  changeCluster(stage.world.s3, cluster, (record) =>
    withCordon(record, { at: '2026-01-01T00:00:00.000Z', by: 'oncall', reason: 'new disks' }),
  );
const uncordon = (cluster: string) => changeCluster(stage.world.s3, cluster, withoutCordon);
const refused = { outcome: 'rejected', error: { code: 'ClusterCordoned' } };
const cluster = async (driver: Driver): Promise<string | undefined> => (await driver.view()).deployment?.cluster;

describe('on a cordoned cluster', () => {
  test('what runs goes on, and nothing starts until the cordon is taken away', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      await cordon('yarn-a');
      for (const [kind, payload] of [
        ['restart', {}],
        ['deploy', { release: RELEASE }],
        ['hotfix', { set: { 'flink.config.a': '1' } }],
      ] as const)
        expect(await driver.run(kind, payload), kind).toMatchObject(refused);
      expect(stage.only().id).toBe(id);
      expect(stage.running().flink.begun).toEqual([]);
      expect(await driver.run('savepoint', {})).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.run('stop', {})).toMatchObject({ outcome: 'succeeded' });
      const kept = await driver.run('resume', {});
      expect(kept).toMatchObject(refused);
      expect(kept.error?.detail).toBe('cluster yarn-a is cordoned since 2026-01-01T00:00:00.000Z by oncall: new disks');
      expect(await driver.view()).toMatchObject({ state: 'stopped' });
      await uncordon('yarn-a');
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
    });
  });

  test('an instance that failed is restarted once the cordon is gone, and no try before costs an attempt', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await cordon('yarn-a');
      const { epoch, applicationId } = (await driver.view()).deployment!;
      await stage.yarn.end(applicationId, { state: 'FAILED', diagnostics: 'exited with 137' });
      const seen = { kind: 'ended', how: 'failed', detail: 'it failed', cause: null };
      await driver.handle.signal(observedSignal, { epoch, applicationId, at: '2026-01-01T00:00:00Z', seen });
      await driver.until('three tries in vain', ({ lastOperation }) => lastOperation?.id === `restart-e${epoch}-3`);
      expect((await driver.history())[0]).toMatchObject(refused);
      expect(await driver.view()).toMatchObject({ state: 'failed', recovery: { attempts: 0, left: null } });
      await uncordon('yarn-a');
      const view = await driver.until('the restart', ({ state, operation }) => state === 'running' && !operation);
      expect(view).toMatchObject({ deployment: { number: 2, cluster: 'yarn-a' }, recovery: { attempts: 1 } });
    });
  });
});

describe('a failover', () => {
  test('leaves a cordoned cluster, and goes to the first that is not, unless a person names one', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await cordon('yarn-a');
      await cordon('yarn-b');
      expect(await driver.run('failover', { to: 'yarn-b' })).toMatchObject(refused);
      expect(await cluster(driver)).toBe('yarn-a');
      // yarn-c is no cluster of this platform, and the only one that is not cordoned.
      expect(await driver.run('failover', {})).toMatchObject({ error: { code: 'UnknownCluster' } });
      await uncordon('yarn-b');
      expect(await driver.run('failover', {})).toMatchObject({ outcome: 'succeeded' });
      expect(await cluster(driver)).toBe('yarn-b');
    });
  });

  test('goes back to a cordoned cluster when the start elsewhere fails', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await cordon('yarn-a');
      stage.backup.rejectNextSubmission();
      const moved = await driver.run('failover', {});
      expect(moved).toMatchObject({ outcome: 'rolledBack', error: { code: 'ClusterRejected' } });
      expect(stage.restoredFrom()).toBe(moved.savepoint);
      expect(await cluster(driver)).toBe('yarn-a');
    });
  });

  test('starts on the cluster that it has chosen before it left the old instance, whatever is cordoned since', async () => {
    stage.world.publish(RELEASE, [stage.job], { placement: '{cluster: yarn-a, backups: [yarn-b]}' });
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink, job } = stage.running();
      flink.completeCheckpoint(job.id);
      stage.yarn.unreachable();
      stage.world.deadlines.set('endApplication', 500);
      const putIfMatch = stage.world.s3.putIfMatch.bind(stage.world.s3);
      // The first change after the checks revokes the gate of the old instance.
      stage.world.s3.putIfMatch = async (key, ...rest) => {
        if (key.startsWith('gates/')) await cordon('yarn-b');
        return putIfMatch(key, ...rest);
      };
      const moved = await driver.run('failover', { confirmUnfenced: true, reason: 'yarn-a burns' });
      expect(moved).toMatchObject({ outcome: 'succeeded' });
      expect(moved.warnings).toContainEqual(expect.stringContaining('cluster yarn-b is cordoned'));
      stage.world.overlaps.length = 0; // a person has accepted that the old instance may run beside the new one
    });
  });
});
