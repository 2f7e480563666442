/**
 * Somebody starts a job with Flink's own client. A deploy of it fails and names what lives; `adopt` takes it over as it is,
 * and the next deploy goes on from its state. Judged by the counts, which must not break.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { Api, until } from '../../support/api.ts';
import { killFromOutside, endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { startByHand } from '../../support/by-hand.ts';
import { sluice } from '../../support/commands.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const stack = runningStack();
const api = new Api(stack);
const CLUSTER = 'yarn-a';
const job = newJobName('adopt');

describe('a job that somebody started with Flink’s own client', () => {
  let outsider: Watch;
  let application: string;
  let release: string;
  let next: string;

  beforeAll(async () => {
    [release, next] = await Promise.all([
      publish({ job, version: '1.0.0' }),
      publish({ job, version: '1.1.0', program: '1.1.0' }),
    ]);
    outsider = await watch(job);
    application = await startByHand(job, CLUSTER, '1.20.1');
    await outsider.counted(application);
  }, 400_000);

  afterAll(async () => {
    await killFromOutside(application);
    await endApplicationsOf(job);
  });

  test('makes a deploy fail that names it, and runs on untouched', async () => {
    const operation = await api.run(job, 'deploy', { release });
    expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'ForeignInstance' } });
    expect(operation.error?.detail).toContain(`application ${application} of user sluice on cluster ${CLUSTER}`);
    expect(operation.error?.hint).toContain('sluice adopt');
    await outsider.countedOn(application);
    expect(await liveApplicationsOf(job)).toEqual([]);
  });

  test('is adopted as it is: the same application, the same Flink job, its checkpoints', async () => {
    const { code, stdout } = await sluice(
      'adopt',
      job,
      '--release',
      release,
      '--application',
      application,
      '-o',
      'json',
    );
    const { operation } = JSON.parse(stdout) as { operation: OperationRecord }; // the Contract's shape
    expect({ code, ...operation }).toMatchObject({ code: 0, kind: 'adopt', deployment: 1, savepoint: null });
    expect(await api.deployment(job)).toMatchObject({
      applicationId: application,
      flinkVersion: '1.20.1',
      cluster: CLUSTER,
      epoch: 1,
      checkpointing: true,
      adopted: { user: 'sluice' },
      ended: null,
      // Somebody started the JVMs without the part that reads the gate.
      gated: false,
    });
    const { adopted, flinkJobId, completedCheckpoint } = await api.deployment(job);
    expect(adopted?.checkpoints).toBe(`s3://${stack.s3.bucket}/by-hand/${job}/${flinkJobId}`);
    expect(completedCheckpoint).toBeGreaterThan(0);
    await outsider.countedOn(application);
    expect(await api.succeed(job, 'savepoint', {})).toMatchObject({ deployment: 1 });
  });

  test('is watched from then on, and owned: the doctor finds nothing wrong with it', async () => {
    await until('the watcher to see it', 60_000, async () => ((await api.job(job)).health === 'healthy' ? true : null));
    const { items } = await api.doctor();
    const wrong = items.filter(({ level, check }) => level === 'broken' && check !== 'workers');
    expect(wrong.filter(({ subject, detail }) => `${subject ?? ''} ${detail}`.includes(application))).toEqual([]);
    expect(wrong.filter(({ subject }) => subject === job)).toEqual([]);
    expect(items.filter(({ check, level }) => check === 'conditionalWrites' && level === 'ok')).toHaveLength(1);
  });

  test('is upgraded with its state: the counts go on without gap or repetition', async () => {
    const upgrade = await api.succeed(job, 'deploy', { release: next });
    const after = await api.deployment(job);
    const restorePoint = { path: upgrade.savepoint };
    expect(after).toMatchObject({ number: 2, epoch: 2, release: next, restorePoint, gated: true });
    await outsider.counted(after.applicationId);

    const { problems, records } = await outsider.conclude({ repeats: 'none' });
    expect(problems).toEqual([]);
    const [first, second, ...more] = records?.instances ?? [];
    expect(more).toEqual([]);
    expect(first).toMatchObject({ instance: application, version: '1.0.0' });
    expect(second).toMatchObject({ instance: after.applicationId, version: '1.1.0', restoredFrom: upgrade.savepoint });
    expect(second?.seqs.from).toBe((first?.seqs.to ?? 0) + 1);
  });
});
