/**
 * Signal `observed`: what the watcher of a cluster tells is believed where it is about the instance that runs.
 *
 * Seen to fail: facts of another epoch or application believed; a fact lost that came during an operation; the end
 * believed without ending the application; silence taken for death; life believed of what is being ended; a fact that waits
 * for the end of the wait for an answer.
 */
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import type { Fact } from '../../../src/domain/watch/facts.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

const current = async (driver: Driver): Promise<Deployment> => (await driver.view()).deployment!;
const tell = (driver: Driver, about: Pick<Deployment, 'epoch' | 'applicationId'>, what: Fact['seen']) =>
  driver.handle.signal(observedSignal, {
    epoch: about.epoch,
    applicationId: about.applicationId,
    at: '2026-01-01T00:00:00Z',
    seen: what,
  });
const degraded = (reason: string): Fact['seen'] => ({ kind: 'degraded', reasons: [reason], cause: null });

describe('a fact about health', () => {
  test('is shown until the next one; hearing it twice changes nothing', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const running = await current(driver);
      await tell(driver, running, degraded('no checkpoint completed for 9 minutes'));
      const sick = await driver.until('the fact', ({ health }) => health === 'degraded');
      expect(sick).toMatchObject({ state: 'running', healthReasons: ['no checkpoint completed for 9 minutes'] });
      await tell(driver, running, degraded('the Flink job is RESTARTING'));
      const still = await driver.until(
        'the fact',
        ({ healthReasons }) => healthReasons[0]?.includes('RESTART') === true,
      );
      expect(still.healthSince).toBe(sick.healthSince);
      await tell(driver, running, { kind: 'healthy' });
      const well = await driver.until('the fact', ({ health }) => health === 'healthy');
      expect(well).toMatchObject({ state: 'running', healthReasons: [] });
      expect(well.healthSince! > sick.healthSince!).toBe(true);
    });
  });

  test('of an older epoch, of another application, or that is no fact is not believed', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const first = await current(driver);
      await driver.run('deploy', { release: 'clicks/1.1.0' });
      const second = await current(driver);
      const ended: Fact['seen'] = { kind: 'ended', how: 'failed', detail: 'it was seen', cause: null };
      await tell(driver, first, ended);
      await tell(driver, { epoch: second.epoch, applicationId: first.applicationId }, ended);
      await tell(driver, { epoch: first.epoch, applicationId: second.applicationId }, ended);
      for (const payload of [null, 7, { undecodable: 'no JSON' }, { epoch: 2 }, { ...second, seen: { kind: 'odd' } }])
        await driver.handle.signal(observedSignal, payload);
      const view = await driver.until('the signals', ({ rejections }) => rejections.last.length === 5);
      expect(view).toMatchObject({ state: 'running', health: 'healthy', deployment: { number: 2, ended: null } });
      expect(view.rejections.last.map(({ kind, code }) => `${kind} ${code}`)).toEqual(
        Array.from({ length: 5 }, () => 'observed InvalidRequest'),
      );
      expect(stage.only().state).toBe('RUNNING');
    });
  });

  test('that comes during an operation is heeded when that has ended', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const running = await current(driver);
      const { flink } = stage.running();
      flink.savepointMode = 'never';
      await driver.ask('savepoint', { id: 'sp' });
      await seen('the savepoint', () => flink.begun.length > 0);
      await tell(driver, running, degraded('slow'));
      expect(await driver.view()).toMatchObject({ health: 'healthy', operation: { id: 'sp' } });
      flink.endSavepoints('ok');
      expect(await driver.ended('sp')).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({ state: 'running', health: 'degraded', healthReasons: ['slow'] });
    });
  });

  test('that was overtaken by the operation is stale when that has ended', async () => {
    stage.world.behaviour.set('clicks/1.1.0', 'neverRuns');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const before = await current(driver);
      await driver.ask('deploy', { id: 'second', release: 'clicks/1.1.0' });
      await seen(
        'the start',
        () => stage.yarn.submissions.length === 2 && stage.world.live(stage.job)[0]?.flink != null,
      );
      await tell(driver, before, { kind: 'ended', how: 'finished', detail: 'it is gone', cause: null });
      const { flink, job } = stage.running();
      job.state = 'RUNNING';
      flink.completeCheckpoint(job.id);
      expect(await driver.ended('second')).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({ state: 'running', health: 'healthy', deployment: { number: 2 } });
    });
  });
});

test('a fact about the life of what is being ended is stale: it stays unreachable until its end is confirmed', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    const running = await current(driver);
    stage.yarn.containersLinger = Infinity;
    stage.world.deadlines.set('endApplication', 700);
    expect(await driver.run('kill', {})).toMatchObject({ error: { code: 'ApplicationNotEnding' } });
    await tell(driver, running, { kind: 'healthy' });
    const asked = () => stage.yarn.asked.filter((route) => route === 'nodeApplication').length;
    const before = asked();
    await seen('another look', () => asked() > before + 20);
    stage.world.deadlines.delete('endApplication');
    stage.yarn.releaseContainers(running.applicationId);
    const view = await driver.until('the end', ({ state }) => state === 'stopped');
    expect(view.deployment?.ended).toMatchObject({ how: 'killed' });
  });
});

describe('the fact that it ended', () => {
  test.each([
    ['failed', 'FAILED', 'failed'],
    ['finished', 'FINISHED', 'finished'],
  ] as const)('as %s ends its application, keeps the evidence and closes its start', async (how, flinkState, state) => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const running = await current(driver);
      const { flink, job } = stage.running();
      if (flinkState === 'FAILED') flink.failJob(job.id);
      else job.state = flinkState;
      // The application outlives its Flink job, so that the end can be read.
      expect(stage.only().state).toBe('RUNNING');
      await tell(driver, running, { kind: 'ended', how, detail: `Flink job is ${flinkState}`, cause: null });
      const view = await driver.until('the end', (seenNow) => seenNow.state === state);
      expect(view).toMatchObject({ health: 'unknown', stateReason: `Flink job is ${flinkState}`, operation: null });
      expect(view.deployment?.ended).toMatchObject({ how });
      expect(stage.world.live(stage.job)).toEqual([]);
      expect(stage.endings()).toEqual([how]);
      expect(stage.world.keys(`audit/${stage.job}/first/logs/${running.applicationId}/`)).not.toEqual([]);
      const resumed = await driver.run('resume', {});
      if (how === 'finished') {
        expect(resumed).toMatchObject({ outcome: 'failed', error: { code: 'JobFinished' } });
        expect(await driver.run('resume', { from: 'fresh' })).toMatchObject({ outcome: 'succeeded' });
        expect(stage.restoredFrom()).toBeNull();
        return;
      }
      expect(resumed).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toContain(`/${job.id}/chk-1`);
    });
  });

  test('by somebody who killed it is a failure, since nobody asked for that here', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const running = await current(driver);
      await stage.yarn.end(running.applicationId, { state: 'KILLED', diagnostics: 'killed by somebody' });
      await tell(driver, running, { kind: 'ended', how: 'killed', detail: 'killed by somebody', cause: null });
      const view = await driver.until('the end', ({ state }) => state === 'failed');
      expect(view).toMatchObject({ stateReason: 'killed by somebody', deployment: { ended: { how: 'failed' } } });
    });
  });
});

describe('the fact that its cluster is silent', () => {
  test('gives way to the next one at once, although the wait for an answer goes on for an hour', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const running = await current(driver);
      stage.yarn.unreachable();
      await tell(driver, running, { kind: 'silent', detail: 'no answer for 2 minutes' });
      await driver.until('the silence', ({ state }) => state === 'unreachable');
      await tell(driver, running, { kind: 'healthy' });
      await driver.until('the answer', ({ state, health }) => state === 'running' && health === 'healthy');
      stage.yarn.healthy();
    });
  });

  test('makes it unreachable, which is not dead: running again by its own look once the cluster answers', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const running = await current(driver);
      stage.yarn.unreachable(true);
      await tell(driver, running, { kind: 'silent', detail: 'no answer for 2 minutes' });
      const view = await driver.until('the fact', ({ state }) => state === 'unreachable');
      expect(view).toMatchObject({
        health: 'unknown',
        stateReason: 'no answer for 2 minutes',
        allowed: ['kill', 'failover'],
      });
      stage.yarn.unreachable(false);
      const again = await driver.until('the answer', ({ state }) => state === 'running');
      expect(again).toMatchObject({ health: 'healthy', deployment: { number: 1, ended: null } });
      expect(stage.only().id).toBe(running.applicationId);
      expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({ outcome: 'succeeded' });
    });
  });
});
