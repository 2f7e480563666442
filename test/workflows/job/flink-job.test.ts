import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import type { Claim } from '../../../src/domain/lock/fence.ts';
import { seen } from '../harness.ts';
import { rejection, useStage } from '../use-stage.ts';

const stage = useStage();

describe('a first deploy', () => {
  test('by signal-with-start brings up a job that was never seen, and leaves a trace of every step', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const view = await driver.view();
      expect(view).toMatchObject({ state: 'running', health: 'healthy', operation: null });
      expect(view.deployment).toMatchObject({
        number: 1,
        epoch: 1,
        release: 'clicks/1.0.0',
        gitCommit: 'abcdef0',
        restorePoint: null,
      });
      expect(stage.only().id).toBe(view.deployment?.applicationId);
    });
    expect(stage.world.json(`operations/${stage.job}/first.json`)).toMatchObject({ ended: { outcome: 'succeeded' } });
    expect(stage.world.keys(`audit/${stage.job}/`)).toHaveLength(1);
    expect(stage.world.keys(`deployments/${stage.job}/`)).toHaveLength(1);
    expect(stage.fence()).toMatchObject({ epoch: 1, starts: [{ startKey: 'first/1', closed: null }] });
  });

  test('of a release that does not exist, sent past the API, is in the history as failed, and takes no epoch', async () => {
    await stage.story(async (driver) => {
      await driver.signal('deploy', { id: 'typo', release: 'clicks/9.9.9' });
      expect(await driver.ended('typo')).toMatchObject({ outcome: 'failed', error: { code: 'ReleaseNotFound' } });
      expect(await driver.view()).toMatchObject({ state: 'new', deployment: null });
    });
    expect(stage.world.keys(`audit/${stage.job}/`).join()).toContain('-typo.json');
    expect(stage.yarn.submissions).toEqual([]);
  });

  test('of a release whose main() throws ends failed, names the cause, keeps evidence, and leaves nothing running', async () => {
    stage.world.behaviour.set('clicks/1.0.0', 'failsInMain');
    await stage.story(async (driver) => {
      await driver.signal('deploy', { id: 'first', release: 'clicks/1.0.0' });
      const operation = await driver.ended('first');
      expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'StartFailed' } });
      expect(operation.error?.detail).toContain('broken release');
      expect(await driver.view()).toMatchObject({ state: 'failed' });
    });
    expect(stage.world.live(stage.job)).toEqual([]);
    expect(stage.world.keys(`audit/${stage.job}/first/logs/`).join()).toContain('exceptions.json');
  });
});

describe('the lock', () => {
  test('takes one of nine deploys sent at the same moment and tells the others who holds it', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.yarn.slow(100);
      const asked = await Promise.allSettled(
        Array.from({ length: 9 }, (_, index) =>
          driver.ask('deploy', { id: `d${index}`, actor: `team-${index}`, release: 'clicks/1.1.0' }),
        ),
      );
      const accepted = asked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(accepted).toHaveLength(1);
      const refused = await rejection(driver.ask('deploy', { release: 'clicks/1.1.0' }));
      expect(refused).toMatchObject({
        code: 'OperationInProgress',
        details: { holder: { id: accepted[0]!.id, kind: 'deploy' } },
      });
      expect(await driver.ended(accepted[0]!.id)).toMatchObject({ outcome: 'succeeded' });
      expect(stage.yarn.submissions).toHaveLength(2);
    });
  });

  test('honours an operation id across continue-as-new: the same payload is the same operation, another is refused', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      expect(await driver.ask('deploy', { id: 'first', release: 'clicks/1.0.0' })).toMatchObject({
        id: 'first',
        outcome: 'succeeded',
      });
      expect(await rejection(driver.ask('deploy', { id: 'first', release: 'clicks/1.1.0' }))).toMatchObject({
        code: 'OperationIdReused',
      });
      expect(await rejection(driver.ask('stop', { id: 'first' }))).toMatchObject({ code: 'OperationIdReused' });
      // And so it is when its record is no longer carried.
      for (let index = 0; index < 6; index += 1) await driver.run('savepoint', {});
      expect((await driver.history()).map(({ id }) => id)).not.toContain('first');
      expect(await driver.ask('deploy', { id: 'first', release: 'clicks/1.0.0' })).toMatchObject({
        id: 'first',
        outcome: 'succeeded',
      });
      expect(stage.yarn.submissions).toHaveLength(1);
    });
  });

  test('is kept by malformed signals: none breaks the job, each leaves a line, fifty lines at most', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      for (const payload of [
        null,
        7,
        'text',
        [],
        { release: 3 },
        { undecodable: 'no JSON' },
        { release: 'clicks/1.0.0', nonsense: 1 },
      ]) {
        await driver.signal('deploy', payload);
      }
      for (let index = 0; index < 60; index += 1) await driver.signal('savepoint', { wrong: index });
      const view = await driver.until(
        'the signals',
        ({ rejections }) => rejections.beyond + rejections.last.length >= 66,
      );
      expect(view.rejections.last).toHaveLength(50);
      expect(view).toMatchObject({ state: 'running', operation: null });
      expect(await driver.run('savepoint', { id: 'after' })).toMatchObject({ outcome: 'succeeded' });
    });
  });

  test('is no lock under another id or with another job as input: such a workflow ends at once', async () => {
    await stage.story(async (driver) => {
      const { client } = stage.environment;
      await driver.signal('deploy', { id: 'first', release: 'clicks/1.0.0' });
      const taskQueue = (await driver.handle.describe()).taskQueue;
      for (const [workflowId, input] of [
        [`other:${stage.job}`, { job: stage.job }],
        [`flink-job:${stage.job}-b`, { job: stage.job }],
        ['flink-job:Not_A_Name', { job: 'Not_A_Name' }],
      ] as const) {
        const handle = await client.workflow.start('flinkJob', { workflowId, taskQueue, args: [input] });
        expect(await handle.result()).toBeUndefined();
      }
      await driver.ended('first');
    });
  });
});

describe('an upgrade', () => {
  test('goes on from the savepoint of its own stop, with the next epoch and a new Flink job id', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const before = (await driver.view()).deployment!;
      const operation = await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' });
      expect(operation).toMatchObject({ outcome: 'succeeded', deployment: 2 });
      expect(operation.phases.map(({ name }) => name)).toEqual([
        'claiming',
        'checking',
        'staging',
        'savepointing',
        'stopping',
        'submitting',
        'starting',
        'verifying',
      ]);
      const after = (await driver.view()).deployment!;
      expect(after).toMatchObject({
        number: 2,
        epoch: 2,
        restorePoint: { path: operation.savepoint, taken: 'stop', epoch: 1 },
      });
      expect(after.flinkJobId).not.toBe(before.flinkJobId);
      expect(stage.world.jobOf(stage.only()).job.restoredFrom).toBe(operation.savepoint);
      expect(stage.fence().starts.map(({ closed }) => closed?.how ?? null)).toEqual(['stopped', null]);
    });
  });

  test('whose savepoint fails leaves the same instance running, and the next one works', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const application = stage.only();
      stage.world.jobOf(application).flink.savepointMode = 'fails';
      expect(await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' })).toMatchObject({
        outcome: 'failed',
        error: { code: 'SavepointFailed' },
      });
      expect(stage.only().id).toBe(application.id);
      expect(await driver.view()).toMatchObject({ state: 'running', deployment: { number: 1 } });
      expect(stage.fence().starts.map(({ closed }) => closed?.how ?? null)).toEqual([null, 'unsubmitted']);
      stage.world.jobOf(application).flink.savepointMode = 'ok';
      expect(await driver.run('deploy', { id: 'third', release: 'clicks/1.1.0' })).toMatchObject({
        outcome: 'succeeded',
        deployment: 2,
      });
    });
  });

  test('whose savepoint answer is lost finds the savepoint in the folder of the operation', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const application = stage.only();
      // The JobManager goes the moment the savepoint is complete, as a real one does once somebody read the result.
      stage.world.hooks.afterSnapshot = () =>
        void stage.yarn.end(application.id, { state: 'FINISHED', finalStatus: 'SUCCEEDED' });
      const operation = await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' });
      expect(operation).toMatchObject({ outcome: 'succeeded' });
      expect(operation.warnings.join()).toContain('found in its folder');
      expect(stage.world.jobOf(stage.only()).job.restoredFrom).toBe(operation.savepoint);
    });
  });

  test.each(['failsInMain', 'applicationFails'] as const)(
    'that %s goes back to the deployment before, from the same savepoint',
    async (behaviour) => {
      stage.world.behaviour.set('clicks/1.1.0', behaviour);
      await stage.story(async (driver) => {
        await stage.deployed(driver);
        const operation = await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' });
        expect(operation).toMatchObject({ outcome: 'rolledBack', error: { code: 'StartFailed' }, deployment: 3 });
        expect(await driver.view()).toMatchObject({
          state: 'running',
          deployment: { number: 3, release: 'clicks/1.0.0', epoch: 3 },
        });
        expect(stage.world.jobOf(stage.only()).job.restoredFrom).toBe(operation.savepoint);
      });
    },
  );

  test('that fails after its output was committed by a checkpoint stays failed and offers its restore points', async () => {
    stage.world.behaviour.set('clicks/1.1.0', 'failsAfterCheckpoint');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const operation = await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' });
      expect(operation.outcome).toBe('failed');
      expect(operation.error?.detail).toContain(operation.savepoint);
      expect(operation.error?.detail).toMatch(/the new instance completed s3:\S+\/chk-\d+$/);
      expect(await driver.view()).toMatchObject({ state: 'failed' });
      expect(stage.world.live(stage.job)).toEqual([]);
    });
  });

  test('is refused by what is wrong before the running instance is touched', async () => {
    stage.world.publish('clicks/queue', [stage.job], { yarn: '{queue: nowhere}' });
    stage.world.publish('clicks/memory', [stage.job], { taskManager: '{memory: 100g}' });
    stage.world.publish('clicks/class', [stage.job], { job: '{jar: clicks.jar, entryClass: com.example.Missing}' });
    stage.world.publish('clicks/jar', [stage.job]);
    stage.world.s3.objects.get('releases/clicks/jar/clicks.jar')!.sha256 = 'f'.repeat(64);
    stage.world.publish('clicks/nojar', [stage.job]);
    stage.world.s3.objects.delete('releases/clicks/nojar/clicks.jar');
    stage.world.publish('clicks/version', [stage.job], {
      flink: '{version: "1.19.9", config: {execution.checkpointing.timeout: 30s}}',
    });
    stage.world.publish('clicks/other', ['somebody-else']);
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const application = stage.only();
      for (const [release, code] of [
        ['clicks/queue', 'QueueNotFound'],
        ['clicks/memory', 'ResourcesTooLarge'],
        ['clicks/class', 'EntryClassMissing'],
        ['clicks/jar', 'JarMismatch'],
        ['clicks/nojar', 'JarMissing'],
        ['clicks/version', 'UnknownFlinkVersion'],
        ['clicks/other', 'DeploymentFileNotFound'],
        ['clicks/9.9.9', 'ReleaseNotFound'],
      ] as const) {
        expect
          .soft(await driver.run('deploy', { release }), release)
          .toMatchObject({ outcome: 'failed', error: { code } });
      }
      const broken = { release: 'clicks/1.1.0', from: 's3://sluice/savepoints/nothing', discardNewerState: true };
      expect(await driver.run('deploy', broken)).toMatchObject({ error: { code: 'RestorePointBroken' } });
      expect(await driver.run('deploy', { ...broken, discardNewerState: false })).toMatchObject({
        error: { code: 'DiscardsNewerState' },
      });
      expect(stage.only().id).toBe(application.id);
      expect(stage.world.jobOf(application).flink.begun).toEqual([]);
    });
  });
});

test('a cluster whose nodes have not reported yet is waited for, while the old instance runs', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    const yarn = stage.yarn;
    yarn.nodesAway = true;
    const asked = yarn.asked.filter((route) => route === 'metrics').length;
    await driver.ask('deploy', { id: 'second', release: 'clicks/1.1.0' });
    await seen('it to be asked again', () => yarn.asked.filter((route) => route === 'metrics').length > asked + 1);
    expect(stage.world.jobOf(stage.only()).flink.begun).toEqual([]);
    yarn.nodesAway = false;
    expect(await driver.ended('second')).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('stop, resume and kill', () => {
  test('resume goes on from the stop-savepoint; after a kill from the highest retained checkpoint', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const stopped = await driver.run('stop', { id: 'stop' });
      expect(stopped).toMatchObject({ outcome: 'succeeded' });
      expect(stage.world.live(stage.job)).toEqual([]);
      expect(await rejection(driver.ask('savepoint', {}))).toMatchObject({ code: 'CommandNotAllowed' });
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded', deployment: 2 });
      expect(stage.world.jobOf(stage.only()).job.restoredFrom).toBe(stopped.savepoint);

      const { flink, job: flinkJob } = stage.world.jobOf(stage.only());
      flink.completeCheckpoint(flinkJob.id);
      const highest = flinkJob.checkpoints.lastId;
      expect(await driver.run('kill', {})).toMatchObject({ outcome: 'succeeded', savepoint: null });
      expect(stage.world.live(stage.job)).toEqual([]);
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.world.jobOf(stage.only()).job.restoredFrom).toMatch(new RegExp(`${flinkJob.id}/chk-${highest}$`));
    });
  });

  test('a job that ended while nobody looked is found failed by the next operation, and resumes from its checkpoint', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await stage.world.clusters
        .get('yarn-a')!
        .end(stage.only().id, { state: 'KILLED', finalStatus: 'KILLED', diagnostics: 'killed by somebody' });
      const operation = await driver.run('savepoint', { id: 'sp' });
      expect(operation).toMatchObject({ outcome: 'rejected', error: { code: 'CommandNotAllowed' } });
      expect(operation.error?.detail).toContain('killed by somebody');
      expect(await driver.view()).toMatchObject({ state: 'failed' });
      expect(await driver.run('resume', {})).toMatchObject({ outcome: 'succeeded' });
      expect(stage.world.jobOf(stage.only()).job.restoredFrom).toContain('/chk-');
    });
  });

  test('while the cluster is silent nothing is started, and the job is running again once it answers', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const yarn = stage.yarn;
      yarn.unreachable(true);
      expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({
        outcome: 'failed',
        error: { code: 'ClusterUnreachable' },
      });
      expect(await driver.view()).toMatchObject({ state: 'unreachable', health: 'unknown' });
      yarn.unreachable(false);
      await driver.until('the cluster is asked again', ({ state }) => state === 'running');
      expect(stage.only().state).toBe('RUNNING');
      expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({ outcome: 'succeeded' });
    });
  });
});

describe('what goes wrong on the way', () => {
  test('a submission that YARN refuses ends rolled back to the deployment before', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.yarn.rejectNextSubmission('queue is full');
      const operation = await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' });
      expect(operation).toMatchObject({ outcome: 'rolledBack', error: { code: 'ClusterRejected' } });
      expect(operation.error?.detail).toContain('queue is full');
      expect(stage.world.jobOf(stage.only()).job.restoredFrom).toBe(operation.savepoint);
    });
  });

  test('a submission whose answer is lost is one application', async () => {
    await stage.story(async (driver) => {
      stage.yarn.dropAnswerOf('submit');
      await stage.deployed(driver);
      expect(stage.yarn.submissions).toEqual([stage.only().id]);
    });
  });

  test('a rollback that fails too ends failed, with nothing running and both causes and the restore point named', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      stage.world.behaviour.set('clicks/1.0.0', 'failsInMain').set('clicks/1.1.0', 'failsInMain');
      const operation = await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' });
      expect(operation.outcome).toBe('failed');
      expect(operation.error?.detail).toContain(operation.savepoint);
      expect(await driver.view()).toMatchObject({ state: 'failed' });
      expect(stage.world.live(stage.job)).toEqual([]);
    });
  });

  test('onFailedStart: stop leaves it failed', async () => {
    stage.world.publish('clicks/stop', [stage.job], {
      upgrade: '{timeouts: {savepoint: 2m, start: 10s}, verify: {timeout: 10s}, onFailedStart: stop}',
    });
    stage.world.behaviour.set('clicks/stop', 'failsInMain');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      expect(await driver.run('deploy', { release: 'clicks/stop' })).toMatchObject({ outcome: 'failed' });
      expect(stage.world.live(stage.job)).toEqual([]);
    });
  });

  test('an instance whose checkpoints never complete is not verified, and goes back', async () => {
    stage.world.behaviour.set('clicks/1.1.0', 'neverCheckpoints');
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      expect(await driver.run('deploy', { release: 'clicks/1.1.0' })).toMatchObject({
        outcome: 'rolledBack',
        error: { code: 'VerificationFailed' },
      });
    });
  });

  test('a deployment that never ran is no base: latest goes on from the stop-savepoint before it', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const stopped = await driver.run('stop', {});
      stage.world.behaviour.set('clicks/1.1.0', 'failsInMain');
      expect(await driver.run('deploy', { release: 'clicks/1.1.0', from: 'fresh' })).toMatchObject({
        outcome: 'failed',
      });
      expect(await driver.run('deploy', { release: 'clicks/1.0.0' })).toMatchObject({ outcome: 'succeeded' });
      expect(stage.world.jobOf(stage.only()).job.restoredFrom).toBe(stopped.savepoint);
    });
  });

  test('a savepoint is known even when the end of its instance is not confirmed', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const yarn = stage.yarn;
      const application = stage.only();
      stage.world.hooks.afterSnapshot = () => {
        stage.world.hooks.afterSnapshot = null;
        yarn.answerNext('kill', {
          status: 403,
          body: { RemoteException: { exception: 'ForbiddenException', message: 'no' } },
        });
      };
      const operation = await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' });
      expect(operation.savepoint).not.toBeNull();
      if (operation.outcome === 'failed') {
        // The end is not known yet, so the job looks for it before it takes the next request.
        await driver.until('the end is known', ({ state }) => state === 'failed');
        await driver.run('deploy', { id: 'third', release: 'clicks/1.1.0' });
        expect(application.state).not.toBe('RUNNING');
      }
      expect(stage.world.jobOf(stage.only()).job.restoredFrom).toBe(operation.savepoint);
    });
  });

  test('a signal made to break the decoder breaks nothing', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.signal('deploy', { undecodable: { toString: 1 } });
      expect(await driver.run('savepoint', {})).toMatchObject({ outcome: 'succeeded' });
    });
  });
});

describe('a workflow that remembers nothing', () => {
  test('finds the running instance again after it was terminated, and starts no second one', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const application = stage.only();
      await driver.handle.terminate('database lost');
      await driver.signal('deploy', { id: 'second', release: 'clicks/1.1.0' });
      expect(await driver.ended('second')).toMatchObject({ outcome: 'succeeded', deployment: 2 });
      expect(application.state).not.toBe('RUNNING');
      expect(stage.world.jobOf(stage.only()).job.restoredFrom).toContain('/second/');
    });
  }, 60_000);

  test('answers an operation that ended before from its claim in S3, and does it no second time', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      await driver.handle.terminate('database lost');
      await driver.signal('deploy', { id: 'first', actor: 'ci', release: 'clicks/1.0.0' });
      expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded', deployment: 1 });
      expect(stage.yarn.submissions).toHaveLength(1);
    });
  }, 60_000);

  test('loses the lock to a newer epoch that somebody else took, having submitted nothing', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const stolen = { ...stage.fence(), epoch: 9 };
      await stage.world.s3.put(`fences/${stage.job}.json`, JSON.stringify(stolen));
      expect(await driver.run('deploy', { id: 'second', release: 'clicks/1.1.0' })).toMatchObject({
        outcome: 'failed',
        error: { code: 'LockLost' },
      });
      expect(stage.yarn.submissions).toHaveLength(1);
    });
  });

  test('leaves an operation alone that another run has claimed', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const claim = stage.world.json(`operations/${stage.job}/first.json`) as Claim;
      const foreign: Claim = { ...claim, id: 'second', ended: null, holder: { installation: 'elsewhere', runId: 'r' } };
      await driver.signal('savepoint', { id: 'warm-up' });
      await driver.ended('warm-up');
      const warmUp = stage.world.json(`operations/${stage.job}/warm-up.json`) as Claim;
      await stage.world.s3.put(
        `operations/${stage.job}/second.json`,
        JSON.stringify({ ...foreign, kind: 'savepoint', fingerprint: warmUp.fingerprint }),
      );
      expect(await driver.run('savepoint', { id: 'second' })).toMatchObject({
        outcome: 'failed',
        error: { code: 'LockLost' },
      });
    });
  });
});

describe('the audit log', () => {
  test('waits in carried state while S3 is away, and is written with the next operation', async () => {
    await stage.story(async (driver) => {
      await stage.deployed(driver);
      const putIfAbsent = stage.world.s3.putIfAbsent.bind(stage.world.s3);
      stage.world.s3.putIfAbsent = (key, ...rest) =>
        key.startsWith('audit/')
          ? Promise.reject(new SluiceError('StorageUnavailable', 'S3 is away'))
          : putIfAbsent(key, ...rest);
      expect(await driver.run('savepoint', { id: 'sp' })).toMatchObject({ outcome: 'succeeded' });
      stage.world.s3.putIfAbsent = putIfAbsent;
      expect(stage.world.keys(`audit/${stage.job}/`).join()).not.toContain('-sp.json');
      await driver.run('savepoint', { id: 'next' });
      const written = stage.world.keys(`audit/${stage.job}/`).join();
      expect(written).toContain('-sp.json');
      expect(written).toContain('-next.json');
    });
  }, 120_000);
});
