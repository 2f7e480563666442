/**
 * Releases that deploy themselves, on a real Temporal: published, they run; what a person has chosen, stopped or mended
 * stays.
 *
 * Seen to fail: with `onlyIf` not heeded by the front desk, a job that has changed meanwhile takes the release, and not
 * heeded after the claim, one that has failed unseen does; with stopped jobs not left alone, one is started.
 */
import { describe, expect, test } from 'vitest';
import { autoDeployIdOf } from '../../../src/domain/identity/ids.ts';
import { projectOf } from '../../../src/domain/identity/ownership.ts';
import { releaseWatchIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { readReleaseNotes } from '../../../src/domain/auto-deploy/watch-notes.ts';
import { releaseKey } from '../../../src/domain/identity/storage-keys.ts';
import { RELEASE_WATCH_WORKFLOW, type ReleaseWatchInput } from '../../../src/workflows/messages.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const NEW = 'clicks/2.0.0';
const own = autoDeployIdOf(NEW);

const stage = useStage({ releases: ['clicks/1.0.0'] });

/** The watch hands itself over often: what it has decided is seen by that. */
const story = (act: (driver: Driver) => Promise<void>) =>
  stage.story(act, { taskQueue: `auto-${stage.job}`, releaseWatch: { turnAfterMs: 500 } });

/** A release that asks to be deployed, later than everything that was asked before. */
function publishAuto(release: string, more = ''): void {
  stage.world.publish(release, [stage.job], { autoDeploy: `{enabled: true${more}}` });
  const [project = '', version = ''] = release.split('/');
  stage.world.s3.objects.get(releaseKey(project, version))!.lastModified = Math.ceil(Date.now() / 1000) * 1000;
}

/** Until the watch has decided about a release, by the notes that it hands over to its next run. */
async function decided({ client }: Driver, release = NEW): Promise<void> {
  await seen('its decision', async () => {
    const { events } = await client.workflow.getHandle(releaseWatchIdOf(stage.world.s3.bucket)).fetchHistory();
    const [input] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const { carried } = JSON.parse(Buffer.from(input?.data ?? []).toString()) as ReleaseWatchInput;
    return readReleaseNotes(carried)?.decided[`${stage.job}/${projectOf(release)}`] === release;
  });
}

const idsOf = (history: readonly OperationRecord[]): string[] => history.map(({ id }) => id);

describe('a release that deploys itself', () => {
  test('is the first of its job, then takes the place of the one before with its state; each is in the history once', async () => {
    await story(async (driver) => {
      await driver.watchReleases();
      publishAuto(NEW);
      expect(await driver.ended(own)).toMatchObject({
        kind: 'deploy',
        actor: NEW,
        reason: expect.stringMatching(/^published at \d{4}-.*Z, autoDeploy of job-.*\.yaml$/) as string,
        outcome: 'succeeded',
        request: { release: NEW },
      });
      publishAuto('clicks/2.1.0');
      const upgrade = await driver.ended(autoDeployIdOf('clicks/2.1.0'));
      expect(upgrade).toMatchObject({ actor: 'clicks/2.1.0', outcome: 'succeeded' });
      const { deployment } = await driver.view();
      expect(deployment).toMatchObject({ release: 'clicks/2.1.0', restorePoint: { path: upgrade.savepoint } });
      await decided(driver, 'clicks/2.1.0');
      expect(idsOf(await driver.history())).toEqual(['auto-clicks_2.1.0', 'auto-clicks_2.0.0']);
    });
    expect(stage.world.live(stage.job)).toHaveLength(1);
  });

  test('does so once, also when every worker is killed while it does', async () => {
    await story(async (driver) => {
      await driver.watchReleases();
      publishAuto(NEW);
      await seen('an application', () => stage.world.live(stage.job).length > 0);
    });
    await story(async (driver) => {
      expect(await driver.ended(own)).toMatchObject({ outcome: 'succeeded' });
      await decided(driver);
      expect(idsOf(await driver.history())).toEqual([own]);
    });
    expect(stage.world.live(stage.job)).toHaveLength(1);
  });

  test('and does not come up is gone back from, and is not tried again', async () => {
    stage.world.behaviour.set(NEW, 'failsInMain');
    await story(async (driver) => {
      await stage.deployed(driver);
      publishAuto(NEW);
      await driver.watchReleases();
      expect(await driver.ended(own)).toMatchObject({ outcome: 'rolledBack' });
      await decided(driver);
      expect(idsOf(await driver.history())).toEqual([own, 'first']);
      expect((await driver.view()).deployment?.release).toBe('clicks/1.0.0');
    });
  });
});

describe('left alone is a job that', () => {
  const leftAlone = async (driver: Driver): Promise<void> => {
    const before = idsOf(await driver.history());
    publishAuto(NEW);
    await driver.watchReleases();
    await decided(driver);
    expect(idsOf(await driver.history())).toEqual(before);
    const { rejections } = await driver.view();
    expect(rejections.last).toEqual([]);
  };

  test('was stopped, whatever the file says', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('stop', { id: 'stop' });
      await leftAlone(driver);
      publishAuto('clicks/2.1.0', ', evenIf: [failed, hotfixed]');
      await decided(driver, 'clicks/2.1.0');
      expect((await driver.view()).state).toBe('stopped');
    });
    expect(stage.world.live(stage.job)).toEqual([]);
  });

  test('is failed, unless the file says that it may be', async () => {
    stage.world.behaviour.set('clicks/1.0.0', 'failsInMain');
    await story(async (driver) => {
      await driver.signal('deploy', { id: 'first', actor: 'ops', release: 'clicks/1.0.0' });
      await driver.ended('first');
      expect((await driver.view()).state).toBe('failed');
      await leftAlone(driver);
      publishAuto('clicks/2.1.0', ', evenIf: [failed]');
      expect(await driver.ended(autoDeployIdOf('clicks/2.1.0'))).toMatchObject({ outcome: 'succeeded' });
    });
  });

  test('has a hotfix, unless the file says that it may; then the hotfix is kept', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      await driver.run('hotfix', { id: 'hotfix', set: { 'taskManager.memory': '2g' }, reason: 'out of memory' });
      await leftAlone(driver);
      publishAuto('clicks/2.1.0', ', evenIf: [hotfixed]');
      expect(await driver.ended(autoDeployIdOf('clicks/2.1.0'))).toMatchObject({ outcome: 'succeeded' });
      expect((await driver.view()).hotfix).toMatchObject({ set: { 'taskManager.memory': '2g' } });
    });
  });

  test('somebody took back to the release before', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      publishAuto(NEW);
      const watching = await driver.watchReleases();
      await driver.ended(own);
      await driver.run('rollback', { id: 'rollback', actor: 'ops' });
      // Nor does a watch that remembers nothing.
      await watching.terminate();
      await driver.watchReleases();
      await decided(driver);
      expect(idsOf(await driver.history())).toEqual(['rollback', own, 'first']);
      expect((await driver.view()).deployment?.release).toBe('clicks/1.0.0');
    });
  });
});

/**
 * Two projects publish a deployment file for one name. Seen to fail: with candidates by job alone and no check of the
 * owner, the job runs `evil/1` within seconds, and its state goes along.
 */
describe('a release of another project that names the job', () => {
  const EVIL = 'evil/1';

  test('is left alone, and the owner’s releases go on deploying themselves', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      await driver.watchReleases();
      publishAuto(EVIL);
      await decided(driver, EVIL);
      expect(idsOf(await driver.history())).toEqual(['first']);
      publishAuto(NEW);
      expect(await driver.ended(own)).toMatchObject({ outcome: 'succeeded' });
      expect(await driver.view()).toMatchObject({ project: 'clicks', deployment: { release: NEW } });
    });
    expect(stage.world.live(stage.job)).toHaveLength(1);
  });

  test('is refused by the job itself when a signal asks for it', async () => {
    await story(async (driver) => {
      await stage.deployed(driver);
      publishAuto(EVIL);
      const id = 'of-another-project';
      await driver.signal('deploy', { id, actor: 'team-1', release: EVIL });
      expect(await driver.ended(id)).toMatchObject({ outcome: 'rejected', error: { code: 'NotOwner' } });
      expect(await driver.view()).toMatchObject({ state: 'running', deployment: { number: 1 } });
    });
  });
});

describe('what is asked for as of a certain state', () => {
  const id = 'conditional';
  const ask = (driver: Driver, onlyIf: object) =>
    driver.signal('deploy', { id, actor: NEW, release: 'clicks/1.1.0', onlyIf });

  test('is refused by a job that has another one, or was asked for something since', async () => {
    stage.world.publish('clicks/1.1.0', [stage.job]);
    await story(async (driver) => {
      await stage.deployed(driver);
      for (const onlyIf of [
        { state: 'stopped', after: 'first' },
        { state: 'running', after: null },
        { state: 'running', after: 'another' },
      ])
        await ask(driver, onlyIf);
      const { rejections } = await driver.view();
      expect(rejections.last.map(({ code }) => code)).toEqual(Array(3).fill('CommandNotAllowed'));
      // None of them is remembered: what fits is taken under the same id.
      await ask(driver, { state: 'running', after: 'first' });
      expect(await driver.ended(id)).toMatchObject({ outcome: 'succeeded', request: { release: 'clicks/1.1.0' } });
    });
  });

  test('is rejected when the job has failed unseen', async () => {
    stage.world.publish('clicks/1.1.0', [stage.job]);
    await story(async (driver) => {
      await stage.deployed(driver);
      const { flink, job: flinkJob } = stage.world.jobOf(stage.world.live(stage.job)[0]!);
      flink.failJob(flinkJob.id, 'java.io.IOException: disk full');
      await ask(driver, { state: 'running', after: 'first' });
      expect(await driver.ended(id)).toMatchObject({ outcome: 'rejected', error: { code: 'CommandNotAllowed' } });
      expect((await driver.view()).state).toBe('failed');
    });
    expect(stage.world.live(stage.job)).toEqual([]);
  });
});

test.each([
  ['another id', 'releases', { bucket: 'sluice' }],
  ['another bucket in its input', 'releases:sluice', { bucket: 'other' }],
  ['no input', 'releases:sluice', undefined],
])('a watch with %s completes at once, having done nothing', async (_what, workflowId, input) => {
  await story(async ({ client, taskQueue }) => {
    const handle = await client.workflow.start(RELEASE_WATCH_WORKFLOW, { workflowId, taskQueue, args: [input] });
    await handle.result();
    expect((await handle.describe()).status.name).toBe('COMPLETED');
  });
});
