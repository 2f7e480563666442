/**
 * Which jobs a sweep asks about their schedule.
 *
 * Seen to fail: with schedules that lack a signature left out.
 */
import { expect, it } from 'vitest';
import { repairSchedules } from '../../../src/activities/watch-cluster/repair-schedules.ts';
import { createFakeSchedules } from '../../fakes/schedules.ts';

const SWEPT_AT = 1_000;
const every = 60_000;

it('asks the new, the strays, the unsigned and the owed, and nobody else', async () => {
  const schedules = createFakeSchedules();
  for (const job of ['settled', 'unsigned', 'stray']) schedules.kept.set(job, { every, cluster: 'yarn-a' });
  schedules.kept.set('elsewhere', { every, cluster: 'yarn-b' });
  schedules.unsigned.add('unsigned').add('elsewhere');
  for (const job of ['unsigned', 'new', 'owed']) schedules.wanted.set(job, { every, cluster: 'yarn-a' });
  const each = async (jobs: readonly string[], { act }: { act: (job: string) => Promise<void> }) => {
    for (const job of jobs) await act(job);
    return { results: [], failed: [] };
  };
  type Watch = Parameters<typeof repairSchedules>[0];
  const watch = { deps: { schedules }, cluster: { name: 'yarn-a' }, complaints: { each } } as unknown as Watch; // what it uses
  const started = { cluster: 'yarn-a', epoch: 1, applicationId: 'application_1_0001' };
  const believed = [
    { job: 'settled', state: 'running' as const, runSince: SWEPT_AT - 1, started },
    { job: 'unsigned', state: 'running' as const, runSince: SWEPT_AT - 1, started },
    { job: 'new', state: 'running' as const, runSince: SWEPT_AT + 1, started },
  ];
  await repairSchedules(watch, believed, { since: SWEPT_AT, owed: ['owed'] });
  expect([...schedules.asked].sort()).toEqual(['new', 'owed', 'stray', 'unsigned']);
  expect([...schedules.kept.keys()].sort()).toEqual(['elsewhere', 'new', 'owed', 'settled', 'unsigned']);
  expect([...schedules.unsigned]).toEqual(['elsewhere']);
});
