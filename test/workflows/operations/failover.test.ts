/**
 * Failover and failback: a person moves a job to another cluster. A cluster that answers is left with a savepoint, and a
 * silent one only when a person accepts the risk, and never before the start elsewhere has passed its checks.
 *
 * Seen to fail: staged files that are gone before the gate is revoked; no check of the fence; no checks before the old
 * instance is left; a failover that is refused in the state that the operation before it has left.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { makePlan } from '../../../src/api/operations/plans.ts';
import { RecordStore } from '../../../src/records/record-store.ts';
import { createTemporalGateway } from '../../../src/temporal/jobs/job-gateway-on-temporal.ts';
import type { Cluster } from '../../../src/activities/dependencies/dependencies.ts';
import type { Gates } from '../../../src/domain/lock/gate.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import { askingOnly, seen, type Driver } from '../harness.ts';
import { rejection, useStage } from '../use-stage.ts';

const stage = useStage({ releases: [] });
const PLACED = { placement: '{cluster: yarn-a, backups: [yarn-b]}' };

beforeEach(() => {
  for (const release of ['clicks/1.0.0', 'clicks/1.1.0']) stage.world.publish(release, [stage.job], PLACED);
});

const gates = () => stage.world.json(`gates/${stage.job}.json`) as Gates;
const cluster = async (driver: Driver): Promise<string | undefined> => (await driver.view()).deployment?.cluster;
const confirmed = { confirmUnfenced: true, reason: 'yarn-a burns' };
/** The cluster of the job answers no more; what runs there lives on. */
const fallSilent = () => {
  stage.yarn.unreachable();
  stage.world.deadlines.set('endApplication', 500);
};
/** The configuration of the worker knows the other cluster no more. */
const takeOutBackup = () => void (stage.world.dependencies.clusters as Map<string, Cluster>).delete('yarn-b'); // the world's own map
/** A person has accepted that the old instance may run beside the new one. */
const overlapAccepted = () => void (stage.world.overlaps.length = 0);

describe('a job whose cluster answers', () => {
  test('goes on after a warm move whose old cluster falls silent at once', async () => {
    await stage.story(async (driver) => {
      const upgrade = '{timeouts: {savepoint: 2m, stop: 10s, start: 10s}, verify: {timeout: 10s}, handover: auto}';
      stage.world.publish('clicks/1.0.0', [stage.job], { ...PLACED, upgrade });
      await stage.deployed(driver);
      const { id } = stage.only();
      stage.yarn.containersLinger = Infinity; // the end of the old application is not confirmed
      await driver.signal('failover', { id: 'move', actor: 'oncall' });
      await seen('the promotion', () => gates().starts[1]?.gate === 'open');
      fallSilent();
      expect(await driver.ended('move')).toMatchObject({ outcome: 'succeeded', handover: { how: 'warm' } });
      // A kill takes the open gate away, and the proof stays.
      expect(await driver.run('kill', {})).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded', deployment: 3 });
      expect(await cluster(driver)).toBe('yarn-b');
      expect(stage.fence().starts[0]?.closed).toMatchObject({
        how: 'stopped',
        givenUp: { by: 'move', actor: 'supervisor', applicationId: id, isFinished: true },
      });
      const { givenUp } = await driver.view();
      expect(givenUp).toMatchObject([
        { applicationId: id, risk: expect.stringContaining('runs no job any more') as string },
      ]);
    });
  });

  test('moves with a savepoint, stays there for whatever follows, and goes back when somebody says so', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const moved = await driver.run('failover', { id: 'move' });
      expect(moved).toMatchObject({ outcome: 'succeeded', deployment: 2, release: 'clicks/1.0.0' });
      expect(moved.phases.map(({ name }) => name)).toContain('savepointing');
      expect(moved.phases.map(({ name }) => name)).not.toContain('fencing');
      expect(stage.restoredFrom()).toBe(moved.savepoint);
      const placed = { cluster: 'yarn-a', backups: ['yarn-b'], moved: { from: 'yarn-a', by: 'move' } };
      expect(await driver.view()).toMatchObject({ state: 'running', deployment: { cluster: 'yarn-b', placed } });

      for (const [kind, payload] of [
        ['restart', {}],
        ['deploy', { release: 'clicks/1.1.0' }],
        ['hotfix', { set: { 'flink.config.a': '1' } }],
        ['rollback', {}],
        ['stop', {}],
        ['resume', {}],
      ] as const) {
        expect(await driver.run(kind, payload), kind).toMatchObject({ outcome: 'succeeded' });
        expect((await driver.view()).deployment, kind).toMatchObject({ cluster: 'yarn-b', placed });
      }
      expect(stage.yarn.submissions).toHaveLength(1);

      expect(await driver.run('failback', { id: 'back' })).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({
        deployment: { cluster: 'yarn-a', placed: { moved: null } },
      });
      expect(await driver.run('failback', {})).toMatchObject({
        outcome: 'rejected',
        error: { code: 'MoveRefused' },
      });
    });
  });

  test('goes back to its cluster when the start elsewhere fails', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.backup.rejectNextSubmission();
      const moved = await driver.run('failover', { id: 'move' });
      expect(moved).toMatchObject({ outcome: 'rolledBack', error: { code: 'ClusterRejected' } });
      expect(stage.restoredFrom()).toBe(moved.savepoint);
      expect(await driver.view()).toMatchObject({
        state: 'running',
        deployment: { cluster: 'yarn-a', placed: { moved: null } },
      });
    });
  });

  test('runs on untouched where it cannot move', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      const to = async (name: string) => (await driver.run('failover', { to: name })).error;
      expect(await to('yarn-x')).toMatchObject({
        code: 'MoveRefused',
        detail: `the deployment file of ${stage.job} does not name cluster yarn-x; it can move to yarn-b`,
      });
      expect(await to('yarn-a')).toMatchObject({ code: 'MoveRefused' });
      takeOutBackup();
      const nowhere = await driver.run('failover', {});
      expect(nowhere).toMatchObject({ outcome: 'failed', error: { code: 'UnknownCluster' } });
      expect(nowhere.error?.detail).toContain('cluster yarn-b is not configured; there are yarn-a');
      expect(stage.only().id).toBe(id);
      expect(stage.running().flink.begun).toEqual([]);
      expect(await driver.view()).toMatchObject({ state: 'running' });
    });
  });

  test('starts on the cluster of its file once that no longer names the other one, and says so', async () => {
    stage.world.publish('clicks/2.0.0', [stage.job]);
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('failover', { id: 'move' });
      const home = await driver.run('deploy', { release: 'clicks/2.0.0' });
      expect(home).toMatchObject({ outcome: 'succeeded' });
      expect(home.warnings).toContainEqual(expect.stringContaining('no longer names cluster yarn-b'));
      expect(await cluster(driver)).toBe('yarn-a');
    });
  });
});

describe('a job whose cluster is silent', () => {
  test('moves only when a person accepts that the old instance may run, and nothing is touched before', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      const { flink, job } = stage.running();
      flink.completeCheckpoint(job.id);
      fallSilent();
      const before = [stage.fence(), gates(), stage.world.keys(`staging/${stage.job}/`)];
      const refused = await driver.run('failover', {});
      expect(refused).toMatchObject({ outcome: 'rejected', error: { code: 'NotFenced' } });
      expect(refused.error?.detail).toContain(`${id} of deployment 1 on cluster yarn-a may still run`);
      expect([stage.fence(), gates(), stage.world.keys(`staging/${stage.job}/`)]).toEqual(before);
      expect(await driver.view()).toMatchObject({ state: 'unreachable' });

      const moved = await driver.run('failover', { id: 'move', actor: 'oncall', ...confirmed });
      expect(moved).toMatchObject({ outcome: 'succeeded', deployment: 2, reason: confirmed.reason });
      expect(moved.phases.map(({ name }) => name)).toEqual([
        ...['claiming', 'checking', 'fencing', 'staging', 'submitting', 'starting', 'verifying'],
      ]);
      overlapAccepted();
      expect(gates().starts.map(({ gate }) => gate)).toEqual(['revoked', 'open']);
      expect(stage.fence().starts[0]?.closed?.givenUp).toMatchObject({
        ...{ by: 'move', actor: 'oncall', applicationId: id, reason: confirmed.reason },
      });
      const view = await driver.view();
      expect(view).toMatchObject({ state: 'running', givenUp: [{ applicationId: id }] });
      expect(view.deployment).toMatchObject({ cluster: 'yarn-b', placed: { moved: { from: 'yarn-a', by: 'move' } } });
      expect(view.deployment?.restorePoint?.path).toContain(`/${job.id}/chk-2`);
    });
  });

  test('ends what returns there, and never starts from what that has completed since', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      const { flink, job } = stage.running();
      fallSilent();
      expect(await driver.run('failover', { id: 'move', ...confirmed })).toMatchObject({ outcome: 'succeeded' });
      for (let turn = 0; turn < 5; turn += 1) flink.completeCheckpoint(job.id);
      overlapAccepted();
      const { flinkJobId = '' } = (await driver.view()).deployment ?? {};

      stage.yarn.healthy();
      const fact = { epoch: 1, applicationId: id, at: '2026-01-01T00:00:00Z', seen: { kind: 'healthy' } };
      await driver.handle.signal(observedSignal, fact);
      await seen('its end', () => stage.yarn.applications.get(id)?.state === 'KILLED');
      await driver.until('it to be forgotten', ({ givenUp }) => givenUp.length === 0);
      await driver.run('kill', {});
      stage.world.deadlines.delete('endApplication');
      expect(await driver.run('resume', { from: 'latest-checkpoint' })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${flinkJobId}/chk-`);
      expect(await cluster(driver)).toBe('yarn-b');
      expect(await driver.run('failback', {})).toMatchObject({ outcome: 'succeeded' });
      expect(await cluster(driver)).toBe('yarn-a');
    });
  });

  test('goes on from where the failed start elsewhere began, whatever the old instance has completed since', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink, job } = stage.running();
      fallSilent();
      stage.world.behaviour.set('clicks/1.0.0', 'failsInMain');
      const failed = await driver.run('failover', { id: 'move', ...confirmed });
      expect(failed).toMatchObject({ outcome: 'failed', error: { code: 'StartFailed' } });
      expect(await driver.view()).toMatchObject({ state: 'failed', givenUp: [{ cluster: 'yarn-a' }] });
      for (let turn = 0; turn < 2; turn += 1) flink.completeCheckpoint(job.id);
      stage.world.behaviour.delete('clicks/1.0.0');
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded', error: null });
      const { cluster: on, restorePoint } = (await driver.view()).deployment ?? {};
      expect([on, restorePoint?.path]).toEqual(['yarn-b', expect.stringContaining(`/${job.id}/chk-1`)]);
      overlapAccepted();
    });
  });

  test('stays as it is when it cannot start elsewhere', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      fallSilent();
      takeOutBackup();
      const before = [stage.fence(), gates()];
      expect(await driver.run('failover', confirmed)).toMatchObject({
        outcome: 'failed',
        error: { code: 'UnknownCluster' },
      });
      expect([stage.fence(), gates()]).toEqual(before);
      expect(await driver.view()).toMatchObject({ state: 'unreachable', deployment: { number: 1 } });
    });
  });

  test('stays as it is when S3 does not take the revocation', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      fallSilent();
      const before = [stage.fence(), gates(), stage.world.keys(`staging/${stage.job}/`)];
      const putIfMatch = stage.world.s3.putIfMatch.bind(stage.world.s3);
      stage.world.s3.putIfMatch = (key, ...rest) =>
        key.startsWith('gates/')
          ? Promise.reject(new SluiceError('StorageDenied', 'not allowed'))
          : putIfMatch(key, ...rest);
      expect(await driver.run('failover', confirmed)).toMatchObject({ outcome: 'failed' });
      expect([stage.fence(), gates(), stage.world.keys(`staging/${stage.job}/`)]).toEqual(before);
      stage.world.s3.putIfMatch = putIfMatch;
      stage.yarn.healthy();
      await driver.until('its answer', ({ state }) => state === 'running');
      expect(stage.only().id).toBe(id);
    });
  });

  test('moves with a savepoint when its cluster answers after all', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      fallSilent();
      await driver.run('failover', {});
      expect(await driver.view()).toMatchObject({ state: 'unreachable' });
      stage.yarn.healthy();
      stage.world.deadlines.delete('endApplication');
      const moved = await driver.run('failover', confirmed);
      expect(moved).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(moved.savepoint);
      expect(await driver.view()).toMatchObject({ givenUp: [], deployment: { cluster: 'yarn-b' } });
    });
  });
});

describe('a failover takes the place of an operation', () => {
  test('that is bringing an instance up, which is ended first', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.world.behaviour.set('clicks/1.1.0', 'neverCheckpoints');
      await driver.ask('deploy', { id: 'second', release: 'clicks/1.1.0' });
      const { operation } = await driver.until('verifying', (view) => view.operation?.phase === 'verifying');
      stage.world.behaviour.delete('clicks/1.1.0');
      const moved = await driver.run('failover', { id: 'move' });
      expect(await driver.ended('second')).toMatchObject({ outcome: 'superseded', interruption: { by: 'move' } });
      expect(moved).toMatchObject({ outcome: 'succeeded', error: null, release: 'clicks/1.1.0' });
      expect(await cluster(driver)).toBe('yarn-b');
      expect(stage.restoredFrom()).toBe(operation?.savepoint);
    });
  });

  test('whose launcher has submitted nothing yet, and never will', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.world.launchers.behaviour = 'isHeld';
      await driver.ask('deploy', { id: 'second', release: 'clicks/1.1.0', launcher: 'shell-runner' });
      await seen('the client', () => stage.world.launchers.held.length === 1);
      await driver.ask('failover', { id: 'move' });
      expect(await driver.ended('move')).toMatchObject({ outcome: 'succeeded', error: null, release: 'clicks/1.1.0' });
      expect(stage.restoredFrom()).toContain('/second/savepoint-');
      expect(await driver.view()).toMatchObject({ givenUp: [], deployment: { cluster: 'yarn-b' } });
    });
  });

  test('that waits for a savepoint, and goes on from it', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { flink } = stage.running();
      flink.savepointMode = 'never';
      await driver.ask('deploy', { id: 'second', release: 'clicks/1.1.0' });
      await seen('the stop', () => flink.begun.length > 0);
      await driver.ask('failover', { id: 'move' });
      expect(await rejection(driver.ask('failover', { id: 'again' }))).toMatchObject({ code: 'OperationInProgress' });
      await driver.until(
        'the failover',
        ({ operation }) => operation?.phase === 'savepointing' && operation.id === 'move',
      );
      flink.endSavepoints('ok');
      expect(await driver.ended('move')).toMatchObject({ outcome: 'succeeded', release: 'clicks/1.0.0' });
      expect(stage.restoredFrom()).toContain('/second/savepoint-');
      expect(await cluster(driver)).toBe('yarn-b');
    });
  });

  test('that has taken the old instance down and submitted nothing yet', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const release = stage.yarn.hold('kill');
      await driver.ask('deploy', { id: 'second', release: 'clicks/1.1.0' });
      await seen('the kill', () => stage.yarn.asked.includes('kill'));
      await driver.ask('failover', { id: 'move' });
      release();
      expect(await driver.ended('second')).toMatchObject({ outcome: 'superseded' });
      expect(await driver.ended('move')).toMatchObject({ outcome: 'succeeded', release: 'clicks/1.0.0' });
      expect(stage.restoredFrom()).toContain('/second/savepoint-');
      expect(await cluster(driver)).toBe('yarn-b');
    });
  });

  test('but of none that leaves nothing to move', async () => {
    await stage.story(async (driver) => {
      const release = stage.backup.hold('applications');
      await driver.signal('deploy', { id: 'first', release: 'clicks/1.0.0' });
      await seen('its checks', () => stage.backup.asked.includes('applications'));
      expect(await rejection(driver.ask('failover', {}))).toMatchObject({ code: 'OperationInProgress' });
      release();
      await driver.ended('first');
    });
  });
});

test('a plan names the target, the risk and each reason to refuse, and touches nothing', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    const gateway = createTemporalGateway({ client: askingOnly(driver), taskQueue: driver.taskQueue });
    const sluice = { gateway, records: new RecordStore(stage.world.s3), may: () => true };
    const plan = (kind: 'failover' | 'failback' | 'restart', id: string, asked: object = {}) =>
      makePlan(sluice, stage.job, { kind, request: { id, actor: 'ann', ...asked } });
    const planned = await plan('failover', 'planned');
    expect(planned).toMatchObject({ ok: true, stop: { with: 'savepoint' }, restorePoint: 'from-stop', moved: null });
    expect(planned.changes?.cluster).toEqual({ before: 'yarn-a', after: 'yarn-b' });
    const nowhere = await plan('failover', 'nowhere', { to: 'yarn-x' });
    expect(nowhere.checks).toContainEqual(expect.objectContaining({ name: 'release', code: 'MoveRefused' }));
    expect((await plan('failback', 'at-home')).ok).toBe(false);

    fallSilent();
    await driver.run('failover', {});
    const before = [stage.fence(), gates()];
    const refused = await plan('failover', 'not-confirmed');
    expect(refused.checks.filter(({ ok }) => !ok).map(({ name, code }) => [name, code])).toEqual([
      ['fenced', 'NotFenced'],
    ]);
    const accepted = await plan('failover', 'confirmed', confirmed);
    expect(accepted).toMatchObject({ ok: true, stop: null, restorePoint: { kind: 'checkpoint' } });
    expect(accepted.warnings).toContainEqual(expect.stringContaining('to move the job is to accept that'));
    expect(accepted.phases.map(({ name }) => name)).toContain('fencing');
    expect([stage.fence(), gates()]).toEqual(before);

    expect(await driver.run('failover', { id: 'move', ...confirmed })).toMatchObject({ outcome: 'succeeded' });
    overlapAccepted();
    expect(await plan('restart', 'stays')).toMatchObject({ ok: true, moved: { from: 'yarn-a', by: 'move' } });
  });
});

test('the confirmation needs a reason', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    expect(await rejection(driver.ask('failover', { confirmUnfenced: true }))).toMatchObject({
      code: 'InvalidRequest',
    });
  });
});
