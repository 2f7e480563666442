/**
 * Deleting restore points: what goes, in which order, and when nothing may go.
 *
 * Seen to fail: with `_metadata` deleted last, half a savepoint looked whole; without the look at the fence, a job whose epoch
 * somebody else had taken lost points; with single checkpoints as units, shared files outlived their directory.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTidyRestorePoints } from '../../../src/activities/restore-points/tidy-restore-points.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import type { RestorePoint } from '../../../src/domain/restore-points/restore-point.ts';
import { emptyFence } from '../../../src/domain/lock/fence.ts';
import {
  checkpointsPrefix,
  deploymentKey,
  fenceKey,
  savepointsPrefix,
} from '../../../src/domain/identity/storage-keys.ts';
import { deployment } from '../../support/deployment.ts';
import { createWorld, type World } from '../../world/world.ts';

const JOB = 'clicks-dev';
const DAY = 86_400_000;
let world: World;
beforeEach(async () => void (world = await createWorld()));
afterEach(() => world.close());

const idOf = (epoch: number): string => String(epoch).repeat(32);
const savepointFolder = (epoch: number, id: number) =>
  `${savepointsPrefix(JOB)}op-${id}/savepoint-${idOf(epoch).slice(0, 6)}-${id}`;
const checkpointFolder = (epoch: number, id: number) => `${checkpointsPrefix(JOB)}${idOf(epoch)}/chk-${id}`;

/** A snapshot of sixteen bytes of `_metadata` and four of state. */
async function snapshot(folder: string, checkpointId: number): Promise<void> {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x4960672d, 0);
  head.writeBigInt64BE(BigInt(checkpointId), 8);
  await world.s3.put(`${folder}/_metadata`, head);
  await world.s3.put(`${folder}/part`, 'part');
}

/** Somewhere after all that the deployment before has written. */
const startedFrom = (epoch: number): RestorePoint => ({
  path: 's3://elsewhere/savepoint',
  kind: 'savepoint',
  taken: 'stop',
  epoch,
  checkpointId: 100,
  completedAt: null,
  deployment: epoch,
  flinkVersion: null,
  format: null,
  stateBackend: null,
  maxParallelism: null,
});

const started = (epoch: number, change: Partial<Deployment> = {}): Deployment => ({
  ...deployment,
  job: JOB,
  number: epoch,
  epoch,
  flinkJobId: idOf(epoch),
  runningAt: 'then',
  verifiedAt: 'then',
  completedCheckpoint: 1,
  restorePoint: epoch === 1 ? null : startedFrom(epoch - 1),
  ended: { at: 'then', how: 'stopped', savepoint: null },
  savepoints: { every: null, keep: { count: 1, maxAge: DAY } },
  ...change,
});
const current = started(3, { ended: null });

/** Three deployments of one release; three savepoints of the first, of which two are too many. */
async function life(): Promise<void> {
  for (const one of [started(1), started(2), current])
    await world.s3.put(deploymentKey(JOB, one.number), JSON.stringify(one));
  await world.s3.put(fenceKey(JOB), JSON.stringify({ ...emptyFence(JOB), epoch: 3 }));
  for (const id of [1, 2, 3]) await snapshot(savepointFolder(1, id), id);
  await snapshot(checkpointFolder(1, 4), 4);
  await snapshot(checkpointFolder(1, 5), 5);
  await world.s3.put(`${checkpointsPrefix(JOB)}${idOf(1)}/shared/sst`, 'shared!');
  await snapshot(checkpointFolder(3, 9), 9);
  world.s3.age(savepointsPrefix(JOB), 2 * DAY);
  world.s3.age(checkpointsPrefix(JOB), 2 * DAY);
}

const tidy = (deps = world.dependencies, change: { current?: Deployment; knownEpoch?: number } = {}) =>
  createTidyRestorePoints(deps).tidyRestorePoints({ current, previous: started(2), knownEpoch: 3, ...change });
const folders = () => [
  ...new Set(
    [...world.keys(savepointsPrefix(JOB)), ...world.keys(checkpointsPrefix(JOB))].map((key) =>
      key.slice(0, key.lastIndexOf('/')),
    ),
  ),
];

describe('what goes', () => {
  it('old savepoints beyond the count, and the directory of an ended instance as a whole; it is told how much', async () => {
    await life();
    expect(await tidy()).toEqual({ points: 3, bytes: 20 + 20 + 20 + 20 + 7, left: 0, problem: null });
    expect(folders()).toEqual([savepointFolder(1, 3), checkpointFolder(3, 9)]);
    expect(await tidy()).toEqual({ points: 0, bytes: 0, left: 0, problem: null });
  });

  it('nothing while all is young, for a deployment without rules, or of what is no restore point', async () => {
    await life();
    await world.s3.put(`${savepointsPrefix(JOB)}notes/readme`, 'mine');
    world.s3.age(`${savepointsPrefix(JOB)}notes`, 90 * DAY);
    const all = folders();
    const keep = { count: 1, maxAge: 3 * DAY };
    expect(
      (await tidy(world.dependencies, { current: { ...current, savepoints: { every: null, keep } } })).points,
    ).toBe(0);
    expect((await tidy(world.dependencies, { current: { ...current, savepoints: null } })).points).toBe(0);
    expect(folders()).toEqual(all);
    await tidy();
    expect(world.keys(`${savepointsPrefix(JOB)}notes`)).toHaveLength(1);
  });
});

describe('an interruption', () => {
  /** Deletes so many batches, then S3 is away. */
  const failingAfter = (batches: number) => {
    let done = 0;
    const removeAll = async (keys: readonly string[]): Promise<void> => {
      if (done >= batches) throw new SluiceError('StorageUnavailable', 'S3 is away');
      done += 1;
      await world.s3.removeAll(keys);
    };
    return { ...world.dependencies, s3: { ...world.s3, removeAll } };
  };

  it('leaves a point that looks broken, never whole, and the next time goes on', async () => {
    await life();
    expect(await tidy(failingAfter(1))).toMatchObject({
      points: 0,
      problem: expect.stringContaining('S3 is away') as string,
    });
    const half = folders().filter(
      (folder) => world.keys(`${folder}/_metadata`).length === 0 && !folder.endsWith('/shared'),
    );
    expect(half.length).toBeGreaterThan(0);
    expect(await tidy()).toMatchObject({ points: 3, problem: null });
    expect(folders()).toEqual([savepointFolder(1, 3), checkpointFolder(3, 9)]);
  });

  it('by somebody else who took an epoch: nothing is deleted', async () => {
    await life();
    const all = folders();
    await world.s3.put(fenceKey(JOB), JSON.stringify({ ...emptyFence(JOB), epoch: 4 }));
    expect(await tidy()).toMatchObject({ points: 0, problem: expect.stringContaining('epoch 4') as string });
    expect(folders()).toEqual(all);
  });

  it('by S3, before anything is known: nothing is deleted, and nothing thrown', async () => {
    await life();
    world.s3.failNext();
    expect(await tidy()).toMatchObject({ points: 0, problem: expect.stringContaining('ECONNREFUSED') as string });
  });
});

describe('the checkpoints of the instance before', () => {
  it('stay while the current one has completed none', async () => {
    await life();
    const unproven = { ...current, completedCheckpoint: null };
    await world.s3.put(deploymentKey(JOB, 2), JSON.stringify(started(2, { completedCheckpoint: null })));
    await tidy(world.dependencies, { current: unproven });
    expect(folders()).toContain(checkpointFolder(1, 5));
  });
});
