/**
 * Restarts by Sluice itself: an instance that failed is started again from its newest state, within a budget, and what a
 * person does comes first.
 *
 * Seen to fail: a job restarted that somebody killed outside, or that a person killed while a restart was planned; a restart
 * without state.
 */
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import type { Fact } from '../../../src/domain/watch/facts.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const RELEASE = 'clicks/2.0.0';
const stage = useStage({ releases: [] });

/** Deploys a release whose file lets Sluice restart. */
async function deployed(driver: Driver, restart = 'backoff: {initial: 1s, max: 1s}', more = {}): Promise<void> {
  stage.world.publish(RELEASE, [stage.job], { recovery: `{restart: {${restart}}}`, ...more });
  await driver.signal('deploy', { id: 'first', actor: 'ci', release: RELEASE });
  expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded' });
}

/** The current instance, as a fact names it. */
const current = async (driver: Driver): Promise<Deployment> => (await driver.view()).deployment!;

async function tell(driver: Driver, { epoch, applicationId }: Deployment, how: 'failed' | 'killed'): Promise<void> {
  const ended: Fact['seen'] = { kind: 'ended', how, detail: `it was ${how}`, cause: null };
  await driver.handle.signal(observedSignal, { epoch, applicationId, at: '2026-01-01T00:00:00Z', seen: ended });
}

/** The JobManager dies, as YARN tells it and the watcher passes it on. */
async function dies(driver: Driver): Promise<Deployment> {
  const instance = await current(driver);
  await stage.yarn.end(instance.applicationId, { state: 'FAILED', diagnostics: 'exited with 137' });
  await tell(driver, instance, 'failed');
  return instance;
}

const runs = (number: number) => (view: JobView) =>
  view.state === 'running' && view.deployment?.number === number && view.operation === null;
const isLeft = ({ recovery, operation }: JobView) => operation === null && recovery?.left != null;

describe('an instance that fails', () => {
  test('is started again from its newest checkpoint, by an operation of the supervisor', async () => {
    await stage.story(async (driver) => {
      await deployed(driver);
      const { flink, job } = stage.running();
      flink.completeCheckpoint(job.id);
      const before = await dies(driver);
      const view = await driver.until('the restart', runs(2));
      expect(stage.restoredFrom()).toContain(`/${before.flinkJobId}/chk-2`);
      expect(view).toMatchObject({
        desired: 'running',
        recovery: { attempts: 1, budget: 5, nextAt: null, left: null },
      });
      const [restart, settled] = await driver.history();
      expect(restart).toMatchObject({
        id: `restart-e${before.epoch}-1`,
        ...{ kind: 'restart', actor: 'supervisor', via: 'supervisor', outcome: 'succeeded' },
        reason: 'attempt 1 of 5: deployment 1 failed: it was failed',
      });
      expect(settled).toMatchObject({ kind: 'settled', deployment: 1 });
      expect(stage.endings()).toEqual(['failed', null]);
    });
  });

  test('is started again when it fails once more, and then is left to people with the budget used up', async () => {
    await stage.story(async (driver) => {
      await deployed(driver, 'maxAttempts: 2, backoff: {initial: 1s, max: 1s}');
      await dies(driver);
      await driver.until('the first restart', runs(2));
      await dies(driver);
      await driver.until('the second restart', runs(3));
      await dies(driver);
      const view = await driver.until('the end of the budget', isLeft);
      expect(view).toMatchObject({ state: 'failed', recovery: { attempts: 2, budget: 2, nextAt: null } });
      expect(view.recovery?.left).toBe('it was restarted 2 times within 1h');
      expect(stage.yarn.submissions).toHaveLength(3);
      // A start by a person has the whole budget again.
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect((await driver.view()).recovery).toMatchObject({ attempts: 0, left: null });
      await dies(driver);
      await driver.until('the restart', runs(5));
    });
  });

  test('while it comes up again is tried again, although it never proved healthy', async () => {
    await stage.story(async (driver) => {
      await deployed(driver);
      stage.world.behaviour.set(RELEASE, 'failsInMain');
      await dies(driver);
      await seen('two more starts', () => stage.yarn.submissions.length === 3);
      stage.world.behaviour.set(RELEASE, 'healthy');
      const view = await driver.until(
        'the restart',
        ({ state, operation }) => state === 'running' && operation === null,
      );
      expect(view.recovery?.attempts).toBeGreaterThan(1);
      expect(stage.restoredFrom()).toContain('/chk-1');
    });
  });
});

describe('a restart that is planned', () => {
  test('is shown with its time, and gives way to what a person does', async () => {
    await stage.story(async (driver) => {
      await deployed(driver, 'backoff: {initial: 1h, max: 1h}');
      stage.world.behaviour.set(RELEASE, 'failsInMain');
      await dies(driver);
      const view = await driver.until(
        'the plan',
        ({ recovery }) => recovery?.nextAt != null && recovery.attempts === 1,
      );
      expect(view).toMatchObject({ state: 'failed', recovery: { left: null, budget: 5 } });
      expect(view.stateMeaning).toContain('starts the job again by itself');
      expect(view.next).toContain(`at ${view.recovery?.nextAt ?? ''}, as attempt 2 of 5`);
      stage.world.behaviour.set(RELEASE, 'healthy');
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({ state: 'running', recovery: { attempts: 0, nextAt: null } });
    });
  });

  test('is forgotten when a person kills the job', async () => {
    await stage.story(async (driver) => {
      await deployed(driver, 'backoff: {initial: 1s, max: 1s}');
      stage.world.behaviour.set(RELEASE, 'failsInMain');
      await dies(driver);
      await driver.until('a failed try', ({ recovery, operation }) => recovery?.attempts === 1 && operation === null);
      expect(await driver.run('kill', {})).toMatchObject({ outcome: 'succeeded' });
      const before = stage.yarn.submissions.length;
      expect(await driver.view()).toMatchObject({ state: 'stopped', desired: 'stopped', recovery: { nextAt: null } });
      stage.world.behaviour.set(RELEASE, 'healthy');
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.yarn.submissions).toHaveLength(before + 1);
    });
  });

  test('of which one is cancelled is not made again', async () => {
    await stage.story(async (driver) => {
      await deployed(driver);
      stage.world.behaviour.set(RELEASE, 'neverRuns');
      await dies(driver);
      await driver.until('the start', ({ operation }) => operation?.phase === 'starting');
      await driver.cancel('restart-e1-1', { actor: 'ops' });
      expect(await driver.ended('restart-e1-1')).toMatchObject({ outcome: 'cancelled' });
      const view = await driver.until('its end', ({ operation }) => operation === null);
      expect(view).toMatchObject({ state: 'stopped', recovery: { nextAt: null } });
      expect(stage.yarn.submissions).toHaveLength(2);
    });
  });
});

test('a job that Flink restarts again and again is taken over, from its newest checkpoint, where its file says so', async () => {
  await stage.story(async (driver) => {
    await deployed(driver, 'whenDegradedFor: 2m');
    const { flink, job } = stage.running();
    flink.completeCheckpoint(job.id);
    flink.savepointMode = 'fails';
    const { epoch, applicationId } = await current(driver);
    const degraded: Fact['seen'] = { kind: 'degraded', reasons: ['the Flink job is RESTARTING'], cause: null };
    await driver.handle.signal(observedSignal, { epoch, applicationId, at: '2026-01-01T00:00:00Z', seen: degraded });
    const view = await driver.until('the plan', ({ recovery }) => recovery?.nextAt != null);
    const inMs = Date.parse(view.recovery?.nextAt ?? '') - Date.parse(view.healthSince ?? '');
    expect(view).toMatchObject({ state: 'running', health: 'degraded' });
    expect(inMs).toBe(120_000);
    // A healthy look in time leaves the job alone.
    await driver.handle.signal(observedSignal, {
      ...{ epoch, applicationId, at: '2026-01-01T00:00:00Z' },
      seen: { kind: 'healthy' },
    });
    await driver.until('the end of the plan', ({ recovery }) => recovery?.nextAt === null);
    expect(stage.only().id).toBe(applicationId);
  });
});

describe('nothing is restarted', () => {
  test('that somebody killed by other means', async () => {
    await stage.story(async (driver) => {
      await deployed(driver);
      const instance = await current(driver);
      await stage.yarn.end(instance.applicationId, { state: 'KILLED', diagnostics: 'killed by somebody' });
      await tell(driver, instance, 'killed');
      const view = await driver.until('the end', isLeft);
      expect(view).toMatchObject({ state: 'failed', deployment: { ended: { how: 'failed', by: 'hand' } } });
      expect(view.recovery?.left).toBe('somebody ended it by other means than Sluice');
      expect(stage.yarn.submissions).toHaveLength(1);
    });
  });

  test('that a person stopped', async () => {
    await stage.story(async (driver) => {
      await deployed(driver);
      const instance = await current(driver);
      expect(await driver.run('stop', {})).toMatchObject({ outcome: 'succeeded' });
      await tell(driver, instance, 'failed');
      expect(await driver.run('savepoint', {}).catch(() => null)).toBeNull();
      expect(await driver.view()).toMatchObject({ state: 'stopped', recovery: { nextAt: null, left: null } });
      expect(stage.yarn.submissions).toHaveLength(1);
    });
  });

  test('that has no state to go on from', async () => {
    stage.world.behaviour.set(RELEASE, 'neverCheckpoints');
    await stage.story(async (driver) => {
      await deployed(driver, '', { upgrade: '{timeouts: {start: 10s}, verify: {timeout: 10s, checkpoints: 0}}' });
      const { flink, job } = stage.running();
      flink.failJob(job.id); // and its JobManager tells that it completed no checkpoint
      await tell(driver, await current(driver), 'failed');
      const view = await driver.until('the end', isLeft);
      expect(view.recovery?.left).toContain('Sluice does not begin a job without a restore point anew by itself');
      expect(stage.yarn.submissions).toHaveLength(1);
    });
  });

  test('whose deployment file wants no restarts', async () => {
    await stage.story(async (driver) => {
      await deployed(driver, 'enabled: false');
      await dies(driver);
      const view = await driver.until('the end', ({ state }) => state === 'failed');
      expect(view.recovery).toBeNull();
    });
  });
});

test('a cluster that comes back empty costs no attempt', async () => {
  await stage.story(async (driver) => {
    await deployed(driver);
    const instance = await current(driver);
    stage.yarn.forgetApplications({ nodesFollow: true });
    const { epoch, applicationId } = instance;
    const silent: Fact['seen'] = { kind: 'silent', detail: 'the ResourceManager does not know it any more' };
    await driver.handle.signal(observedSignal, { epoch, applicationId, at: '2026-01-01T00:00:00Z', seen: silent });
    const view = await driver.until('the restart', runs(2));
    expect(view.recovery).toMatchObject({ attempts: 0, left: null });
    expect(stage.restoredFrom()).toContain(`/${instance.flinkJobId}/chk-1`);
  });
});

test('an instance whose lease was over costs no attempt', async () => {
  await stage.story(async (driver) => {
    await deployed(driver);
    const instance = await current(driver);
    const diagnostics = 'AM Container for appattempt_1_0001_000001 exited with  exitCode: 91';
    await stage.yarn.end(instance.applicationId, { state: 'FAILED', diagnostics });
    await tell(driver, instance, 'failed');
    const view = await driver.until('the restart', runs(2));
    expect(view.recovery).toMatchObject({ attempts: 0, left: null });
  });
});

test('a restart waits for a cluster that is silent, and goes on when it answers', async () => {
  await stage.story(async (driver) => {
    await deployed(driver);
    const release = stage.yarn.hold('queues');
    const asked = () => stage.yarn.asked.filter((route) => route === 'queues').length;
    const before = asked();
    await dies(driver);
    await seen('the question for the queue', () => asked() > before);
    stage.yarn.unreachable(true);
    release();
    await driver.until('the restart at its checks', ({ operation }) => operation?.phase === 'checking');
    expect(await driver.view()).toMatchObject({ operation: { id: 'restart-e1-1' }, recovery: { nextAt: null } });
    stage.yarn.unreachable(false);
    const restarted = await driver.until('the restart', runs(2));
    expect(restarted.recovery).toMatchObject({ attempts: 1, left: null });
  });
});
