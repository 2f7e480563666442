/**
 * An upgrade with state: the new instance counts on exactly where the savepoint of the old one was taken.
 *
 * Seen to fail: with `restorePath: null` in `submitStart` the new instance counts from 0 (17 and 39 repeated). With
 * `endInstance` left out of `takeDown` nothing is submitted at all: the fence says that the old one is not confirmed dead.
 */
import { expect } from 'vitest';
import { Api } from '../api.ts';
import { watch } from '../outside/observer.ts';
import { publish, type Variant } from '../releases.ts';
import { runningStack } from '../stack.ts';

/** @throws AssertionError unless the upgraded job of this name counts on. */
export async function upgradeCountsOn({
  job,
  flinkVersion,
  cluster,
}: {
  readonly job: string;
  readonly flinkVersion: NonNullable<Variant['flinkVersion']>;
  readonly cluster: string;
}): Promise<void> {
  const api = new Api(runningStack());
  const variant: Omit<Variant, 'version'> = {
    job,
    flinkVersion,
    fields: { placement: { cluster }, upgrade: { handover: 'auto' } },
  };
  const [old, next] = await Promise.all([
    publish({ ...variant, version: '1.0.0', program: '1.0.0' }),
    publish({ ...variant, version: '1.1.0', program: '1.1.0' }),
  ]);
  const outsider = await watch(job);
  await api.succeed(job, 'deploy', { release: old });
  const before = await api.deployment(job);
  await outsider.counted(before.applicationId);

  const upgrade = await api.succeed(job, 'deploy', { release: next });
  const after = await api.deployment(job);
  await outsider.counted(after.applicationId);

  expect(upgrade.handover).toEqual({ how: 'warm', reason: null });
  expect(upgrade.savepoint).toContain(`/savepoints/${job}/${upgrade.id}/savepoint-`);
  expect(after).toMatchObject({
    release: next,
    flinkVersion,
    cluster,
    number: before.number + 1,
    epoch: before.epoch + 1,
    operationId: upgrade.id,
    restorePoint: { path: upgrade.savepoint, kind: 'savepoint', taken: 'stop', epoch: before.epoch },
    ended: null,
  });
  expect(after.flinkJobId).not.toBe(before.flinkJobId);
  expect(after.applicationId).not.toBe(before.applicationId);

  const { problems, sentence, records, applications } = await outsider.conclude({ repeats: 'none' });
  const silences = records?.pauses.map(({ milliseconds }) => `${milliseconds} ms`) ?? [];
  process.stdout.write(`${sentence}; nobody wrote for ${silences.join(', ')}\n`);
  expect(problems).toEqual([]);
  const [first, second, ...more] = records?.instances ?? [];
  expect(more).toEqual([]);
  expect(first).toMatchObject({ instance: before.applicationId, version: '1.0.0', restoredFrom: null });
  expect(second).toMatchObject({
    instance: after.applicationId,
    deployment: after.number,
    version: '1.1.0',
    restoredFrom: upgrade.savepoint,
  });
  expect(second?.seqs.from).toBe((first?.seqs.to ?? 0) + 1);
  expect(applications.jobs.find((watched) => watched.job === job)?.mostAtOnce).toBe(1);
}
