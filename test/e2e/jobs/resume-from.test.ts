/** Somebody names what to start from: the path of a savepoint, or nothing at all. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../../support/api.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('resume-from');
let outsider: Watch;
let savepoint: string;

beforeAll(async () => {
  const release = await publish({ job, version: '1.0.0' });
  outsider = await watch(job);
  await api.succeed(job, 'deploy', { release });
  await counting();
  savepoint = (await api.succeed(job, 'savepoint')).savepoint ?? '';
  await counting();
});

afterAll(() => endApplicationsOf(job));

/** Waits until what runs now has counted a little, and says what it wrote. */
const counting = async () => outsider.counted((await api.deployment(job)).applicationId);

test('resume from a path begins exactly there, and from: fresh at 0', async () => {
  await api.succeed(job, 'stop');
  await api.succeed(job, 'resume', { from: savepoint, discardNewerState: true });
  expect((await api.deployment(job)).restorePoint).toMatchObject({
    path: savepoint,
    kind: 'savepoint',
    taken: 'given',
  });
  const fromPath = await counting();
  expect(fromPath.restoredFrom).toBe(savepoint);
  expect(fromPath.seqs.from).toBeGreaterThan(0);

  await api.succeed(job, 'kill');
  const { warnings } = await api.succeed(job, 'resume', { from: 'fresh' });
  expect(warnings.join()).toContain('without state, as asked for');
  expect((await api.deployment(job)).restorePoint).toBeNull();
  const fresh = await counting();
  expect(fresh).toMatchObject({ restoredFrom: null, seqs: { from: 0 } });
  const { applications } = await outsider.conclude();
  expect(applications.jobs.find((watched) => watched.job === job)?.doubles).toEqual([]);
});
