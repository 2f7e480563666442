/**
 * Jobs of which nobody asks anything end by themselves, are killed behind Sluice's back, or their cluster falls silent. The
 * rules behind it are broken one by one in `test/workflows/watch/cluster-watch.test.ts`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobBody } from '../../../src/api/contract.ts';
import { startComponent, stopComponent } from '../../../stack/control.ts';
import { Api, until } from '../../support/api.ts';
import { endApplicationsOf, killFromOutside, liveApplicationsOf } from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const RESOURCE_MANAGER = 'yarn-a-resourcemanager';
const WITHIN_MS = 120_000;

const api = new Api(runningStack());
const jobs = { bounded: newJobName('bounded'), failing: newJobName('failing'), steady: newJobName('steady') };
let outsider: Watch;

beforeAll(async () => {
  const release = await publish({ job: jobs.steady, version: '1.0.0' });
  outsider = await watch(jobs.steady);
  await api.succeed(jobs.steady, 'deploy', { release });
  await outsider.counted((await api.deployment(jobs.steady)).applicationId);
});

afterAll(() => endApplicationsOf(...Object.values(jobs)));

const becomes = (job: string, state: JobBody['state']): Promise<JobBody> =>
  until(`${job} to be ${state}`, WITHIN_MS, async () => {
    const body = await api.job(job);
    return body.state === state ? body : null;
  });

test('a bounded job that reaches its end is finished, and its application is gone', async () => {
  const job = jobs.bounded;
  const release = await publish({ job, version: '1.0.0', args: ['--exit-after', '600'] });
  await api.succeed(job, 'deploy', { release });
  const { stateReason } = await becomes(job, 'finished');
  expect(stateReason).toContain('FINISHED');
  expect(await liveApplicationsOf(job)).toEqual([]);
});

test('a job that fails for good is failed, with the cause that Flink gives', async () => {
  const job = jobs.failing;
  const fields = { flink: { config: { 'restart-strategy.type': 'none' } } };
  const release = await publish({ job, version: '1.0.0', args: ['--fail-at-seq', '600'], fields });
  await api.succeed(job, 'deploy', { release });
  const { stateReason, cause } = await becomes(job, 'failed');
  expect(stateReason).toContain('600');
  expect(cause).toMatchObject({
    class: 'operatorFailed',
    state: expect.stringMatching(/^safe: s3:.*\/chk-\d+/) as string,
  });
  expect(await liveApplicationsOf(job)).toEqual([]);
});

test('a job whose ResourceManager is away is unreachable, not dead, and running when it is back', async () => {
  const job = jobs.steady;
  const { applicationId } = await api.deployment(job);
  await stopComponent(RESOURCE_MANAGER, 'SIGKILL');
  try {
    const { health, stateReason, cause } = await becomes(job, 'unreachable');
    expect(cause?.class).toBe('clusterUnreachable');
    expect(health).toBe('unknown');
    expect(stateReason).toContain('no answer since');
  } finally {
    await startComponent(RESOURCE_MANAGER);
  }
  const { deployment } = await becomes(job, 'running');
  expect(deployment?.applicationId).toBe(applicationId);
  await outsider.countedOn(applicationId);
  expect((await outsider.conclude({ repeats: 'none' })).problems).toEqual([]);
});

test('a job that runs is seen again and again, although nobody signals it', async () => {
  const { observedAt } = await api.job(jobs.steady);
  await until('a later look', WITHIN_MS, async () => {
    const body = await api.job(jobs.steady);
    return body.observedAt > observedAt ? body : null;
  });
});

test('a job that is killed behind its back is failed, says by whom, and resumes from its newest checkpoint', async () => {
  const job = jobs.steady;
  outsider = await watch(job);
  const { applicationId } = await api.deployment(job);
  await outsider.counted(applicationId);
  await killFromOutside(applicationId);
  const { stateReason, cause } = await becomes(job, 'failed');
  expect(cause?.class).toBe('killedFromOutside');
  expect(stateReason).toContain(`application ${applicationId} is KILLED`);

  await api.succeed(job, 'resume');
  const deployment = await api.deployment(job);
  expect(deployment.restorePoint).toMatchObject({ kind: 'checkpoint', taken: 'retained' });
  await outsider.counted(deployment.applicationId);
  expect((await outsider.conclude({ repeats: 'explained' })).problems).toEqual([]);
});
