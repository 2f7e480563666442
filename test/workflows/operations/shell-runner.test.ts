/**
 * The launcher `shell-runner`: Flink's client submits on the cluster, under an id that nobody knows beforehand. Its
 * application is found by the tag of its start, adopted whatever becomes of the launcher, and never started again.
 *
 * Seen to fail: a launcher's end believed before what it submitted is looked for; its log not kept; its processes not waited
 * for; a gate that stays; a living launcher taken for one that is over.
 */
import { describe, expect, test } from 'vitest';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { evidenceKey, gatesKey } from '../../../src/domain/identity/storage-keys.ts';
import type { FakeApplication } from '../../fakes/yarn.ts';
import { isLauncher } from '../../world/launcher.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

const byRunner = { release: 'clicks/1.0.0', launcher: 'shell-runner' } as const;
const all = (): FakeApplication[] => [...stage.yarn.applications.values()];
const launchers = (): FakeApplication[] => all().filter(isLauncher);
const instances = (): FakeApplication[] => all().filter((application) => !isLauncher(application));
/** The job's first operation. */
const begun = (driver: Driver): Promise<void> => driver.signal('deploy', { ...byRunner, id: 'first', actor: 'ci' });
async function first(driver: Driver): Promise<OperationRecord> {
  await begun(driver);
  return driver.ended('first');
}
const isHeld = () => seen('a launcher that is held', () => stage.world.launchers.held.length > 0);

/** Flink's client ran once, and what it submitted is the one instance. */
async function isOneInstance(driver: Driver): Promise<void> {
  expect([launchers(), instances()].map(({ length }) => length)).toEqual([1, 1]);
  const [launcher] = launchers();
  const view = await driver.view();
  expect(view.deployment).toMatchObject({
    launcher: 'shell-runner',
    runner: launcher?.id,
    applicationId: stage.only().id,
  });
  expect(stage.fence().starts).toMatchObject([{ applicationId: launcher?.id, launcher: 'shell-runner', closed: null }]);
}

describe('a deploy', () => {
  test('runs what the client submitted, and the next one goes on from its savepoint', async () => {
    await stage.story(async (driver) => {
      expect(await first(driver)).toMatchObject({ outcome: 'succeeded', error: null });
      await isOneInstance(driver);
      const upgrade = await driver.run('deploy', { ...byRunner, release: 'clicks/1.1.0' });
      expect(upgrade).toMatchObject({ outcome: 'succeeded', warnings: [] });
      expect(stage.restoredFrom()).toBe(upgrade.savepoint);
      expect(stage.endings()).toEqual(['stopped', null]);
      const { deployment } = await driver.view();
      // Nothing is left of the start before; this one has its gate for as long as it is open.
      expect(stage.world.keys('staging/').filter((key) => key.endsWith('gate'))).toEqual([
        `staging/${stage.job}/${deployment?.flinkJobId}/gate`,
      ]);
      // A restart goes the way that the deployment went.
      expect(await driver.run('restart', {})).toMatchObject({ outcome: 'succeeded' });
      expect((await driver.view()).deployment?.launcher).toBe('shell-runner');
    });
  });

  test('whose submission gets no answer is one launcher and one instance', async () => {
    await stage.story(async (driver) => {
      stage.yarn.dropAnswerOf('submit');
      expect(await first(driver)).toMatchObject({ outcome: 'succeeded' });
      await isOneInstance(driver);
    });
  });

  test('whose launcher dies after the submission adopts the instance', async () => {
    stage.world.launchers.behaviour = 'diesAfter';
    await stage.story(async (driver) => {
      expect(await first(driver)).toMatchObject({ outcome: 'succeeded' });
      await isOneInstance(driver);
    });
  });

  test('whose launcher dies before it fails with the last words of the client, which are kept', async () => {
    stage.world.launchers.behaviour = 'diesBefore';
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const before = stage.only();
      const operation = await driver.run('deploy', { ...byRunner, id: 'second', release: 'clicks/1.1.0' });
      expect(operation).toMatchObject({ outcome: 'rolledBack', error: { code: 'StartFailed' } });
      expect(operation.error?.detail).toContain("Flink's client submitted nothing");
      expect(operation.error?.detail).toContain('unknown queue');
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      expect(await driver.view()).toMatchObject({ state: 'running', deployment: { launcher: 'direct', number: 3 } });
      expect(stage.endings()).toEqual(['stopped', 'failed', null]);
      expect(instances().map(({ id }) => id)).toEqual([before.id, stage.only().id]);
    });
  });

  test('that the cluster does not offer is refused while the old instance runs', async () => {
    Reflect.deleteProperty(stage.world.dependencies.clusters.get('yarn-a')?.launchers ?? {}, 'shell-runner');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const operation = await driver.run('deploy', { ...byRunner, release: 'clicks/1.1.0' });
      expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'LauncherUnavailable' } });
      expect(stage.only().state).toBe('RUNNING');
    });
  });
});

describe('a cancel', () => {
  test('while the client is at work kills the launcher, keeps its log, and nothing runs', async () => {
    stage.world.launchers.behaviour = 'isHeld';
    await stage.story(async (driver) => {
      await begun(driver);
      await isHeld();
      launchers()[0]!.logs.set('runner.log', 'what the client said, password=hidden\n');
      await driver.cancel('first');
      expect(await driver.ended('first')).toMatchObject({ outcome: 'cancelled' });
      expect(launchers().map(({ state }) => state)).toEqual(['KILLED']);
      expect(stage.endings()).toEqual(['failed']);
      const application = launchers()[0]!.id;
      const key = evidenceKey({ job: stage.job, operation: 'first', application, file: 'runner.log' });
      const log = stage.world.s3.objects.get(key)?.body.toString();
      expect(log).toContain('what the client said');
      expect(log).not.toContain('hidden');
    });
  });

  test('waits until no process of the launcher is left: it may submit as long as there is one', async () => {
    stage.world.launchers.behaviour = 'isHeld';
    await stage.story(async (driver) => {
      await begun(driver);
      await isHeld();
      stage.yarn.containersLinger = Infinity;
      await driver.cancel('first');
      await seen('the nodes to be asked', () => stage.yarn.asked.includes('nodeApplication'));
      // The launcher's client submits although YARN calls the launcher dead. YARN can make no container, because the
      // gate of the launcher is gone already.
      await stage.world.launchers.held[0]!();
      await seen('the end of what was submitted', () => instances()[0]?.state === 'FAILED');
      expect(instances()[0]!.flink).toBeNull();
      expect((await driver.view()).state).not.toBe('stopped');
      stage.yarn.containersLinger = 0;
      for (const { id } of all()) stage.yarn.releaseContainers(id);
      expect(await driver.ended('first')).toMatchObject({ outcome: 'cancelled' });
      expect(stage.world.live(stage.job)).toEqual([]);
      expect((await driver.view()).deployment).toMatchObject({
        applicationId: instances()[0]!.id,
        ended: { how: 'failed' },
      });
    });
  });
});

test('a client that comes late, after its start was closed, starts nothing: its gate is gone', async () => {
  stage.world.launchers.behaviour = 'isHeld';
  await stage.story(async (driver) => {
    await begun(driver);
    await isHeld();
    await driver.cancel('first');
    expect(await driver.ended('first')).toMatchObject({ outcome: 'cancelled' });
    stage.world.launchers.behaviour = 'submits';
    expect(await driver.run('deploy', byRunner)).toMatchObject({ outcome: 'succeeded' });
    const { id } = stage.only();
    await stage.world.launchers.held[0]!();
    const late = instances().find((application) => application.id !== id)!;
    await seen('the end of the late one', () => late.state === 'FAILED');
    expect(late.diagnostics).toContain('/gate');
    expect(late.flink).toBeNull();
    expect(stage.only().id).toBe(id);
  });
});

describe('a run that remembers nothing', () => {
  test('finds by its tag what was submitted while nobody looked', async () => {
    stage.world.launchers.behaviour = 'isHeld';
    await stage.story(async (driver) => {
      await begun(driver);
      await isHeld();
      await driver.handle.terminate('the database was lost');
      await stage.world.launchers.held[0]!();
      await stage.yarn.end(launchers()[0]!.id);
      await driver.signal('savepoint', { id: 'anew' });
      expect(await driver.ended('anew')).toMatchObject({ outcome: 'succeeded' });
      await isOneInstance(driver);
    });
  });

  test('ends the launcher of another run whose gate let nothing in, and what that submits cannot run', async () => {
    stage.world.launchers.behaviour = 'isHeld';
    await stage.story(async (driver) => {
      await begun(driver);
      await isHeld();
      await driver.handle.terminate('the database was lost');
      stage.world.launchers.behaviour = 'submits';
      await driver.signal('deploy', { ...byRunner, id: 'anew', release: 'clicks/1.1.0' });
      expect(await driver.ended('anew')).toMatchObject({ outcome: 'succeeded' });
      expect(launchers()[0]).toMatchObject({ state: 'KILLED' });
      const { id } = stage.only();
      await stage.world.launchers.held[0]!();
      const late = instances().find((application) => application.id !== id)!;
      await seen('the end of the late one', () => late.state === 'FAILED');
      expect(late.flink).toBeNull();
      expect(stage.only().id).toBe(id);
    });
  });

  test('starts nothing while a launcher without a gate lives, and what that submits cannot run', async () => {
    stage.world.launchers.behaviour = 'isHeld';
    await stage.story(async (driver) => {
      await begun(driver);
      await isHeld();
      await stage.world.s3.remove(gatesKey(stage.job)); // as of a release before gates
      await driver.handle.terminate('the database was lost');
      await driver.signal('deploy', { id: 'anew', release: 'clicks/1.1.0' });
      const refused = await driver.ended('anew');
      expect(refused).toMatchObject({ outcome: 'failed', error: { code: 'ClusterUnreachable' } });
      expect(refused.error?.detail).toContain('may submit it yet');
      await stage.world.launchers.held[0]!();
      const late = instances()[0]!;
      await seen('the end of the late one', () => late.state === 'FAILED');
      expect(late.diagnostics).toContain('/gate');
      expect(late.flink).toBeNull();
      await stage.yarn.end(launchers()[0]!.id);
      await driver.until('the proof that it is over', ({ state }) => state === 'failed');
      // The run that watched the start is gone, so that nobody knows whether the late one completed anything.
      const again = { release: 'clicks/1.1.0' };
      expect(await driver.run('deploy', again)).toMatchObject({ error: { code: 'DiscardsNewerState' } });
      const accepted = await driver.run('deploy', { ...again, discardNewerState: true });
      expect(accepted).toMatchObject({ outcome: 'succeeded' });
      expect(stage.only().id).not.toBe(late.id);
    });
  });
});
