/**
 * Savepoint, stop, kill and resume, as one life of one job. `jobs/resume-from.test.ts` resumes from what somebody names.
 *
 * Seen to fail: when `latest` does not look at the savepoint of the stop, the first resume finds nothing to start from.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RestorePoint } from '../../../src/domain/restore-points/restore-point.ts';
import { Api, problemIn, withoutMark } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('restore');
let outsider: Watch;

beforeAll(async () => {
  const release = await publish({ job, version: '1.0.0' });
  outsider = await watch(job);
  await api.succeed(job, 'deploy', { release });
  await outsider.counted((await api.deployment(job)).applicationId);
});

afterAll(() => endApplicationsOf(job));

/** Waits until what runs now has counted a little, and says what it wrote. */
const counting = async () => outsider.counted((await api.deployment(job)).applicationId);

/** The last number that anybody wrote. */
const lastSeq = async () => (await outsider.report())?.seqs.to ?? -1;

test('a savepoint is taken while the instance runs on', async () => {
  const before = await api.deployment(job);
  const operation = await api.succeed(job, 'savepoint', { reason: 'before the holidays' });
  const savepoint = operation.savepoint ?? '';
  expect(savepoint).toContain(`/savepoints/${job}/${operation.id}/savepoint-`);
  expect(operation).toMatchObject({ reason: 'before the holidays', deployment: before.number });
  expect(await api.job(job)).toMatchObject({ state: 'running', deployment: withoutMark(before) });
  const points = await api.list<RestorePoint>(`/jobs/${job}/restore-points`);
  expect(points.find(({ path }) => path === savepoint)).toMatchObject({ kind: 'savepoint', taken: 'manual', epoch: 1 });
});

test('a stop ends the application with a savepoint; resume counts on from there', async () => {
  const stop = await api.succeed(job, 'stop');
  expect(await api.job(job)).toMatchObject({ state: 'stopped', deployment: { ended: { how: 'stopped' } } });
  expect(await liveApplicationsOf(job)).toEqual([]);
  expect(problemIn(await api.ask(job, 'stop')).code).toBe('CommandNotAllowed');

  await api.succeed(job, 'resume');
  expect((await api.deployment(job)).restorePoint).toMatchObject({ path: stop.savepoint, taken: 'stop' });
  await counting();
  const { problems, records } = await outsider.conclude({ repeats: 'none' });
  expect(problems).toEqual([]);
  const [first, second] = records?.instances ?? [];
  expect(second?.seqs.from).toBe((first?.seqs.to ?? 0) + 1);
  outsider = await watch(job);
});

test('what runs is not resumed', async () => {
  const problem = problemIn(await api.ask(job, 'resume'));
  expect(problem).toMatchObject({ status: 409, code: 'CommandNotAllowed' });
  expect(problem.detail).toContain('allowed: deploy, savepoint, stop, kill');
});

test('kill ends the application without a savepoint; resume from latest-checkpoint loses nothing', async () => {
  await counting();
  const kill = await api.succeed(job, 'kill');
  expect(kill.savepoint).toBeNull();
  expect(await api.job(job)).toMatchObject({
    state: 'stopped',
    deployment: { ended: { how: 'killed', savepoint: null } },
  });
  expect(await liveApplicationsOf(job)).toEqual([]);
  const seq = await lastSeq();

  await api.succeed(job, 'resume', { from: 'latest-checkpoint' });
  const { restorePoint } = await api.deployment(job);
  expect(restorePoint).toMatchObject({ kind: 'checkpoint', taken: 'retained' });
  const resumed = await counting();
  expect(resumed.restoredFrom).toBe(restorePoint?.path);
  expect(resumed.seqs.from).toBeGreaterThan(0);
  expect(resumed.seqs.from).toBeLessThanOrEqual(seq + 1);
  expect((await outsider.conclude({ repeats: 'explained' })).problems).toEqual([]);
});
