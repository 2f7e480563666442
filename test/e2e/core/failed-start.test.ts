/**
 * A release that does not come up: nothing runs and the cause is named, or the previous deployment runs again.
 *
 * Seen to fail: with the question of `onFailedStart` turned round, nothing runs after the failing upgrade.
 */
import { afterAll, expect, test } from 'vitest';
import { Api } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const jobs = { first: newJobName('throws'), upgrade: newJobName('rollback') };
const throwing = ['--fail-on-start', 'true'];

afterAll(() => endApplicationsOf(...Object.values(jobs)));

test('a first deploy whose main() throws ends failed, with the cause and nothing running', async () => {
  const job = jobs.first;
  const release = await publish({ job, version: '0.1.0', args: throwing });
  const operation = await api.run(job, 'deploy', { release });
  expect(operation).toMatchObject({ outcome: 'failed', error: { code: 'StartFailed' }, deployment: 1 });
  expect(operation.error?.detail).toContain('clicks fails on start');
  expect(operation.error).toMatchObject({ cause: { class: 'mainThrew' }, runsNow: 'nothing runs' });
  expect(await api.job(job)).toMatchObject({
    state: 'failed',
    cause: { class: 'mainThrew' },
    deployment: { ended: { how: 'failed' } },
  });
  expect(await liveApplicationsOf(job)).toEqual([]);
});

test('an upgrade whose main() throws goes back to the old program, which counts on from this very savepoint', async () => {
  const job = jobs.upgrade;
  const good = await publish({ job, version: '1.0.0', program: '1.0.0' });
  const bad = await publish({ job, version: '1.1.0', program: '1.1.0', args: throwing });
  const outsider = await watch(job);
  await api.succeed(job, 'deploy', { release: good });
  const before = await api.deployment(job);
  await outsider.counted(before.applicationId);

  const operation = await api.run(job, 'deploy', { release: bad });
  expect(operation).toMatchObject({ outcome: 'rolledBack', error: { code: 'StartFailed' } });
  expect(operation.error?.detail).toContain('clicks fails on start');
  expect(operation.error?.detail).toContain(`deployment ${before.number} was started again`);
  expect(operation.phases.map(({ name }) => name)).toContain('rollingBack');
  expect(operation.error).toMatchObject({
    cause: { class: 'mainThrew' },
    runsNow: expect.stringMatching(/^deployment \d+ .* runs$/) as string,
    state: expect.stringContaining('the running instance holds it') as string,
  });

  const after = await api.deployment(job);
  expect(after).toMatchObject({
    release: good,
    number: before.number + 2,
    restorePoint: { path: operation.savepoint },
  });
  expect(await liveApplicationsOf(job)).toEqual([after.applicationId]);
  await outsider.counted(after.applicationId);
  const { problems, records } = await outsider.conclude({ repeats: 'none' });
  expect(problems).toEqual([]);
  const [first, second] = records?.instances ?? [];
  expect(second).toMatchObject({ version: '1.0.0', restoredFrom: operation.savepoint });
  expect(second?.seqs.from).toBe((first?.seqs.to ?? 0) + 1);
});
