/**
 * Rescaling in place on the real parts, with Flink 1.20.1 and 2.1.0: the application stays, its tasks come up at another
 * parallelism, and a parallelism without slots is put back.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { textKey } from '../../../src/domain/identity/storage-keys.ts';
import { Api } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());

/** A TaskManager has four slots, so that parallelism 4 needs no further container, and parallelism 8 needs one. */
const fields = {
  flink: { config: { 'jobmanager.scheduler': 'adaptive' } },
  job: { parallelism: 2 },
  taskManager: { slots: 4 },
};

/** MiB that no application has on the cluster. */
async function freeMib(): Promise<number> {
  const [cluster] = runningStack().clusters;
  const answer = await fetch(`${cluster?.resourceManager ?? ''}/ws/v1/cluster/metrics`);
  const { clusterMetrics } = (await answer.json()) as { clusterMetrics: { availableMB: number } }; // YARN's own words
  return clusterMetrics.availableMB;
}

/** Starts another job that leaves no room for a further TaskManager. */
async function filled(job: string, flinkVersion: '1.20.1' | '2.1.0'): Promise<void> {
  const memory = `${(await freeMib()) - 1_400}m`;
  const release = await publish({ job, version: '1.0.0', flinkVersion, fields: { taskManager: { memory } } });
  await api.succeed(job, 'deploy', { release });
}

const parallelismIn = async (configuration: string | null): Promise<string | undefined> => {
  const text = await bucketOf(runningStack()).get(textKey(configuration ?? ''));
  return /"key":"parallelism.default","value":"(\d+)"/.exec(text?.body ?? '')?.[1];
};

describe.each(['1.20.1', '2.1.0'] as const)('with Flink %s', (flinkVersion) => {
  const job = newJobName(`rescale-${flinkVersion.replaceAll('.', '')}`);
  const ranAt = async (): Promise<readonly number[]> => {
    const { flinkJobId } = await api.deployment(job);
    const told = await api.ok(`/jobs/${job}/flink/jobs/${flinkJobId}`);
    const { vertices } = JSON.parse(told) as { vertices: { parallelism: number }[] }; // Flink's own words
    return vertices.map(({ parallelism }) => parallelism);
  };

  const other = newJobName(`filler-${flinkVersion.replaceAll('.', '')}`);

  afterAll(() => Promise.all([endApplicationsOf(job), endApplicationsOf(other)]));

  test('a hotfix of the parallelism reaches the running job, is undone by its revert, and a start keeps it', async () => {
    const release = await publish({ job, version: '1.0.0', flinkVersion, fields });
    const outsider = await watch(job);
    await api.succeed(job, 'deploy', { release });
    const before = await api.deployment(job);
    await outsider.counted(before.applicationId);

    const wider = { set: { 'job.parallelism': 4 } };
    const operation = await api.succeed(job, 'hotfix', { ...wider, reason: 'a lag' });
    expect(operation).toMatchObject({ how: 'rescaled', deployment: before.number });
    const after = await api.deployment(job);
    expect(after).toMatchObject({
      number: before.number,
      epoch: before.epoch,
      applicationId: before.applicationId,
      flinkJobId: before.flinkJobId,
      restorePoint: before.restorePoint,
      parallelism: 4,
      hotfix: wider,
      revisions: [{ operation: operation.id, before: { configuration: before.configuration, parallelism: 2 } }],
    });
    expect(await parallelismIn(after.configuration)).toBe('4');
    expect(Math.max(...(await ranAt()))).toBe(4);
    expect(await liveApplicationsOf(job)).toEqual([before.applicationId]);
    await outsider.countedOn(before.applicationId);

    await filled(other, flinkVersion);
    const failed = await api.run(job, 'hotfix', { set: { 'job.parallelism': 8 } });
    expect(failed).toMatchObject({
      outcome: 'failed',
      how: 'rescaled',
      error: { code: 'SlotsMissing', cause: { class: 'slotsMissing' } },
    });
    expect(failed.error?.detail).toContain('4 of 8 slots were missing');
    await endApplicationsOf(other);
    expect(await api.deployment(job)).toMatchObject({ number: before.number, parallelism: 4, hotfix: wider });
    expect(Math.max(...(await ranAt()))).toBe(4);

    expect(await api.succeed(job, 'revertHotfix', {})).toMatchObject({ how: 'rescaled', deployment: before.number });
    expect(Math.max(...(await ranAt()))).toBe(2);
    await api.succeed(job, 'hotfix', wider);
    await outsider.countedOn(before.applicationId);
    await api.succeed(job, 'restart', {});
    const next = await api.deployment(job);
    expect(next).toMatchObject({ number: before.number + 1, parallelism: 4, hotfix: wider });
    expect(Math.max(...(await ranAt()))).toBe(4);
    await outsider.countedOn(next.applicationId);

    // Flink goes back to its newest checkpoint, so lines since then may come again; none is lost.
    const { problems, sentence, records } = await outsider.conclude();
    process.stdout.write(`${sentence} ${JSON.stringify(records?.repeated)}\n`);
    expect(problems).toEqual([]);
  });
});
