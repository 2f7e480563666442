/**
 * Plans, by the API's own door, on a real Temporal: what they say, and that nothing comes of them.
 *
 * Seen to fail: with the checks of an operation (an application id for the size of the largest container, the text of the
 * file kept) a plan leaves both behind; without the comparison in the validator, an operation by an outdated plan is taken.
 */
import { describe, expect, test } from 'vitest';
import { onlyAsPlanned } from '../../../src/api/operations/plans.ts';
import { jobPartOf } from '../../../src/domain/plan/revision.ts';
import type { OperationKind } from '../../../src/domain/lifecycle.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { Release } from '../../../src/domain/release/release.ts';
import { jarWith } from '../../world/jar.ts';
import type { Driver } from '../harness.ts';
import { planDependencies, planOf } from '../plans.ts';
import { rejection, useStage } from '../use-stage.ts';

const stage = useStage();

const planned = (driver: Driver, kind: OperationKind, asked: Readonly<Record<string, unknown>> = {}): Promise<Plan> =>
  planOf(stage, driver, kind, asked);
const dependenciesOf = (driver: Driver) => planDependencies(stage, driver);

/** Everything that anybody could see of an act: each object in S3, and what was asked of YARN that is not only asked. */
const traces = () => ({
  // The JVMs of the job give signs meanwhile.
  objects: [...stage.world.s3.objects]
    .flatMap(([key, { etag }]) => (key.startsWith('signs/') ? [] : [`${key} ${etag}`]))
    .sort(),
  acts: [...stage.world.clusters.values()].map(({ asked }) =>
    asked.filter((route) => route === 'newApplication' || route === 'submit' || route === 'kill'),
  ),
});

/** The JAR of a release is another one. */
async function rebuild(release: string): Promise<void> {
  const { s3 } = stage.world;
  const prefix = `releases/${release}/`;
  const jar = jarWith('com.example.Clicks', 'com.example.New');
  await s3.put(`${prefix}clicks.jar`, jar);
  const { sha256 = '' } = (await s3.head(`${prefix}clicks.jar`)) ?? {};
  const content = Release.parse(stage.world.json(`${prefix}release.json`));
  const files = content.files.map((file) => (file.kind === 'jar' ? { ...file, sha256, size: jar.length } : file));
  await s3.put(`${prefix}release.json`, JSON.stringify({ ...content, files }));
}

const failing = ({ checks }: Plan) => checks.flatMap(({ name, ok, code }) => (ok ? [] : [[name, code]]));

describe('a plan of a first deploy', () => {
  test('of a job that was never seen says what would start, and leaves no trace, not even a workflow', async () => {
    await stage.story(async (driver) => {
      const before = traces();
      const plan = await planned(driver, 'deploy', { release: 'clicks/1.0.0' });
      expect(traces()).toEqual(before);
      await expect(driver.handle.describe()).rejects.toThrow(/not found/);
      expect(plan).toMatchObject({ ok: true, state: 'new', stop: null, restorePoint: null, warnings: [] });
      expect(failing(plan)).toEqual([]);
      expect(plan.checks.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'state',
          'release',
          'launcher',
          'queue',
          'resources',
          'instances',
          'jar',
          'restorePoint',
        ]),
      );
      expect(plan.summary).toBe('clicks/1.0.0 starts on yarn-a without state');
      expect(plan.phases.map(({ name }) => name)).not.toContain('stopping');
      const { changes } = plan;
      expect(changes).toMatchObject({
        release: { before: null, after: 'clicks/1.0.0' },
        jar: { before: null, changed: true, after: { name: 'clicks.jar', release: 'clicks/1.0.0' } },
        launcher: { before: null, after: 'direct' },
      });
      expect(changes?.file.diff).toContain(`+name: ${stage.job}`);
      expect(changes?.configuration).toContainEqual({
        key: 'execution.checkpointing.interval',
        before: null,
        after: '1s',
        originBefore: null,
        originAfter: 'deployment file',
      });
    });
  });

  test('names everything that is wrong at once, and so does the deploy itself', async () => {
    const { world, job, yarn } = stage;
    world.publish('clicks/wrong', [job], {
      yarn: '{queue: nowhere}',
      taskManager: '{memory: 64g}',
      job: '{jar: clicks.jar, entryClass: com.example.Nothing}',
    });
    yarn.addApplication({ id: 'application_1600000000000_0001', name: job });
    await stage.story(async (driver) => {
      const plan = await planned(driver, 'deploy', { release: 'clicks/wrong', from: 's3://sluice/savepoints/none' });
      expect(plan.ok).toBe(false);
      expect(failing(plan)).toEqual([
        ['restorePoint', 'RestorePointBroken'],
        ['queue', 'QueueNotFound'],
        ['resources', 'ResourcesTooLarge'],
        ['instances', 'ForeignInstance'],
        ['jar', 'EntryClassMissing'],
      ]);
      await driver.signal('deploy', { id: 'wrong', release: 'clicks/wrong', from: 's3://sluice/savepoints/none' });
      const { error } = await driver.ended('wrong');
      expect(error?.code).toBe('RestorePointBroken');
      for (const code of ['QueueNotFound', 'ResourcesTooLarge', 'ForeignInstance'])
        expect(error?.detail).toContain(code);
      yarn.applications.get('application_1600000000000_0001')!.state = 'KILLED';
    });
  });

  test('of a release that is not there says so', async () => {
    await stage.story(async (driver) => {
      const plan = await planned(driver, 'deploy', { release: 'clicks/9.9.9' });
      expect(failing(plan)).toEqual([['release', 'ReleaseNotFound']]);
      expect(plan.changes).toBeNull();
    });
  });
});

test('a plan of an upgrade shows file, configuration with origins, JAR and how what runs is stopped; nothing comes of it', async () => {
  const { world, job } = stage;
  world.publish('clicks/2.0.0', [job], { taskManager: '{memory: 2g}', description: 'a new one' });
  await rebuild('clicks/2.0.0');
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    const before = traces();
    const plan = await planned(driver, 'deploy', {
      release: 'clicks/2.0.0',
      hotfix: { set: { 'flink.config.a.b': 'c' } },
    });
    expect(traces()).toEqual(before);
    expect(plan).toMatchObject({
      ok: true,
      state: 'running',
      restorePoint: 'from-stop',
      stop: { with: 'savepoint', drain: false, deployment: 1, application: stage.only().id, newestCheckpoint: null },
      onFailedStart: 'rollback',
      changes: {
        release: { before: 'clicks/1.0.0', after: 'clicks/2.0.0' },
        jar: { changed: true, before: { release: 'clicks/1.0.0' }, after: { release: 'clicks/2.0.0' } },
        hotfix: {
          before: null,
          after: { set: { 'flink.config.a.b': 'c' } },
          lines: ['flink.config.a.b = c (file: -)'],
        },
      },
    });
    expect(plan.changes?.file.diff).toContain('+taskManager: {memory: 2g}');
    expect(
      plan.changes?.configuration.map(({ key, before, after, originAfter }) => [key, before, after, originAfter]),
    ).toEqual([
      ['a.b', null, 'c', 'hotfix'],
      ['taskmanager.memory.process.size', '1728m', '2g', 'deployment file'],
    ]);
    expect(plan.phases.map(({ name }) => name)).toEqual([
      'claiming',
      'checking',
      'staging',
      'savepointing',
      'stopping',
      'submitting',
      'starting',
      'verifying',
      'recording',
    ]);

    const same = await planned(driver, 'restart', { stopWith: 'checkpoint' });
    expect(same.changes).toMatchObject({ file: { diff: null }, configuration: [], jar: { changed: false } });
    expect(same.stop).toMatchObject({ with: 'checkpoint', newestCheckpoint: { path: /chk-/ } });
  });
});

test('a plan of a resume names the restore point with its age; simple ones say a sentence; all see who holds the job', async () => {
  const { world, job } = stage;
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    expect(await planned(driver, 'savepoint')).toMatchObject({ ok: true, stop: null, changes: null });
    expect((await planned(driver, 'stop')).summary).toBe(
      `deployment 1 is stopped with a savepoint, and ${job} stays stopped`,
    );
    expect(failing(await planned(driver, 'resume'))).toEqual([['state', 'CommandNotAllowed']]);
    await driver.run('kill', { id: 'kill' });
    world.s3.age(`checkpoints/${job}/`, 60_000);
    const plan = await planned(driver, 'resume');
    expect(plan).toMatchObject({ ok: true, state: 'stopped', stop: null });
    expect(plan.restorePoint).toMatchObject({ kind: 'checkpoint', taken: 'retained', deployment: 1 });
    const { ageMs } = plan.restorePoint as { ageMs: number };
    expect(ageMs).toBeGreaterThanOrEqual(60_000);
    expect(plan.changes).toMatchObject({
      release: { before: 'clicks/1.0.0', after: 'clicks/1.0.0' },
      configuration: [],
    });
    expect(await planned(driver, 'kill', { force: true })).toMatchObject({
      ok: true,
      summary: `nothing of ${job} runs`,
    });
  });
});

test('an operation by a plan is only taken while nothing has changed, up to the moment in which the job takes it', async () => {
  const { world, job } = stage;
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    const request = { id: 'by-plan', release: 'clicks/1.1.0' };
    const { revision } = await planned(driver, 'deploy', request);
    const dependencies = dependenciesOf(driver);
    const asked = (ifMatch: string, more = {}) =>
      onlyAsPlanned(dependencies, job, { kind: 'deploy', request: { ...request, ...more }, ifMatch });

    // A savepoint changes nothing that a plan depends on; another request is another plan.
    await driver.run('savepoint', { id: 'between' });
    const conditional = await asked(`"${revision}"`);
    expect(conditional).toMatchObject({ ...request, ifRevision: jobPartOf(revision) });
    await expect(asked(revision, { stopWith: 'none' })).rejects.toMatchObject({ code: 'PlanOutdated' });
    await expect(asked('W/"1"')).rejects.toMatchObject({ code: 'InvalidRequest' });

    // Between the comparison of the API and the job something slips in: then the job itself refuses.
    await driver.run('stop', { id: 'slips-in' });
    expect(await rejection(driver.ask('deploy', conditional))).toMatchObject({ code: 'PlanOutdated' });
    await driver.signal('deploy', conditional);
    const view = await driver.until('the refused signal', ({ rejections }) => rejections.last.length > 0);
    expect(view.rejections.last).toMatchObject([{ id: 'by-plan', code: 'PlanOutdated' }]);
    await expect(asked(revision)).rejects.toMatchObject({ code: 'PlanOutdated' });

    // A plan depends on more than the job: here another release takes the same name.
    const again = await planned(driver, 'deploy', request);
    world.publish('clicks/1.1.0', [job], { description: 'another' });
    await expect(asked(again.revision)).rejects.toMatchObject({ code: 'PlanOutdated' });

    const { revision: current } = await planned(driver, 'deploy', request);
    const taken = await asked(current);
    await driver.ask('deploy', taken);
    expect(await driver.ended('by-plan')).toMatchObject({ outcome: 'succeeded', request: { release: 'clicks/1.1.0' } });
    // Asking again is the same operation, whatever it has changed.
    expect(await driver.ask('deploy', taken)).toMatchObject({ id: 'by-plan', outcome: 'succeeded' });
  });
});

test('a plan says what would change hands, and names a release of another owner as a problem', async () => {
  stage.world.publish('evil/1', [stage.job], { environment: 'prod' });
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    const owner = { project: 'clicks', team: 'ads-streaming', environment: 'test' };
    const before = traces();
    const foreign = await planned(driver, 'deploy', { release: 'evil/1' });
    expect(foreign).toMatchObject({ ok: false, ownership: null });
    expect(failing(foreign)).toEqual([['owner', 'NotOwner']]);
    expect(await planned(driver, 'deploy', { release: 'clicks/1.1.0' })).toMatchObject({
      ok: true,
      ownership: { before: owner, after: owner },
    });
    const after = { ...owner, project: 'evil', environment: 'prod' };
    const transfer = await planned(driver, 'transfer', { project: 'evil', environment: 'prod' });
    expect(transfer).toMatchObject({ ok: true, changes: null, stop: null, ownership: { before: owner, after } });
    expect(traces()).toEqual(before);
  });
});

test('a silent cluster is a check that fails, and no reason not to answer', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    stage.yarn.unreachable();
    const plan = await planned(driver, 'deploy', { release: 'clicks/1.1.0' });
    expect(plan).toMatchObject({ ok: false, state: 'unreachable' });
    expect(failing(plan)).toContainEqual(['state', 'ClusterUnreachable']);
    stage.yarn.healthy();
  });
});

test('a plan of a recover agrees with the operation: yes for a job that was lost and runs, no for one that is known', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    expect(failing(await planned(driver, 'recover'))).toEqual([['state', 'CommandNotAllowed']]);
    expect(await rejection(driver.ask('recover', {}))).toMatchObject({ code: 'CommandNotAllowed' });
    await driver.handle.terminate('the database was lost');
    expect(await planned(driver, 'recover')).toMatchObject({ ok: true, state: 'running' });
    await driver.signal('recover', { id: 'recover', actor: 'ci' });
    expect(await driver.ended('recover')).toMatchObject({ outcome: 'succeeded' });
  });
});
