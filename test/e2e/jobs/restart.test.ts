/**
 * Restarts by Sluice itself on real parts: a JobManager that is killed, a Flink job that fails, kills in the middle of
 * operations. Each time the job is back from its newest state, with one instance at every moment.
 *
 * Seen to fail: with `recovery.restart.enabled: false` nothing comes back.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobBody } from '../../../src/api/contract.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { acceptedIn, Api, until } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { containersOf, killContainer } from '../../support/outside/containers.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('restart');
const restart = { enabled: true, maxAttempts: 20, window: '1h', backoff: { initial: '1s', max: '2s' } };
let outsider: Watch;
let releases: readonly string[];

beforeAll(async () => {
  // Flink gives up at the first failure of a task, so that its end reaches Sluice.
  const fields = { recovery: { restart }, flink: { config: { 'restart-strategy.type': 'none' } } };
  releases = await Promise.all([
    publish({ job, version: '1.0.0', fields }),
    publish({ job, version: '1.1.0', program: '1.1.0', fields }),
  ]);
  outsider = await watch(job);
  await api.succeed(job, 'deploy', { release: releases[0] });
  await counting();
});

afterAll(() => endApplicationsOf(job));

const counting = async () => outsider.countedOn((await api.deployment(job)).applicationId);
const parts = async () => containersOf((await api.deployment(job)).applicationId);

function kill(container: string | undefined): void {
  expect(container === undefined ? 0 : killContainer(container)).toBeGreaterThan(0);
}

/** Waits until a later deployment runs and counts, and nothing holds the job. */
async function isBack(after: number): Promise<JobBody> {
  const body = await until(`the job after deployment ${after}`, 300_000, async () => {
    const seen = await api.job(job);
    const isLater = (seen.deployment?.number ?? 0) > after;
    return seen.state === 'running' && seen.operation === null && isLater ? seen : null;
  });
  await counting();
  expect(await liveApplicationsOf(job)).toEqual([body.deployment?.applicationId]);
  return body;
}

const history = () => api.list<OperationRecord>(`/jobs/${job}/operations`);

async function expectOneInstance(): Promise<void> {
  expect((await outsider.conclude({ repeats: 'explained' })).problems).toEqual([]);
  outsider = await watch(job);
}

test('a JobManager that is killed: back from the newest checkpoint, by an operation of the supervisor', async () => {
  const before = await api.deployment(job);
  kill((await parts()).jobManager);
  const body = await isBack(before.number);
  expect(body.deployment).toMatchObject({ number: before.number + 1, restorePoint: { kind: 'checkpoint' } });
  expect(body.deployment?.restorePoint?.path).toContain(`/${before.flinkJobId}/chk-`);
  expect(body.recovery).toMatchObject({ attempts: 1, budget: 20, nextAt: null, left: null });
  const operation = (await history()).find(({ id }) => id === `restart-e${before.epoch}-1`);
  expect(operation).toMatchObject({ kind: 'restart', actor: 'supervisor', outcome: 'succeeded' });
  expect(operation?.reason).toContain(`attempt 1 of 20: deployment ${before.number} failed`);
  await expectOneInstance();
});

test('a Flink job that fails: back by itself', async () => {
  const before = await api.deployment(job);
  kill((await parts()).taskManagers[0]);
  const body = await isBack(before.number);
  expect(body.deployment?.restorePoint?.path).toContain(`/${before.flinkJobId}/chk-`);
  await expectOneInstance();
});

test('a JobManager that is killed while the job is restarted: tried again', async () => {
  const before = await api.deployment(job);
  kill((await parts()).jobManager);
  const started = await until('the restart', 120_000, async () => {
    const { operation, deployment } = await api.job(job);
    return operation?.phase === 'starting' && deployment?.number === before.number + 1 ? deployment : null;
  });
  kill((await containersOf(started.applicationId)).jobManager);
  const body = await isBack(before.number + 1);
  expect(body.recovery?.left).toBeNull();
  await expectOneInstance();
});

test('a JobManager that is killed in the middle of an upgrade: the upgrade ends, and one of the two programs is back', async () => {
  const before = await api.deployment(job);
  const { id } = acceptedIn(await api.ask(job, 'deploy', { release: releases[1] }));
  await until('the savepoint', 120_000, async () =>
    (await api.job(job)).operation?.phase === 'savepointing' ? true : null,
  );
  const { jobManager } = await containersOf(before.applicationId);
  killContainer(jobManager);
  expect((await api.ended(job, id)).endedAt).not.toBeNull();
  await isBack(before.number);
  await expectOneInstance();
});

test('an application that somebody kills on YARN stays down, and the job says why', async () => {
  const [cluster] = runningStack().clusters;
  const { applicationId, number } = await api.deployment(job);
  await createYarnClient({ ...cluster!, user: 'somebody' }).kill(applicationId);
  const body = await until('the end', 120_000, async () => {
    const seen = await api.job(job);
    return seen.state === 'failed' && seen.operation === null ? seen : null;
  });
  expect(body).toMatchObject({ attention: ['failed'], deployment: { number, ended: { how: 'failed', by: 'hand' } } });
  expect(body.recovery).toMatchObject({ nextAt: null, left: 'somebody ended it by other means than Sluice' });
  await api.succeed(job, 'resume');
  await counting();
  await expectOneInstance();
});

test('what a person stops stays stopped, although its JobManager dies', async () => {
  const { number } = await api.deployment(job);
  await api.succeed(job, 'stop');
  expect(await api.job(job)).toMatchObject({ state: 'stopped', deployment: { number }, recovery: { nextAt: null } });
  expect(await liveApplicationsOf(job)).toEqual([]);
});
