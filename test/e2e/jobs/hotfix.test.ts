/**
 * The life of a hotfix: a job dies for lack of memory and is given more, a bad one takes itself back, all go again.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InstanceExceptions } from '../../../src/api/instance-contract.ts';
import type { ConfigEntry } from '../../../src/domain/deployment/effective-config.ts';
import { textKey } from '../../../src/domain/identity/storage-keys.ts';
import { Api, until } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { deploymentFileOf, publish } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('hotfix');
let outsider: Watch;
let folder: string;
/** While this file exists, the program needs 450 MiB of heap: more than 896m of a TaskManager leave, less than 1600m do. */
let hungry: string;
let args: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-hotfix-'));
  hungry = join(folder, 'hungry');
  args = ['--hold-mib', '450', '--faults-while', hungry];
  const release = await publish({ job, version: '1.0.0', args, fields: { upgrade: { handover: 'auto' } } });
  outsider = await watch(job);
  await api.succeed(job, 'deploy', { release });
  await outsider.counted((await api.deployment(job)).applicationId);
});

afterAll(async () => {
  await endApplicationsOf(job);
  await rm(folder, { recursive: true, force: true });
});

const taskManagerMemory = async (): Promise<string | undefined> => {
  const text = await bucketOf(runningStack()).get(textKey((await api.job(job)).configuration ?? ''));
  const entries = JSON.parse(text?.body ?? '[]') as ConfigEntry[]; // as Sluice keeps it
  const entry = entries.find(({ key }) => key === 'taskmanager.memory.process.size');
  return entry && `${entry.value} (${entry.origin})`;
};

test('a job that dies for lack of memory, again and again, is given more and counts on from its newest checkpoint', async () => {
  const sick = await api.deployment(job);
  await writeFile(hungry, '');
  await until('the job to run out of memory', 60_000, async () => {
    const found = await api.list<InstanceExceptions>(`/jobs/${job}/exceptions`);
    return found.some(({ exceptions }) => exceptions.some(({ stack }) => stack.includes('OutOfMemoryError'))) || null;
  });
  const set = { 'taskManager.memory': '1600m' };
  const refused = await api.run(job, 'hotfix', { set });
  // Flink itself refuses the savepoint when it is asked between two crashes.
  expect(['NotRunningNow', 'SavepointFailed']).toContain(refused.error?.code);
  expect(refused.error?.hint).toContain('--stop-with checkpoint');
  expect(await liveApplicationsOf(job)).toEqual([sick.applicationId]);

  const operation = await api.succeed(job, 'hotfix', { set, stopWith: 'checkpoint', reason: 'out of memory' });
  const view = await api.job(job);
  expect(view).toMatchObject({
    state: 'running',
    sync: 'hotfixed',
    deployment: { release: sick.release, restorePoint: { kind: 'checkpoint', deployment: sick.number } },
    hotfix: { set, actor: 'admin', reason: 'out of memory', operationId: operation.id },
  });
  expect(view.hotfix?.declared).toEqual({ 'taskManager.memory': '896m' });
  expect(await taskManagerMemory()).toBe('1600m (hotfix)');
  await outsider.countedOn(view.deployment?.applicationId ?? '');
  expect((await outsider.conclude()).problems).toEqual([]);
});

test('a bad hotfix takes itself back: the old values run again, and no count is lost or repeated', async () => {
  outsider = await watch(job);
  const before = await api.deployment(job);
  await outsider.counted(before.applicationId);
  const written = deploymentFileOf({ job, version: '1.0.0', args })['job'] as { args: readonly string[] };
  const operation = await api.run(job, 'hotfix', {
    set: { 'job.args': [...written.args, '--fail-on-start', 'true'] },
    reason: 'a slip',
  });
  expect(operation).toMatchObject({ outcome: 'rolledBack', error: { code: 'StartFailed' } });
  const after = await api.deployment(job);
  expect(after).toMatchObject({ number: before.number + 2, hotfix: before.hotfix });
  expect(await taskManagerMemory()).toBe('1600m (hotfix)');
  await outsider.counted(after.applicationId);
  const { problems, records } = await outsider.conclude({ repeats: 'none' });
  expect(problems).toEqual([]);
  const [first, second] = records?.instances ?? [];
  expect(second?.seqs.from).toBe((first?.seqs.to ?? 0) + 1);
});

test('revertHotfix runs what the deployment file says again', async () => {
  await rm(hungry);
  outsider = await watch(job);
  await api.succeed(job, 'revertHotfix', { reason: 'mended' });
  expect(await api.job(job)).toMatchObject({ state: 'running', sync: 'inSync', hotfix: null });
  expect(await taskManagerMemory()).toBe('896m (deployment file)');
  await outsider.counted((await api.deployment(job)).applicationId);
  expect((await outsider.conclude({ repeats: 'none' })).problems).toEqual([]);
});
