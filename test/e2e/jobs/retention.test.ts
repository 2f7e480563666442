/**
 * Periodic savepoints and retention on the real stack, as one life of one job: taken by the schedule, skipped while the job is
 * busy, deleted when nobody needs them; and each point that is kept can be started from.
 */
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobBody, RestorePointItem } from '../../../src/api/contract.ts';
import { scheduleIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { acceptedIn, Api, until } from '../../support/api.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

const stack = runningStack();
const api = new Api(stack);
const job = newJobName('retention');
const SOON_MS = 60_000;
let connection: Connection;
let outsider: Watch;
let periodic: string;

beforeAll(async () => {
  connection = await Connection.connect({ address: stack.temporal.address });
  const savepoints = { every: '5m', keep: { count: 1, maxAge: '1s' } };
  const release = await publish({ job, version: '1.0.0', fields: { savepoints } });
  outsider = await watch(job);
  await api.succeed(job, 'deploy', { release });
});

afterAll(async () => {
  await endApplicationsOf(job);
  await connection.close();
});

const schedule = () => new Client({ connection }).schedule.getHandle(scheduleIdOf(job));
const points = () => api.list<RestorePointItem>(`/jobs/${job}/restore-points?limit=100`);
const isThere = async (path: string) => {
  const { s3 } = stack;
  const key = path.replace(`s3://${s3.bucket}/`, '');
  for await (const entry of bucketOf(stack).list(`${key}/`)) if (entry.kind === 'object') return true;
  return false;
};

test('a periodic savepoint is taken by the schedule, whose next time the job tells', async () => {
  const before = Date.now();
  const { periodicSavepoints } = await api.job(job);
  expect(periodicSavepoints).toMatchObject({ every: 300_000, schedule: `savepoints:${job}` });
  expect(Date.parse(periodicSavepoints?.nextAt ?? '')).toBeGreaterThan(before - 1_000);

  // The schedule skips a degraded job, such as one whose start took minutes.
  await until('a job that is not degraded', SOON_MS, async () => (await api.job(job)).health !== 'degraded' || null);
  await schedule().trigger();
  const taken = await until<OperationRecord>('a periodic savepoint', SOON_MS, async () => {
    const history = await api.list<OperationRecord>(`/jobs/${job}/operations`);
    return history.find(({ kind, endedAt }) => kind === 'savepoint' && endedAt !== null) ?? null;
  });
  expect(taken).toMatchObject({ outcome: 'succeeded', via: 'schedule', actor: 'sluice', reason: 'every 5m' });
  periodic = taken.savepoint ?? '';
  const listed = (await points()).find(({ path }) => path === periodic);
  expect(listed).toMatchObject({ state: 'verified', taken: 'periodic', epoch: 1, format: 'canonical' });
  expect(listed?.bytes).toBeGreaterThan(16);
});

test('while the job is busy it is skipped, and counted rather than noted as a rejection', async () => {
  const { id } = acceptedIn(await api.ask(job, 'restart'));
  await schedule().trigger();
  const { rejections, skippedSavepoints } = await until<JobBody>('a skipped one', SOON_MS, async () => {
    const now = await api.job(job);
    return now.skippedSavepoints.count > 0 ? now : null;
  });
  expect(skippedSavepoints.last?.code).toBe('OperationInProgress');
  expect(rejections.last).toEqual([]);
  expect(await api.ended(job, id)).toMatchObject({ outcome: 'succeeded' });
});

test('what nobody needs goes after an operation, and what a rollback may need stays', async () => {
  const restart = (await api.list<OperationRecord>(`/jobs/${job}/operations`)).find(({ kind }) => kind === 'restart');
  const first = await api.succeed(job, 'savepoint');
  await until('the first to be older than a second', SOON_MS, async () => {
    const found = (await points()).find(({ path }) => path === first.savepoint);
    return found && Date.now() - Date.parse(found.completedAt ?? '') > 2_500 ? found : null;
  });
  const second = await api.succeed(job, 'savepoint');
  expect(second).toMatchObject({ deleted: null, warnings: [] });
  const deleted = await until<string[]>('the record of what went', SOON_MS, async () => {
    const history = await api.list<OperationRecord>(`/jobs/${job}/operations`);
    const paths = history.flatMap((record) => (record.kind === 'retention' ? (record.deleted?.paths ?? []) : []));
    return paths.includes(first.savepoint ?? '') ? paths : null;
  });
  expect(deleted).toContain(periodic);
  const there = await Promise.all(
    [periodic, first.savepoint, restart?.savepoint, second.savepoint].map((path) => isThere(path ?? '')),
  );
  expect(there).toEqual([false, false, true, true]);
});

test('each point that is kept can be started from', async () => {
  // From now on nothing that is listed goes any more.
  const release = await publish({ job, version: '1.1.0', fields: { savepoints: { keep: { count: 100 } } } });
  await api.succeed(job, 'deploy', { release });
  await api.succeed(job, 'stop');
  await expect(schedule().describe()).rejects.toThrow(/not found/i);
  const kept = (await points()).filter(({ kind, state }) => kind === 'savepoint' && state === 'verified').toReversed();
  expect(kept.length).toBeGreaterThanOrEqual(2);
  for (const { path } of kept) {
    // Each but the newest leaves out what the stop has saved.
    await api.succeed(job, 'resume', { from: path, discardNewerState: true });
    const { applicationId } = await api.deployment(job);
    expect((await outsider.counted(applicationId)).restoredFrom).toBe(path);
    await api.succeed(job, 'kill');
  }
});
