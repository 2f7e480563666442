/**
 * People change their minds: cancel in each phase of a deploy, kill by force, go back, restart; and read what an instance
 * that did not come up has left behind. Judged by YARN and the job's own records.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InstanceExceptions, LogItem } from '../../../src/api/instance-contract.ts';
import type { Phase } from '../../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { acceptedIn, Api, until } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { sluice } from '../../support/commands.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('people');
const releases = { good: '', slowToOpen: '', slowToSnapshot: '', throwing: '' };
let outsider: Watch;
let folder: string;
/** While this file exists, each snapshot of the program takes long. */
let slow: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-slow-'));
  slow = join(folder, 'on');
  const delayed = ['--snapshot-delay-ms', '6000', '--faults-while', slow];
  releases.good = await publish({ job, version: '1.0.0', args: delayed });
  releases.slowToOpen = await publish({ job, version: '1.1.0', program: '1.1.0', args: ['--slow-open-ms', '60000'] });
  releases.slowToSnapshot = await publish({
    job,
    version: '1.2.0',
    program: '1.1.0',
    args: ['--snapshot-delay-ms', '60000'],
  });
  releases.throwing = await publish({ job, version: '1.3.0', program: '1.1.0', args: ['--fail-on-start', 'true'] });
  outsider = await watch(job);
  await api.succeed(job, 'deploy', { release: releases.good });
  await outsider.counted((await api.deployment(job)).applicationId);
});

afterAll(async () => {
  await endApplicationsOf(job);
  await rm(folder, { recursive: true, force: true });
});

async function deployUntil(release: string, phase: Phase): Promise<string> {
  const { id } = acceptedIn(await api.ask(job, 'deploy', { release }));
  await until(`phase ${phase}`, 120_000, async () => {
    const operation = await api.operation(job, id);
    if (operation?.endedAt != null) throw new Error(`the deploy ended before ${phase}: ${JSON.stringify(operation)}`);
    return operation?.phases.some(({ name }) => name === phase) === true ? true : null;
  });
  return id;
}

async function cancelled(id: string): Promise<OperationRecord> {
  const { code, stderr } = await sluice('cancel', job, '--reason', 'changed our minds');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const operation = await api.ended(job, id);
  expect(operation).toMatchObject({
    outcome: 'cancelled',
    interruption: { how: 'cancelled', actor: 'admin', reason: 'changed our minds' },
  });
  return operation;
}

async function onlyTheCurrentLives(): Promise<string> {
  const { applicationId } = await api.deployment(job);
  expect(await liveApplicationsOf(job)).toEqual([applicationId]);
  await outsider.countedOn(applicationId);
  return applicationId;
}

test('a deploy that is cancelled at once leaves the same instance running, which never noticed', async () => {
  const before = await api.deployment(job);
  // The first phases take tenths of a second: a cancel that comes after them is another story, told below.
  for (let turn = 1; ; turn += 1) {
    const { id } = acceptedIn(await api.ask(job, 'deploy', { release: releases.good, reason: `turn ${turn}` }));
    await api.send('POST', `/jobs/${job}/operations/${id}/cancel`);
    const operation = await api.ended(job, id);
    const late = operation.phases.some(({ name }) => name === 'savepointing');
    if (late && turn < 5) {
      if ((await api.job(job)).state === 'stopped') await api.succeed(job, 'resume');
      continue;
    }
    expect(operation).toMatchObject({ outcome: 'cancelled', savepoint: null });
    if (turn === 1) expect((await api.deployment(job)).applicationId).toBe(before.applicationId);
    break;
  }
  await onlyTheCurrentLives();
});

test('cancelled while the savepoint is taken, the stop is awaited and the one before counts on from it', async () => {
  await writeFile(slow, '');
  const id = await deployUntil(releases.slowToOpen, 'savepointing');
  await api.send('POST', `/jobs/${job}/operations/${id}/cancel`);
  await rm(slow);
  const operation = await api.ended(job, id);
  expect(operation).toMatchObject({ outcome: 'cancelled', interruption: { how: 'cancelled' } });
  expect(operation.savepoint).not.toBeNull();
  const { release: runs, restorePoint } = await api.deployment(job);
  expect({ runs, from: restorePoint?.path }).toEqual({ runs: releases.good, from: operation.savepoint });
  await onlyTheCurrentLives();
});

test.each([
  ['starting', 'slowToOpen'],
  ['verifying', 'slowToSnapshot'],
] as const)('cancelled while %s, the new instance ends and the one before counts on', async (phase, release) => {
  const id = await deployUntil(releases[release], phase);
  const operation = await cancelled(id);
  const { release: runs, restorePoint } = await api.deployment(job);
  expect({ runs, from: restorePoint?.path }).toEqual({ runs: releases.good, from: operation.savepoint });
  await onlyTheCurrentLives();
});

test('until here nothing was lost, and only what cancelled instances had done was done again', async () => {
  expect((await outsider.conclude({ repeats: 'explained' })).problems).toEqual([]);
  outsider = await watch(job);
});

test.each([
  ['savepointing', 'good'],
  ['starting', 'slowToOpen'],
] as const)('a kill by force while %s takes the place of the deploy; resume loses nothing', async (phase, release) => {
  if (phase === 'savepointing') await writeFile(slow, '');
  const id = await deployUntil(releases[release], phase);
  const { code } = await sluice('kill', job, '--force', '--yes');
  await rm(slow, { force: true });
  expect(code).toBe(0);
  const deploy = await api.ended(job, id);
  expect(deploy).toMatchObject({ outcome: 'superseded', interruption: { how: 'superseded', actor: 'admin' } });
  expect(await liveApplicationsOf(job)).toEqual([]);
  expect((await api.job(job)).state).toBe('stopped');
  await api.succeed(job, 'deploy', { release: releases.good });
  await onlyTheCurrentLives();
});

test('restart runs the same again; with a checkpoint it needs no savepoint', async () => {
  const before = await api.deployment(job);
  const restart = await api.succeed(job, 'restart');
  const after = await api.deployment(job);
  expect(after).toMatchObject({ release: before.release, restorePoint: { path: restart.savepoint } });
  const sick = await api.succeed(job, 'restart', { stopWith: 'checkpoint' });
  expect(sick.savepoint).toBeNull();
  expect((await api.deployment(job)).restorePoint).toMatchObject({ kind: 'checkpoint', taken: 'retained' });
  await onlyTheCurrentLives();
});

test('rollback goes back to what ran before, with the newest state', async () => {
  const other = await publish({ job, version: '2.0.0', program: '1.1.0' });
  await api.succeed(job, 'deploy', { release: other });
  await onlyTheCurrentLives();
  const rollback = await api.succeed(job, 'rollback');
  const { release, restorePoint } = await api.deployment(job);
  expect({ release, from: restorePoint?.path }).toEqual({ release: releases.good, from: rollback.savepoint });
  await onlyTheCurrentLives();
  expect((await outsider.conclude({ repeats: 'explained' })).problems).toEqual([]);
});

test('what an instance that did not come up wrote can be read, and so can what the running one writes', async () => {
  const { id, outcome } = await api.run(job, 'deploy', { release: releases.throwing });
  expect(outcome).toBe('rolledBack');
  const saved = await api.list<LogItem>(`/jobs/${job}/logs?operation=${id}`);
  expect(saved.filter(({ live }) => !live).map(({ file }) => file)).toContain('jobmanager.log');
  const failed = saved.find(({ live }) => !live)!.application;
  const log = await sluice('logs', job, '--operation', id, '--application', failed);
  expect(log.code).toBe(0);
  expect(log.stdout).toContain('clicks fails on start');
  const exceptions = await api.list<InstanceExceptions>(`/jobs/${job}/exceptions?operation=${id}`);
  expect(exceptions.every(({ problem }) => problem === null)).toBe(true);

  const { applicationId } = await api.deployment(job);
  const live = await sluice('logs', job);
  expect(live.stderr).toContain(`of ${applicationId}`);
  expect(live.stdout).toContain('checkpoint');
  // The audit log is what it was: evidence beside it is no record.
  const history = await api.list<OperationRecord>(`/jobs/${job}/operations?limit=200`);
  expect(new Set(history.map((operation) => operation.id)).size).toBe(history.length);
});
