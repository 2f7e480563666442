/**
 * Adopt: what somebody started with Flink's own client becomes a deployment, with its state; and nothing but that.
 *
 * Seen to fail: a sweep that finds nothing (three tests); checkpoints looked for in our own folder only; adopted
 * applications left out of what the watcher lists; a proof that does not read the record of the adoption.
 */
import { describe, expect, test } from 'vitest';
import { watchIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { FakeApplication } from '../../fakes/yarn.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

const BY_HAND = 'f'.repeat(32);
/** The first operation of the job: with start, as CI and the API ask for it. */
async function adopt(driver: Driver, more: Record<string, unknown> = {}, id = 'adopt') {
  await driver.signal('adopt', { id, actor: 'ops', release: 'clicks/1.0.0', ...more });
  return driver.ended(id);
}
const adoptions = () => stage.world.keys('adoptions/');
const submissions = () => [...stage.world.clusters.values()].flatMap((yarn) => yarn.submissions);
const started = (application: FakeApplication) => stage.world.jobOf(application);

describe('an application that somebody started by hand', () => {
  test('makes a deploy fail with its id, user and cluster, and is left alone', async () => {
    const stranger = await stage.world.strange({ name: stage.job, cluster: 'yarn-b' });
    await stage.story(async (driver) => {
      await driver.signal('deploy', { id: 'deploy', release: 'clicks/1.0.0' });
      const { outcome, error } = await driver.ended('deploy');
      expect({ outcome, code: error?.code }).toEqual({ outcome: 'failed', code: 'ForeignInstance' });
      expect(error?.detail).toContain(`application ${stranger.id} of user somebody on cluster yarn-b`);
      expect(error?.hint).toContain('sluice adopt');
      expect(stranger.state).toBe('RUNNING');
      expect(submissions()).toEqual([]);
    });
  });

  test('between the checks and the submit is found before anything is submitted; the state is kept', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const release = stage.yarn.hold('kill');
      await driver.ask('deploy', { id: 'upgrade', release: 'clicks/1.1.0' });
      await seen('the old one being ended', () => stage.yarn.asked.includes('kill'));
      const stranger = await stage.world.strange({ name: stage.job, cluster: 'yarn-b' });
      release();
      const { outcome, error, savepoint } = await driver.ended('upgrade');
      expect(outcome).toBe('failed');
      expect(error?.detail).toContain(stranger.id);
      expect(error?.detail).toContain(savepoint);
      expect(submissions()).toHaveLength(1);
      expect(stage.only().id).toBe(stranger.id);
      // Sluice can adopt the stranger that came in between, and the job goes on with it.
      expect(await adopt(driver)).toMatchObject({ outcome: 'succeeded', deployment: 4 });
    });
  });

  test('is adopted with its state: nothing is started, nothing stopped', async () => {
    const stranger = await stage.world.strange({ name: stage.job });
    await stage.story(async (driver) => {
      const operation = await adopt(driver);
      expect(operation).toMatchObject({ outcome: 'succeeded', error: null, kind: 'adopt', deployment: 1 });
      const { state, deployment } = await driver.view();
      expect(state).toBe('running');
      expect(deployment).toMatchObject({
        number: 1,
        epoch: 1,
        release: 'clicks/1.0.0',
        applicationId: stranger.id,
        flinkJobId: BY_HAND,
        cluster: 'yarn-a',
        completedCheckpoint: 1,
        adopted: { user: 'somebody', checkpoints: `s3://sluice/handmade/checkpoints/${BY_HAND}` },
      });
      expect(stage.fence().starts).toMatchObject([{ applicationId: stranger.id, adopted: true, closed: null }]);
      expect(stage.world.json(`deployments/${stage.job}/00000001.json`)).toMatchObject({ applicationId: stranger.id });
      expect(adoptions()).toEqual([`adoptions/yarn-a/${stranger.id}.json`]);
      expect({ submissions: submissions(), begun: started(stranger).flink.begun }).toEqual({
        submissions: [],
        begun: [],
      });
    });
  });

  test('is upgraded from the savepoint of its own stop', async () => {
    const stranger = await stage.world.strange({ name: stage.job });
    await stage.story(async (driver) => {
      await adopt(driver);
      const operation = await driver.run('deploy', { id: 'upgrade', release: 'clicks/1.1.0' });
      expect(operation).toMatchObject({ outcome: 'succeeded', deployment: 2 });
      expect(operation.savepoint).toContain(`s3://sluice/savepoints/${stage.job}/upgrade/`);
      expect(stranger.state).not.toBe('RUNNING');
      expect(stage.restoredFrom()).toBe(operation.savepoint);
      expect(stage.endings()).toEqual(['stopped', null]);
      expect(adoptions()).toEqual([]);
    });
  });

  test('that is killed leaves the checkpoints of its own folder to go on from', async () => {
    const stranger = await stage.world.strange({ name: stage.job });
    await stage.story(async (driver) => {
      await adopt(driver);
      started(stranger).flink.completeCheckpoint(BY_HAND);
      expect(await driver.run('kill', { id: 'kill' })).toMatchObject({ outcome: 'succeeded' });
      expect(stranger.state).toBe('KILLED');
      expect(stage.world.keys(`audit/${stage.job}/kill/logs/${stranger.id}/`)).not.toEqual([]);
      expect(await driver.run('resume', { id: 'resume' })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(`s3://sluice/handmade/checkpoints/${BY_HAND}/chk-2`);
    });
  });

  test('that crashes again and again is given up for its newest checkpoint', async () => {
    const stranger = await stage.world.strange({ name: stage.job });
    await stage.story(async (driver) => {
      await adopt(driver);
      started(stranger).job.state = 'RESTARTING';
      const deploy = { id: 'upgrade', release: 'clicks/1.1.0', stopWith: 'checkpoint' };
      expect(await driver.run('deploy', deploy)).toMatchObject({ outcome: 'succeeded' });
      expect(stage.restoredFrom()).toBe(`s3://sluice/handmade/checkpoints/${BY_HAND}/chk-1`);
    });
  });

  test('whose checkpoints are elsewhere is never started without them', async () => {
    const stranger = await stage.world.strange({ name: stage.job, checkpointDirectory: 'file:///data/checkpoints' });
    await stage.story(async (driver) => {
      const { warnings } = await adopt(driver);
      expect(warnings.join()).toContain('file:///data/checkpoints');
      expect(await driver.run('kill', {})).toMatchObject({ outcome: 'succeeded' });
      const resumed = await driver.run('resume', {});
      expect(resumed).toMatchObject({ outcome: 'failed', error: { code: 'RestorePointNotFound' } });
      expect(stranger.state).toBe('KILLED');
    });
  });

  test('is watched: its end between operations is the end of the job', async () => {
    const stranger = await stage.world.strange({ name: stage.job });
    await stage.story(async (driver) => {
      await adopt(driver);
      const watch = await driver.watch('yarn-a');
      try {
        await driver.until('the watcher', ({ health }) => health === 'healthy');
        started(stranger).job.state = 'RESTARTING';
        await driver.until('the crash loop', ({ health }) => health === 'degraded');
        await stage.yarn.end(stranger.id, { state: 'FAILED', diagnostics: 'the container was lost' });
        const { stateReason } = await driver.until('its end', ({ state }) => state === 'failed');
        expect(stateReason).toContain('the container was lost');
        expect(stage.endings()).toEqual(['failed']);
      } finally {
        await watch.terminate('the test has ended');
      }
      expect(watch.workflowId).toBe(watchIdOf('yarn-a'));
    });
  });

  test('is found again by a run that remembers nothing', async () => {
    const stranger = await stage.world.strange({ name: stage.job });
    await stage.story(async (driver) => {
      await adopt(driver);
      await driver.handle.terminate('as if Temporal had been reset');
      // The deployment record may not have been written; the record of the adoption says as much.
      stage.world.s3.objects.delete(`deployments/${stage.job}/00000001.json`);
      await driver.signal('savepoint', { id: 'savepoint' });
      expect(await driver.ended('savepoint')).toMatchObject({ outcome: 'succeeded', deployment: 1 });
      expect(await driver.view()).toMatchObject({ state: 'running', deployment: { applicationId: stranger.id } });
    });
  });
});

describe('adopt refuses', () => {
  const refusal = async (driver: Driver, more: Record<string, unknown> = {}, id?: string) => {
    const { outcome, error } = await adopt(driver, more, id);
    expect(outcome).not.toBe('succeeded');
    return `${error?.code ?? ''}: ${error?.detail ?? ''}`;
  };

  test('what is not there, has ended, or is not up yet', async () => {
    await stage.story(async (driver) => {
      expect(await refusal(driver, {}, 'a')).toContain(
        `NothingToAdopt: no live application on yarn-a, yarn-b is called ${stage.job}`,
      );
      const unknown = { application: 'application_1_0001', cluster: 'yarn-a' };
      expect(await refusal(driver, unknown, 'b')).toContain(
        'NothingToAdopt: yarn-a does not know application application_1_0001',
      );
      const { id } = await stage.world.strange({ name: stage.job });
      await stage.yarn.end(id);
      expect(await refusal(driver, { application: id }, 'c')).toContain(
        `NothingToAdopt: application ${id} is FINISHED`,
      );
      const { id: young } = stage.yarn.addApplication({ id: 'application_2_0001', name: stage.job, state: 'ACCEPTED' });
      expect(await refusal(driver, {}, 'd')).toContain(`AdoptionRefused: application ${young} is ACCEPTED`);
      expect(await refusal(driver, { cluster: 'yarn-x' }, 'e')).toContain('UnknownCluster');
      expect(adoptions()).toEqual([]);
      expect(stage.world.keys('fences/')).toEqual([]);
    });
  });

  test('two candidates, and one of two when the other is named', async () => {
    const one = await stage.world.strange({ name: stage.job });
    const two = await stage.world.strange({ name: stage.job, cluster: 'yarn-b' });
    await stage.story(async (driver) => {
      expect(await refusal(driver, {}, 'a')).toMatch(new RegExp(`^AdoptionRefused: .*${one.id}.* and ${two.id}`));
      expect(await refusal(driver, { application: one.id }, 'b')).toMatch(new RegExp(`^ForeignInstance: .*${two.id}`));
      // The test's own two are what overlaps; one of them ends, and the other can be taken.
      await stage.backup.end(two.id);
      expect(await adopt(driver, {}, 'c')).toMatchObject({ outcome: 'succeeded' });
    });
  });

  test("another job's, by its tags, by its name, or because it was adopted before", async () => {
    const tagged = await stage.world.strange({ name: 'x', tags: ['sluice', 'sluice-job-other', 'sluice-epoch-3'] });
    await stage.world.s3.put(
      'fences/other-job.json',
      JSON.stringify({ version: 1, job: 'other-job', epoch: 1, starts: [] }),
    );
    const named = await stage.world.strange({ name: 'other-job' });
    const taken = await stage.world.strange({ name: stage.job });
    await stage.story(async (driver) => {
      await adopt(driver);
      const second = `${stage.job}-b`;
      stage.world.publish('clicks/1.0.0', [second]);
      await stage.storyOf(second, async (other) => {
        expect(await refusal(other, { application: tagged.id }, 'a')).toContain('belongs to job other of Sluice');
        expect(await refusal(other, { application: named.id }, 'b')).toContain('carries the name of other-job');
        expect(await refusal(other, { application: taken.id }, 'c')).toContain(`carries the name of ${stage.job}`);
      });
      const { body } = stage.world.s3.objects.get(`fences/${stage.job}.json`)!;
      expect(JSON.parse(body.toString())).toMatchObject({ starts: [{ applicationId: taken.id, closed: null }] });
    });
  });

  test('another program: no Flink, another version, no job, many jobs', async () => {
    await stage.story(async (driver) => {
      const { id: spark } = stage.yarn.addApplication({ id: 'application_3_0001', name: stage.job, type: 'SPARK' });
      expect(await refusal(driver, {}, 'a')).toContain('is of type SPARK');
      await stage.yarn.end(spark);
      const newer = await stage.world.strange({ name: stage.job, version: '2.1.0' });
      expect(await refusal(driver, {}, 'b')).toContain('runs Flink 2.1.0, the release says 1.20.1');
      await stage.yarn.end(newer.id);
      const many = await stage.world.strange({ name: stage.job });
      many.flink!.addJob({ id: 'e'.repeat(32) });
      expect(await refusal(driver, {}, 'c')).toContain('runs 2 Flink jobs');
      many.flink!.jobs.clear();
      expect(await refusal(driver, {}, 'd')).toContain('has no Flink job yet');
      await many.flink!.close();
      expect(await refusal(driver, {}, 'e')).toContain('cannot be asked');
    });
  });

  test('a job that runs, and one of two who ask at once', async () => {
    const stranger = await stage.world.strange({ name: stage.job });
    await stage.story(async (driver) => {
      const { flink } = started(stranger);
      const release = flink.hold('overview');
      await driver.signal('adopt', { id: 'first', release: 'clicks/1.0.0' });
      await seen('the first one asking', () => flink.asked.includes('overview'));
      await expect(driver.ask('adopt', { id: 'second', release: 'clicks/1.0.0' })).rejects.toThrow();
      release();
      expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded' });
      await expect(driver.ask('adopt', { id: 'third', release: 'clicks/1.0.0' })).rejects.toThrow();
      expect(stage.fence().starts).toHaveLength(1);
    });
  });
});
