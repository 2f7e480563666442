/**
 * Attempts to rescale, and to undo that, which froze and go on late: they leave alone whatever others have decided since.
 *
 * Seen to fail: an undo that wrote its own copy of the deployment over the record, or asked Flink before it read the record; an intention
 * that was written without a look at the record; a claim that was not read again before Flink is asked; a pending undo that no fact ended.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { createRescale, type Undone } from '../../../src/activities/rescale/rescale.ts';
import type { S3Client } from '../../../src/clients/s3/s3.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { claimKey, deploymentKey } from '../../../src/domain/identity/storage-keys.ts';
import { seen, type Driver } from '../harness.ts';
import { silent, tell } from '../leased.ts';
import { adaptive, waitingForSlots, WIDER } from '../rescaled.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage({ releases: [] });

const RUN = 'a-run';
const ENDED = { at: '2026-11-30T12:00:00.000Z', how: 'killed', detail: 'somebody killed it', savepoint: null } as const;

const KEY = () => deploymentKey(stage.job, 1);
const record = (): Deployment => stage.world.json(KEY()) as Deployment; // Sluice wrote it
const change = (fields: Partial<Deployment>) =>
  stage.world.s3.put(KEY(), JSON.stringify({ ...(stage.world.json(KEY()) as object), ...fields }));

const rescaling = (operation: string) => ({ operation, since: '2026-11-30T11:00:00.000Z', to: 4 });

const undo = (deployment: Deployment): Promise<Undone> =>
  new MockActivityEnvironment().run(() =>
    createRescale(stage.world.dependencies).undoRescale({ deployment, deadlineMs: 5_000 }),
  );

/** Claims an operation, and begins its rescaling over a network that calls `afterGet` whenever a record has been read. */
async function begin(deployment: Deployment, afterGet: (key: string) => Promise<void>): Promise<unknown> {
  const { dependencies, s3 } = stage.world;
  const holder = { installation: dependencies.installation, runId: RUN };
  const claim = { version: 1, job: stage.job, id: 'late', kind: 'hotfix', fingerprint: 'f', actor: 'team-ads' };
  await s3.put(claimKey(stage.job, 'late'), JSON.stringify({ ...claim, claimedAt: ENDED.at, holder, ended: null }));
  const get: S3Client['get'] = async (...asked) => {
    const object = await s3.get(...asked);
    await afterGet(asked[0]);
    return object;
  };
  const deps = { ...dependencies, s3: { ...s3, get } };
  const asked = { deployment: { ...deployment, rescaling: rescaling('late') }, runId: RUN, isHotfixed: true };
  return createRescale(deps)
    .beginRescale(asked)
    .catch((error: unknown) => error);
}

test('an undo that comes late leaves the end of the deployment in the record, and Flink alone', async () => {
  await stage.story(async (driver) => {
    const deployment = await adaptive(stage, driver);
    const { job } = stage.running();
    job.required = { least: 1, most: 4 };
    await change({ ended: ENDED, rescaling: rescaling('wider') });
    expect(await undo({ ...deployment, rescaling: rescaling('wider') })).toMatchObject({ kind: 'notOurs' });
    expect(record().ended).toEqual(ENDED);
    expect(job.required.most).toBe(4);
  });
});

test('an undo leaves the rescaling of another operation alone', async () => {
  await stage.story(async (driver) => {
    const deployment = await adaptive(stage, driver);
    expect(await driver.run('hotfix', { id: 'wider', ...WIDER })).toMatchObject({
      outcome: 'succeeded',
      how: 'rescaled',
    });
    const before = record();
    expect(await undo({ ...deployment, rescaling: rescaling('earlier') })).toMatchObject({ kind: 'notOurs' });
    await change({ rescaling: rescaling('later') });
    expect(await undo({ ...deployment, rescaling: rescaling('earlier') })).toMatchObject({ kind: 'notOurs' });
    expect(record()).toEqual({ ...before, rescaling: rescaling('later') });
    expect(stage.running().job.required?.most).toBe(4);
  });
});

test('an undo takes nothing but the intention out of the record, also when an end comes while Flink is asked', async () => {
  await stage.story(async (driver) => {
    const deployment = await adaptive(stage, driver);
    const { flink, job } = stage.running();
    job.required = { least: 1, most: 4 };
    await change({ rescaling: rescaling('wider'), owner: 'team-other' });
    const release = flink.hold('changeRequirements');
    const undone = undo({ ...deployment, rescaling: rescaling('wider') });
    await seen('the question', () => flink.asked.includes('changeRequirements'));
    await change({ ended: ENDED });
    release();
    expect(await undone).toMatchObject({ kind: 'notOurs' });
    expect(record()).toMatchObject({ ended: ENDED, owner: 'team-other' });
    await change({ ended: null });
    expect(await undo({ ...deployment, rescaling: rescaling('wider') })).toEqual({ kind: 'back' });
    expect(record()).toMatchObject({ ended: null, owner: 'team-other', rescaling: null });
    expect(job.required.most).toBe(2);
  });
});

test('a beginning that froze brings no old values back', async () => {
  await stage.story(async (driver) => {
    const deployment = await adaptive(stage, driver);
    let isFirst = true;
    const failure = await begin(deployment, async (key) => {
      if (!isFirst || key !== claimKey(stage.job, 'late')) return;
      isFirst = false;
      await change({ ended: ENDED });
    });
    expect(failure).toMatchObject({ code: 'LockLost' });
    expect(record().ended).toEqual(ENDED);
    expect(record().rescaling ?? null).toBeNull();
    await change({ ended: null });
    const revision = { at: ENDED.at, operation: 'late', configuration: deployment.configuration ?? '', parallelism: 4 };
    const before = { configuration: deployment.configuration ?? '', parallelism: 2, hotfixed: false };
    await change({ revisions: [{ ...revision, before }], parallelism: 4 });
    expect(await begin(deployment, () => Promise.resolve())).toMatchObject({ code: 'LockLost' });
    expect(record()).toMatchObject({ parallelism: 4, revisions: [revision] });
    expect(stage.running().flink.asked).not.toContain('changeRequirements');
  });
});

test('a beginning that froze after its intention asks Flink nothing once another run holds the operation', async () => {
  await stage.story(async (driver) => {
    const deployment = await adaptive(stage, driver);
    const failure = await begin(deployment, async (key) => {
      if (key !== claimKey(stage.job, 'late')) return;
      const claim = stage.world.json(key) as object;
      const holder = { installation: stage.world.dependencies.installation, runId: 'another-run' };
      await stage.world.s3.put(key, JSON.stringify({ ...claim, holder }));
    });
    expect(failure).toMatchObject({ code: 'LockLost' });
    expect(stage.running().flink.asked).not.toContain('changeRequirements');
  });
});

test('a fact ends the wait for a rescaling that is not undone yet', async () => {
  stage.world.deadlines.set('awaitRescaled', 300);
  stage.world.deadlines.set('undoRescale', 2_000);
  await stage.story(async (driver) => {
    const { deployment, flink } = await waitingForSlots(stage, driver);
    flink.unreachable();
    await seen('the undo of the operation', async () => (await undoing(driver)) !== null);
    const first = await undoing(driver);
    stage.world.deadlines.delete('undoRescale');
    await driver.ended('wider');
    await seen('the pending undo', async () => ![null, first].includes(await undoing(driver)));
    stage.yarn.unreachable();
    await tell(driver, deployment, silent);
    await driver.until('the doubt', ({ state }) => state === 'unreachable');
  });
});

/** The id of the undo that a worker has begun. */
async function undoing(driver: Driver): Promise<string | null> {
  const { raw } = await driver.handle.describe();
  const begun = raw.pendingActivities?.find(
    ({ activityType, lastStartedTime }) => activityType?.name === 'undoRescale' && lastStartedTime != null,
  );
  return begun?.activityId ?? null;
}
