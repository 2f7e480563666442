/** A person moves a running job to the other cluster and back. No two instances overlap, and no count is lost or repeated. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../../support/api.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('failover');
const fields = { placement: { cluster: 'yarn-a', backups: ['yarn-b'] } };
let outsider: Watch;

beforeAll(async () => {
  const [first] = await Promise.all(['1.0.0', '1.1.0'].map((version) => publish({ job, version, fields })));
  outsider = await watch(job);
  await api.succeed(job, 'deploy', { release: first });
  await counting();
});

afterAll(() => endApplicationsOf(job));

/** Waits until what runs now has counted a little, and says what it wrote. */
const counting = async () => outsider.counted((await api.deployment(job)).applicationId);

test('a job moves to the other cluster, is upgraded there, and moves back', async () => {
  const moved = await api.succeed(job, 'failover', { to: 'yarn-b' });
  const there = await api.deployment(job);
  expect(there).toMatchObject({ cluster: 'yarn-b', placed: { moved: { from: 'yarn-a', by: moved.id } } });
  expect((await counting()).restoredFrom).toBe(moved.savepoint);

  await api.succeed(job, 'deploy', { release: `${job}/1.1.0` });
  expect(await api.deployment(job)).toMatchObject({ cluster: 'yarn-b', release: `${job}/1.1.0` });
  await counting();

  const back = await api.succeed(job, 'failback');
  expect(await api.deployment(job)).toMatchObject({ cluster: 'yarn-a', placed: { moved: null } });
  expect((await counting()).restoredFrom).toBe(back.savepoint);

  const { applications } = await outsider.conclude();
  expect(applications.jobs.find((watched) => watched.job === job)?.doubles).toEqual([]);
});
