/**
 * A deploy whose savepoint fails changes nothing: the same instance runs on, and the operation says why it failed.
 *
 * Seen to fail: when `stopWithSavepoint` returns where it throws, the deploy goes on and another application runs.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CauseClass } from '../../../src/domain/errors/causes.ts';
import { Api, withoutMark } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { diskPathOf, newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('savepoint');
let releases: { readonly old: string; readonly next: string };
let outsider: Watch;
let folder: string;
/** While this file exists, every snapshot of the program throws. */
let faults: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-faults-'));
  faults = join(folder, 'on');
  const args = ['--snapshot-fails-after-ms', '0', '--faults-while', faults];
  releases = {
    old: await publish({ job, version: '1.0.0', args }),
    next: await publish({ job, version: '1.1.0', program: '1.1.0', args }),
  };
  outsider = await watch(job);
  await api.succeed(job, 'deploy', { release: releases.old });
});

afterAll(async () => {
  await endApplicationsOf(job);
  await rm(folder, { recursive: true, force: true });
});

/** @returns why, as the operation says. */
async function deployFailsAndTheSameInstanceStays(is: CauseClass): Promise<string> {
  const before = await api.deployment(job);
  const { outcome, error, savepoint } = await api.run(job, 'deploy', { release: releases.next });
  expect({ outcome, code: error?.code, savepoint }).toEqual({
    outcome: 'failed',
    code: 'SavepointFailed',
    savepoint: null,
  });
  expect(error?.cause?.class).toBe(is);
  expect(error?.runsNow).toMatch(new RegExp(`${before.applicationId} .* runs on$`));
  expect(error?.detail).toContain(`application ${before.applicationId} of deployment ${before.number} runs on`);
  expect(await api.job(job)).toMatchObject({ state: 'running', deployment: withoutMark(before), operation: null });
  expect(await liveApplicationsOf(job)).toEqual([before.applicationId]);
  return error?.detail ?? '';
}

test('into a target that cannot be written, the savepoint fails and the same instance counts on', async () => {
  // Where MinIO wants a folder is a file: it denies every PUT below this prefix, as a policy of S3 would.
  const target = diskPathOf(runningStack(), `savepoints/${job}`);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, 'not a folder');
  try {
    expect(await deployFailsAndTheSameInstanceStays('storageNotWritable')).toContain('Access Denied');
  } finally {
    await rm(target);
  }
  const { restarts } = await outsider.countedOn((await api.deployment(job)).applicationId);
  expect(restarts).toBe(0);
  expect((await outsider.report())?.repeated.count).toBe(0);
});

test('when the program fails its snapshot, the same instance counts on', async () => {
  await writeFile(faults, '');
  try {
    // Checkpoints fail as well, so which of the two makes Flink restart the job in its application is a matter of luck.
    await deployFailsAndTheSameInstanceStays('checkpointDeclined');
  } finally {
    await rm(faults, { force: true });
  }
  await outsider.countedOn((await api.deployment(job)).applicationId);
});

test('once savepoints succeed again, so does the deploy, with nothing lost', async () => {
  const deploy = await api.succeed(job, 'deploy', { release: releases.next });
  const { applicationId, restorePoint } = await api.deployment(job);
  expect(restorePoint?.path).toBe(deploy.savepoint);
  await outsider.counted(applicationId);
  // Flink may have restarted the job inside its application when the snapshot failed: then records are written again.
  expect((await outsider.conclude({ repeats: 'explained' })).problems).toEqual([]);
});
