/**
 * Jobs that keep nothing: a batch job that ends by itself, and a stateless one. Neither takes a savepoint nor needs a restore
 * point, and a batch job that has finished is over, with success.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { Api, until } from '../../support/api.ts';
import { applicationsOf, endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());

describe('a batch job', () => {
  const job = newJobName('batch');
  const RECORDS = 60;
  const variant = (version: '1.0.0' | '1.1.0', records: number) =>
    publish({
      job,
      version: `${version}-${records}`,
      program: version,
      args: ['--exit-after', String(records)],
      // Flink sorts the input of keyed operators in managed memory, of which the other tests have none.
      fields: {
        job: { type: 'batch' },
        flink: { config: { 'execution.runtime-mode': 'BATCH', 'taskmanager.memory.managed.size': '64m' } },
      },
    });

  afterAll(() => endApplicationsOf(job));

  const finished = () =>
    until('its end', 60_000, async () => {
      const { state, deployment } = await api.job(job);
      return state === 'finished' ? deployment : null;
    });

  test('finishes, is deployed again from its beginning, and is stopped without a savepoint', async () => {
    const [old, next, long] = await Promise.all([
      variant('1.0.0', RECORDS),
      variant('1.1.0', RECORDS),
      variant('1.0.0', 100_000),
    ]);
    const outsider = await watch(job);
    expect(await api.run(job, 'deploy', { release: old })).toMatchObject({ outcome: 'succeeded', savepoint: null });
    const first = await finished();
    expect(first).toMatchObject({ number: 1, jobType: 'batch', restorePoint: null, ended: { how: 'finished' } });
    // Flink's application outlives its job: Sluice has ended it.
    expect(await liveApplicationsOf(job)).toEqual([]);

    expect(await api.run(job, 'deploy', { release: next })).toMatchObject({ outcome: 'succeeded', savepoint: null });
    const second = await finished();
    expect(second).toMatchObject({ number: 2, restorePoint: null, ended: { how: 'finished' } });

    expect(await api.run(job, 'deploy', { release: long })).toMatchObject({ outcome: 'succeeded', savepoint: null });
    expect(await api.job(job)).toMatchObject({ state: 'running', deployment: { number: 3 } });
    expect(await api.run(job, 'stop')).toMatchObject({ outcome: 'succeeded', savepoint: null });
    expect(await api.job(job)).toMatchObject({ state: 'stopped', deployment: { ended: { how: 'stopped' } } });
    expect(await liveApplicationsOf(job)).toEqual([]);
    expect(await applicationsOf(job)).toHaveLength(3);

    const { records } = await outsider.conclude();
    const counted = (records?.instances ?? []).map(({ version, restoredFrom, records: count, seqs }) => ({
      version,
      restoredFrom,
      count,
      seqs: { from: seqs.from, to: seqs.to },
    }));
    const whole = { restoredFrom: null, count: RECORDS, seqs: { from: 0, to: RECORDS - 1 } };
    expect(counted).toEqual([
      { version: '1.0.0', ...whole },
      { version: '1.1.0', ...whole },
    ]);
  });
});

describe('a stateless job', () => {
  const job = newJobName('stateless');
  afterAll(() => endApplicationsOf(job));

  test('is replaced without a savepoint, and a release that does not start is rolled back without one', async () => {
    const fields = { job: { type: 'stateless' } };
    const [old, broken] = await Promise.all([
      publish({ job, version: '1.0.0', fields }),
      publish({ job, version: '1.1.0', args: ['--fail-on-start', 'true'], fields }),
    ]);
    const outsider = await watch(job);
    await api.succeed(job, 'deploy', { release: old });
    await outsider.counted((await api.deployment(job)).applicationId);

    const restart = await api.run(job, 'restart');
    expect(restart).toMatchObject({ outcome: 'succeeded', savepoint: null, warnings: [] });
    const again = await api.deployment(job);
    expect(again).toMatchObject({ number: 2, restorePoint: null });
    expect((await outsider.counted(again.applicationId)).seqs.from).toBe(0);

    const failed = await api.run(job, 'deploy', { release: broken });
    expect(failed).toMatchObject({ outcome: 'rolledBack', savepoint: null });
    const back = await api.deployment(job);
    expect(back).toMatchObject({ release: old, number: 4, restorePoint: null, ended: null });
    expect(await liveApplicationsOf(job)).toEqual([back.applicationId]);

    expect(await api.run(job, 'stop')).toMatchObject({ outcome: 'succeeded', savepoint: null });
    expect(await api.run(job, 'resume')).toMatchObject({ outcome: 'succeeded' });
    expect(await api.deployment(job)).toMatchObject({ number: 5, restorePoint: null });
    const { applications } = await outsider.conclude();
    expect(applications.jobs.find((watched) => watched.job === job)?.mostAtOnce).toBe(1);
  });
});
