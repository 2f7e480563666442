/**
 * Nothing is started while processes of the instance before may live; silence and forgetting are no death.
 *
 * Seen to fail: YARN's word taken for the end (containers, silent nodes, a ResourceManager that forgot); nobody looking
 * at an unreachable job; a wait tried again after its deadline; a start that was never seen to run left alive; staged
 * configuration kept; a launch command without its guard.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Claim } from '../../../src/domain/lock/fence.ts';
import { claimKey, stagedConfigKey } from '../../../src/domain/identity/storage-keys.ts';
import { seen, type Driver } from '../harness.ts';
import { rejection, useStage } from '../use-stage.ts';

const stage = useStage();

/** An upgrade that kills the old instance, so that nobody but its nodes can say that its processes are gone. */
const byCheckpoint = { id: 'second', release: 'clicks/1.1.0', stopWith: 'checkpoint' };
/** How often the nodes were asked whether they still hold containers. */
const asked = () => stage.yarn.asked.filter((route) => route === 'nodeApplication').length;
/** As a request that was long under way. */
const submitLate = (body: unknown) =>
  fetch(`${stage.yarn.url}/ws/v1/cluster/apps?user.name=sluice`, { method: 'POST', body: JSON.stringify(body) });

async function endsUnreachable(driver: Driver, why: string): Promise<void> {
  stage.world.deadlines.set('endApplication', 700);
  const operation = await driver.run('deploy', byCheckpoint);
  stage.world.deadlines.delete('endApplication');
  expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'ApplicationNotEnding' } });
  expect(operation.error?.detail).toContain(why);
  expect(await driver.view()).toMatchObject({ state: 'unreachable', health: 'unknown' });
  expect(await rejection(driver.ask('deploy', { release: 'clicks/1.1.0' }))).toMatchObject({
    code: 'CommandNotAllowed',
  });
  expect(stage.yarn.submissions).toHaveLength(1);
  expect(stage.endings()).toEqual([null, 'unsubmitted']);
}

/** How often the failed waits of an operation's run were tried. */
async function attemptsOfFailures({ handle }: Driver, operation: string): Promise<unknown[]> {
  const { holder } = stage.world.json(claimKey(stage.job, operation)) as Claim;
  const { events = [] } = await handle.client.getHandle(handle.workflowId, holder.runId).fetchHistory();
  const failed = events!.flatMap(({ activityTaskFailedEventAttributes: failure }) => failure?.startedEventId ?? []);
  return failed.map(
    (id) => events!.find(({ eventId }) => String(eventId) === String(id))?.activityTaskStartedEventAttributes?.attempt,
  );
}

/** Waits for the end. A job that was taken down and not replaced has failed, because no operation wanted it stopped. */
async function failsByItself(driver: Driver): Promise<void> {
  const { job } = stage;
  const view = await driver.until('the end', ({ state }) => state === 'failed');
  expect(view.deployment?.ended).toMatchObject({ how: 'replaced' });
  expect(stage.endings()).toEqual(['stopped', 'unsubmitted']);
  expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({ outcome: 'succeeded' });
  expect(stage.restoredFrom()).toContain(`checkpoints/${job}/${view.deployment!.flinkJobId}/chk-1`);
}

describe('containers that outlive their application', () => {
  test('are waited for: nothing is submitted while a node holds one', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      stage.yarn.containersLinger = Infinity;
      await driver.ask('deploy', byCheckpoint);
      await seen('the nodes to be asked', () => asked() > 3);
      expect(stage.world.live(stage.job)).toEqual([]);
      expect(stage.yarn.submissions).toHaveLength(1);
      stage.yarn.releaseContainers(id);
      expect(await driver.ended('second')).toMatchObject({ outcome: 'succeeded', deployment: 2 });
    });
  });

  test('for longer than the time-out leave the job unreachable, and failed by itself once they are gone', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      stage.yarn.containersLinger = Infinity;
      await endsUnreachable(driver, 'still holds 1 containers');
      // The answer at the deadline is the answer: nobody waits for as long once more.
      expect(await attemptsOfFailures(driver, 'second')).toEqual([1]);
      stage.yarn.containersLinger = 0;
      stage.yarn.releaseContainers(id);
      await failsByItself(driver);
    });
  });

  test('on a node that is silent may live: unreachable until it answers', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.yarn.nodesSilent = true;
      await endsUnreachable(driver, 'does not answer');
      stage.yarn.nodesSilent = false;
      await failsByItself(driver);
    });
  });
});

describe('a ResourceManager that was restarted without recovery', () => {
  test('has only forgotten what lives: nothing is started until its containers are gone, then it is failed', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const { id } = stage.only();
      const { job } = stage.running();
      stage.yarn.forgetApplications();
      expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({
        outcome: 'failed',
        error: { code: 'ClusterUnreachable' },
      });
      expect(await driver.view()).toMatchObject({ state: 'unreachable' });
      expect(stage.yarn.submissions).toHaveLength(1);
      stage.yarn.releaseContainers(id);
      const view = await driver.until('the end', ({ state }) => state === 'failed');
      expect(view.stateReason).toContain('does not know application');
      expect(stage.endings()).toEqual(['failed']);
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-1`);
    });
  });

  test('and whose containers are gone has lost the job: failed, and it resumes from its newest checkpoint', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const application = stage.only();
      const { job } = stage.running();
      stage.yarn.forgetApplications();
      stage.yarn.releaseContainers(application.id);
      expect(await driver.run('savepoint', {})).toMatchObject({ outcome: 'rejected' });
      expect(await driver.view()).toMatchObject({ state: 'failed' });
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-1`);
      // YARN has forgotten the application, so it takes a late copy of the old submission for a new one.
      await submitLate(application.submission);
      await seen('the late one to fail', () => stage.yarn.applications.get(application.id)?.state === 'FAILED');
      expect(stage.yarn.applications.get(application.id)?.diagnostics).toContain('config.yaml');
      expect(stage.only().id).not.toBe(application.id);
    });
  });
});

describe('a start whose submit is unknown', () => {
  test('is ended as if it had arrived, before the deployment before it is started again', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      // The submit arrives, its answer is lost, and YARN forbids the next attempt.
      stage.yarn.dropAnswerOf('submit', {
        status: 403,
        body: { RemoteException: { exception: 'ForbiddenException', message: 'no more of this' } },
      });
      stage.world.behaviour.set('clicks/1.1.0', 'neverRuns');
      const operation = await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' });
      expect(operation.outcome).toBe('rolledBack');
      expect(operation.error?.detail).toContain('no more of this');
      expect(stage.yarn.applications.get(stage.yarn.submissions[1]!)?.state).toBe('KILLED');
      expect(stage.endings()).toEqual(['stopped', 'failed', null]);
    });
  });

  test('that was refused cannot run when it is sent again: its configuration is gone', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.yarn.rejectNextSubmission('queue is full');
      expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({ outcome: 'rolledBack' });
      const [late] = stage.yarn.refused;
      const id = String(late?.['application-id']);
      await submitLate(late);
      await seen('the late one to fail', () => stage.yarn.applications.get(id)?.state === 'FAILED');
      expect(stage.only().id).not.toBe(id);
    });
  });
});

describe('what a start leaves behind', () => {
  test('is no staged configuration once it is closed, however it ended', async () => {
    stage.world.behaviour.set('clicks/1.1.0', 'failsInMain');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const staged = () => stage.world.keys(`staging/${stage.job}/`);
      const live = () => [stagedConfigKey(stage.job, stage.running().job.id)];
      expect(staged()).toEqual(live());
      expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({ outcome: 'rolledBack' });
      expect(staged()).toEqual(live());
      await driver.run('kill', {});
      expect(staged()).toEqual([]);
    });
  });

  test('is a launch command that runs Flink in the first attempt of its application, with the plugin of the gate, and else not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'launch-'));
    const java = join(folder, 'bin', 'java');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(java, '#!/bin/sh\necho started\n');
    chmodSync(java, 0o755);
    await stage.story((driver) => stage.deployed(driver));
    const spec = stage.only().submission['am-container-spec'] as { commands: { command: string } };
    const command = spec.commands.command.replaceAll('<LOG_DIR>', folder);
    const statusOf = (container: string) =>
      spawnSync('bash', ['-c', command], {
        cwd: folder,
        env: { ...process.env, CONTAINER_ID: container, JAVA_HOME: folder },
      }).status;
    expect(statusOf('container_1700000000000_0042_01_000001')).toBe(66);
    mkdirSync(join(folder, 'plugins', 'sluice'), { recursive: true });
    writeFileSync(join(folder, 'plugins', 'sluice', 'sluice-agent.jar'), '');
    for (const cluster of ['1700000000000_0042', 'e17_1700000000000_0042', 'e01_1700000000000_0101']) {
      expect(statusOf(`container_${cluster}_01_000001`), cluster).toBe(0);
      expect(statusOf(`container_${cluster}_02_000001`), cluster).toBe(64);
    }
    rmSync(folder, { recursive: true });
  });
});
