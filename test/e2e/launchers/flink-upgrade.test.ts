/**
 * From Flink 1.20.1 to 2.1.0 with state: the canonical savepoint that the deploy takes is read by the newer version. The way
 * back is one that Flink does not promise, so it is refused.
 */
import { afterAll, expect, test } from 'vitest';
import { Api } from '../../support/api.ts';
import { applicationsOf, endApplicationsOf } from '../../support/outside/applications.ts';
import { watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('version');

afterAll(() => endApplicationsOf(job));

test('a job of Flink 1.20.1 goes on with its counts on 2.1.0, and is not taken back by mistake', async () => {
  const [old, next] = await Promise.all([
    publish({ job, version: '1.0.0', flinkVersion: '1.20.1', program: '1.0.0' }),
    publish({ job, version: '2.0.0', flinkVersion: '2.1.0', program: '1.1.0' }),
  ]);
  const outsider = await watch(job);
  await api.succeed(job, 'deploy', { release: old });
  const before = await api.deployment(job);
  await outsider.counted(before.applicationId);

  const upgrade = await api.succeed(job, 'deploy', { release: next });
  const after = await api.deployment(job);
  await outsider.counted(after.applicationId);
  expect(before.flinkVersion).toBe('1.20.1');
  expect(after).toMatchObject({
    flinkVersion: '2.1.0',
    restorePoint: { path: upgrade.savepoint, kind: 'savepoint', format: 'canonical', flinkVersion: '1.20.1' },
  });

  const back = await api.run(job, 'deploy', { release: old });
  expect(back).toMatchObject({ outcome: 'failed', error: { code: 'StateRisk' }, savepoint: null });
  expect(await api.deployment(job)).toEqual(after);
  expect(await applicationsOf(job)).toHaveLength(2);

  const { problems, sentence, records, applications } = await outsider.conclude({ repeats: 'none' });
  process.stdout.write(`${sentence}\n`);
  expect(problems).toEqual([]);
  const [first, second, ...more] = records?.instances ?? [];
  expect(more).toEqual([]);
  expect(second).toMatchObject({ instance: after.applicationId, version: '1.1.0', restoredFrom: upgrade.savepoint });
  expect(second?.seqs.from).toBe((first?.seqs.to ?? 0) + 1);
  expect(applications.jobs.find((watched) => watched.job === job)?.mostAtOnce).toBe(1);
});
