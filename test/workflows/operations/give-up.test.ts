/**
 * A person's decision about an instance that nobody can reach: it is obeyed at once, recorded, and says what risk remains.
 *
 * Review found both in the code before: the claim of `kill --force` ended the instance without the decision and failed for
 * ever, and no operation at all got past a cluster that was gone or not configured any more. Seen to fail: the fact about
 * what runs came while the returned instance was being ended, and the next run did not know it.
 */
import { describe, expect, test } from 'vitest';
import { makePlan } from '../../../src/api/operations/plans.ts';
import type { Cluster } from '../../../src/activities/dependencies/dependencies.ts';
import { RecordStore } from '../../../src/records/record-store.ts';
import { createTemporalGateway } from '../../../src/temporal/jobs/job-gateway-on-temporal.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import { askingOnly, seen } from '../harness.ts';
import { rejection, useStage } from '../use-stage.ts';

const stage = useStage({ releases: ['clicks/1.0.0', 'clicks/1.1.0'] });

const giveUp = { id: 'give-up', actor: 'oncall', force: true, giveUp: true, reason: 'the cluster burned down' };
const elsewhere = { release: 'clicks/2.0.0' };
/** Takes the cluster of the job out of the configuration, and waits less for an end there. @returns a function that puts it back. */
function takeOut(): () => void {
  const clusters = stage.world.dependencies.clusters as Map<string, Cluster>; // the world's own map
  const gone = clusters.get('yarn-a')!;
  clusters.delete('yarn-a');
  stage.world.deadlines.set('endApplication', 700);
  return () => void clusters.set('yarn-a', gone);
}
const onB = () => stage.world.publish('clicks/2.0.0', [stage.job], { placement: '{cluster: yarn-b}' });

describe('a node that is lost for good', () => {
  test('is counted as gone by the first kill by force, and the decision is shown', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      await stage.yarn.takeNode(0, 'LOST');
      stage.world.deadlines.set('endApplication', 700);
      expect(await driver.run('kill', {})).toMatchObject({ error: { code: 'ApplicationNotEnding' } });
      expect(await driver.view()).toMatchObject({ state: 'unreachable', deployment: { applicationId: id } });
      expect(await driver.run('kill', { id: 'force', force: true })).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({
        state: 'stopped',
        endKnownBy: { kind: 'decided', operation: 'force' },
        givenUp: [],
      });
      stage.world.deadlines.delete('endApplication');
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
    });
  });

  test('shows the word of YARN at once, not a running job for as long as the end may take', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { deployment } = await driver.view();
      const { epoch, applicationId } = deployment!;
      await stage.yarn.takeNode(0, 'LOST');
      const detail = 'application is FAILED: Container released on a *lost* node';
      const fact = { epoch, applicationId, at: '2026-01-01T00:00:00Z' };
      await driver.handle.signal(observedSignal, {
        ...fact,
        seen: { kind: 'ended', how: 'failed', detail, cause: null },
      });
      const view = await driver.until('the word of YARN', ({ state }) => state === 'unreachable');
      expect(view.stateReason).toBe(`${detail}; its end is being confirmed`);
      // The plan refuses as the job does at its door, although YARN calls the application failed.
      expect(await rejection(driver.ask('deploy', { release: 'clicks/1.1.0' }))).toMatchObject({
        code: 'CommandNotAllowed',
      });
      const gateway = createTemporalGateway({ client: askingOnly(driver), taskQueue: driver.taskQueue });
      const request = { id: 'to-be-planned', actor: 'ann', release: 'clicks/1.1.0' };
      const asked = { kind: 'deploy', request } as const;
      const plan = await makePlan(
        { gateway, records: new RecordStore(stage.world.s3), may: () => true },
        stage.job,
        asked,
      );
      expect(plan.ok).toBe(false);
      expect(await driver.run('kill', { force: true })).toMatchObject({ outcome: 'succeeded' });
    });
  });
});

describe('a cluster that was taken out of the configuration', () => {
  test('decides nothing, and giving up lets the job go on elsewhere', async () => {
    onB();
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      const putBack = takeOut();
      expect(await driver.run('deploy', elsewhere)).toMatchObject({ error: { code: 'ClusterUnreachable' } });
      expect(await driver.run('kill', { force: true })).toMatchObject({ error: { code: 'ApplicationNotEnding' } });
      const operation = await driver.run('kill', giveUp);
      expect(operation).toMatchObject({ outcome: 'succeeded', reason: giveUp.reason });
      expect(operation.warnings).toEqual([
        `given up: ${id} of deployment 1 on cluster yarn-a may still run and write its output`,
      ]);
      expect(await driver.view()).toMatchObject({
        state: 'stopped',
        endKnownBy: { kind: 'givenUp', operation: 'give-up' },
        givenUp: [{ applicationId: id, cluster: 'yarn-a', actor: 'oncall', reason: giveUp.reason }],
      });
      const { starts } = stage.fence();
      expect(starts[0]?.closed).toMatchObject({ how: 'killed', givenUp: { by: 'give-up', applicationId: id } });
      expect(stage.world.keys(`staging/${stage.job}/`)).toEqual([]);
      stage.world.deadlines.delete('endApplication');
      // The world calls two live applications an overlap; here a person has decided for it.
      expect(await driver.run('deploy', elsewhere)).toMatchObject({ outcome: 'succeeded' });
      stage.world.overlaps.length = 0;

      // The cluster comes back, its watcher sees the instance, and Sluice ends it.
      putBack();
      const fact = { epoch: 1, applicationId: id, at: '2026-01-01T00:00:00Z', seen: { kind: 'healthy' } };
      await driver.handle.signal(observedSignal, fact);
      await seen('its end', () => stage.yarn.applications.get(id)?.state === 'KILLED');
      const view = await driver.until('it to be forgotten', ({ givenUp }) => givenUp.length === 0);
      expect(view).toMatchObject({ state: 'running', deployment: { number: 2 } });
      expect(stage.fence().starts[0]?.closed?.givenUp).toBeUndefined();
      const ofIt = ({ id }: { readonly id: string }) => id === 'settled-1';
      await seen('the record of its end', async () => (await driver.history()).some(ofIt));
      expect((await driver.history()).find(ofIt)).toMatchObject({
        kind: 'settled',
        deployment: 1,
        request: { application: id, ended: 'killed', operation: 'give-up' },
      });
    });
  });

  test('shows the instance again while another fact comes, and neither is lost', async () => {
    onB();
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      const putBack = takeOut();
      expect(await driver.run('kill', giveUp)).toMatchObject({ outcome: 'succeeded' });
      stage.world.deadlines.delete('endApplication');
      expect(await driver.run('deploy', elsewhere)).toMatchObject({ outcome: 'succeeded' });
      stage.world.overlaps.length = 0;
      const { epoch = 0, applicationId = '' } = (await driver.view()).deployment ?? {};
      const { flink } = stage.world.jobOf(stage.world.live(stage.job).find((one) => one.id === applicationId)!);

      // Facts that come during an operation wait for its end, and the run ends with it.
      flink.savepointMode = 'never';
      await driver.ask('savepoint', { id: 'sp' });
      await seen('the savepoint', () => flink.begun.length > 0);
      putBack();
      const at = '2026-01-01T00:00:00Z';
      await driver.handle.signal(observedSignal, { epoch: 1, applicationId: id, at, seen: { kind: 'healthy' } });
      const release = stage.yarn.hold('kill');
      flink.endSavepoints('ok');
      await seen('its end', () => stage.yarn.asked.includes('kill'));
      const degraded = { kind: 'degraded', reasons: ['slow'], cause: null };
      await driver.handle.signal(observedSignal, { epoch, applicationId, at, seen: degraded });
      release();
      await driver.until('both facts', ({ givenUp, health }) => givenUp.length === 0 && health === 'degraded');
    });
  });

  test('is not given up while YARN itself says that the instance runs', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      // YARN takes the kill and does not carry it out.
      for (let turn = 0; turn < 50; turn += 1)
        stage.yarn.answerNext('kill', { status: 202, body: { state: 'RUNNING' } });
      stage.world.deadlines.set('endApplication', 700);
      const operation = await driver.run('kill', giveUp);
      expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'ApplicationNotEnding' } });
      expect(operation.error?.detail).toContain('is not given up, because cluster yarn-a answers');
      expect(stage.endings()).toEqual([null]);
    });
  });
});

test('giving up needs force and a reason', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    for (const payload of [
      { giveUp: true, reason: 'why' },
      { giveUp: true, force: true },
    ])
      expect(await rejection(driver.ask('kill', payload))).toMatchObject({ code: 'InvalidRequest' });
  });
});
