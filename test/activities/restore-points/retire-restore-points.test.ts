/**
 * Deleting restore points: what goes, in which order, in how many turns, and when nothing may go.
 *
 * Seen to fail: with `_metadata` deleted last, half a savepoint looked whole; without the look at the fence, a job whose epoch
 * somebody else had taken lost points; with single checkpoints as units, shared files outlived their directory; with the last
 * 200 records, 600 deployments kept their directories for ever, and the target of a rollback was forgotten; with the record
 * written last of all, points that an interrupted turn had deleted were in no record.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRestorePoints } from '../../../src/activities/restore-points/restore-points.ts';
import {
  createRetireRestorePoints,
  type RetentionTurn,
} from '../../../src/activities/restore-points/retire-restore-points.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import type { RestorePoint } from '../../../src/domain/restore-points/restore-point.ts';
import { emptyFence } from '../../../src/domain/lock/fence.ts';
import {
  auditPrefix,
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

interface Change {
  readonly current?: Deployment;
  readonly previous?: Deployment;
  readonly knownEpoch?: number;
}

const turn = (deps: typeof world.dependencies, change: Change, cursor: string | null): Promise<RetentionTurn> =>
  createRetireRestorePoints(deps).retireRestorePoints({
    current,
    previous: started(2),
    knownEpoch: 3,
    operationId: 'op-9',
    ...change,
    cursor,
  });

/** Takes turns until the end, or until one tells a problem. */
async function retire(
  deps = world.dependencies,
  change: Change = {},
): Promise<{ turns: number; problem: string | null }> {
  let cursor: string | null = null;
  for (let turns = 1; ; turns += 1) {
    const { problem, isDone, ...next } = await turn(deps, change, cursor);
    if (isDone || problem !== null) return { turns, problem };
    cursor = next.cursor;
  }
}

const records = (): OperationRecord[] => world.keys(auditPrefix(JOB)).map((key) => world.json(key) as OperationRecord); // Sluice wrote it
const paths = () => records().flatMap(({ deleted }) => deleted?.paths ?? []);
const path = (folder: string) => `s3://${world.s3.bucket}/${folder}`;
const folders = () => [
  ...new Set(
    [...world.keys(savepointsPrefix(JOB)), ...world.keys(checkpointsPrefix(JOB))].map((key) =>
      key.slice(0, key.lastIndexOf('/')),
    ),
  ),
];

describe('what goes', () => {
  it('old savepoints beyond the count, and the directory of an ended instance as a whole; the record names each', async () => {
    await life();
    expect(await retire()).toEqual({ turns: 1, problem: null });
    expect(folders()).toEqual([savepointFolder(1, 3), checkpointFolder(3, 9)]);
    const gone = [`${checkpointsPrefix(JOB)}${idOf(1)}`, savepointFolder(1, 1), savepointFolder(1, 2)].map(path);
    expect(records()).toMatchObject([
      {
        kind: 'retention',
        actor: 'sluice',
        request: { after: 'op-9' },
        deleted: { points: 3, bytes: 87, paths: gone },
      },
    ]);
    expect(world.json(fenceKey(JOB))).toMatchObject({ retiring: null });
    expect(await retire()).toEqual({ turns: 1, problem: null });
    expect(records()).toHaveLength(1);
  });

  it('nothing while all is young, for a deployment without rules, or of what is no restore point', async () => {
    await life();
    await world.s3.put(`${savepointsPrefix(JOB)}notes/readme`, 'mine');
    world.s3.age(`${savepointsPrefix(JOB)}notes`, 90 * DAY);
    const all = folders();
    const keep = { count: 1, maxAge: 3 * DAY };
    await retire(world.dependencies, { current: { ...current, savepoints: { every: null, keep } } });
    await retire(world.dependencies, { current: { ...current, savepoints: null } });
    expect(folders()).toEqual(all);
    await retire();
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

  it('leaves points that look broken, never whole, and the next turn goes on', async () => {
    await life();
    expect((await retire(failingAfter(2))).problem).toContain('S3 is away');
    const half = folders().filter(
      (folder) => world.keys(`${folder}/_metadata`).length === 0 && !folder.endsWith('/shared'),
    );
    expect(half.length).toBeGreaterThan(0);
    expect(await retire()).toMatchObject({ problem: null });
    expect(folders()).toEqual([savepointFolder(1, 3), checkpointFolder(3, 9)]);
    expect(paths()).toHaveLength(3);
  });

  it('never leaves a deleted point without a record', async () => {
    await life();
    const putIfAbsent = () => Promise.reject(new SluiceError('StorageUnavailable', 'S3 is away'));
    expect((await retire({ ...world.dependencies, s3: { ...world.s3, putIfAbsent } })).problem).toContain('away');
    expect(folders()).toEqual([savepointFolder(1, 3), checkpointFolder(3, 9)]);
    expect(records()).toEqual([]);
    // Another Sluice, or a worker that knows nothing of that turn.
    await retire();
    expect(paths()).toHaveLength(3);
  });

  it('by somebody else who took an epoch: nothing is deleted but what was condemned before', async () => {
    await life();
    const all = folders();
    const location = `${world.s3.bucket}/${savepointFolder(1, 1)}`;
    await world.s3.put(fenceKey(JOB), JSON.stringify({ ...emptyFence(JOB), epoch: 4 }));
    expect((await retire()).problem).toContain('epoch 4');
    expect(folders()).toEqual(all);
    const retiring = { at: new Date().toISOString(), operationId: 'op-8', locations: [location], bytes: 0 };
    await world.s3.put(fenceKey(JOB), JSON.stringify({ ...emptyFence(JOB), epoch: 4, retiring }));
    expect((await retire()).problem).toContain('epoch 4');
    expect(paths()).toEqual([path(savepointFolder(1, 1))]);
  });

  it('by S3, before anything is known: nothing is deleted, and nothing thrown', async () => {
    await life();
    world.s3.failNext();
    expect((await retire()).problem).toContain('ECONNREFUSED');
  });

  it('by a record that cannot be read: nothing is deleted, because it may need any point', async () => {
    await life();
    const all = folders();
    await world.s3.put(deploymentKey(JOB, 2), '{}');
    expect((await retire()).problem).toContain('00000002.json');
    expect(folders()).toEqual(all);
  });

  it('by a fence that condemns what is no restore point of the job: nothing is deleted', async () => {
    await life();
    const all = folders();
    const retiring = {
      at: 'then',
      operationId: 'op-8',
      locations: [`${world.s3.bucket}/checkpoints/other/x`],
      bytes: 0,
    };
    await world.s3.put(fenceKey(JOB), JSON.stringify({ ...emptyFence(JOB), epoch: 3, retiring }));
    expect((await retire()).problem).toContain('no restore point of it');
    expect(folders()).toEqual(all);
  });
});

it('two Sluices delete at once, and each point is in one record', async () => {
  await life();
  await Promise.all([retire(), retire()]);
  await retire();
  expect(folders()).toEqual([savepointFolder(1, 3), checkpointFolder(3, 9)]);
  expect(paths().toSorted()).toEqual([...new Set(paths())].toSorted());
  expect(paths()).toHaveLength(3);
});

describe('the checkpoints of the instance before', () => {
  it('stay while the current one has completed none', async () => {
    await life();
    const unproven = { ...current, completedCheckpoint: null };
    await world.s3.put(deploymentKey(JOB, 2), JSON.stringify(started(2, { completedCheckpoint: null })));
    await retire(world.dependencies, { current: unproven });
    expect(folders()).toContain(checkpointFolder(1, 5));
  });
});

describe('a point from which a person started an application by hand', () => {
  const adopted = { name: 'clicks', user: 'ads', checkpoints: 's3://elsewhere/clicks' };
  const origin = (folder: string | null) =>
    started(2, { adopted, restorePoint: folder === null ? null : { ...startedFrom(1), path: path(folder) } });

  it('stays for ever, because the application may own its files', async () => {
    await life();
    await world.s3.put(deploymentKey(JOB, 2), JSON.stringify(origin(checkpointFolder(1, 5))));
    await retire();
    expect(folders()).toContain(`${checkpointsPrefix(JOB)}${idOf(1)}/shared`);
    expect(folders()).not.toContain(savepointFolder(1, 1));
  });

  it('stays with all that is older, when it is not known which one it was', async () => {
    await life();
    const all = folders();
    await world.s3.put(deploymentKey(JOB, 2), JSON.stringify(origin(null)));
    await retire();
    expect(folders()).toEqual(all);
    await world.s3.put(deploymentKey(JOB, 2), JSON.stringify(origin(`elsewhere/${idOf(2)}/chk-7`)));
    await retire();
    expect(folders()).toEqual(all);
  });
});

describe('at scale', () => {
  /** Each has its own Flink job id and a directory with one checkpoint. */
  const idAt = (number: number) => number.toString(16).padStart(6, '0').repeat(6).slice(0, 32);
  const directory = (number: number) => `${checkpointsPrefix(JOB)}${idAt(number)}`;
  const at = (number: number, change: Partial<Deployment> = {}) =>
    started(number, { flinkJobId: idAt(number), ...change });
  async function deployments(most: number, change: (number: number) => Partial<Deployment> = () => ({})) {
    for (let number = 1; number <= most; number += 1) {
      await world.s3.put(deploymentKey(JOB, number), JSON.stringify(at(number, change(number))));
      await snapshot(`${directory(number)}/chk-${number}`, number);
    }
    await world.s3.put(fenceKey(JOB), JSON.stringify({ ...emptyFence(JOB), epoch: most }));
    world.s3.age(checkpointsPrefix(JOB), 2 * DAY);
    const keep = { count: 1, maxAge: DAY };
    const last = at(most, { ...change(most), ended: null, savepoints: { every: null, keep } });
    return { current: last, previous: at(most - 1, change(most - 1)), knownEpoch: most };
  }
  const kept = () => new Set(world.keys(checkpointsPrefix(JOB)).map((key) => key.split('/')[2]));

  it('six hundred old deployments are all retired, and none is recorded twice', async () => {
    const change = await deployments(600);
    expect(await retire(world.dependencies, change)).toMatchObject({ problem: null });
    // The current one, the one before, and the newest of the count.
    expect(kept()).toEqual(new Set([idAt(600), idAt(599)]));
    expect(new Set(paths()).size).toBe(598);
    expect(records().every(({ deleted }) => (deleted?.points ?? 0) <= 20)).toBe(true);
  });

  it('the target of a rollback keeps its points, however many deployments came since', async () => {
    const change = await deployments(400, (number) => (number === 7 ? { release: 'clicks/0.9.0' } : {}));
    await retire(world.dependencies, change);
    expect(kept()).toEqual(new Set([idAt(400), idAt(399), idAt(7)]));
  });

  it('a thousand units that stay for ever hide nothing that may go', async () => {
    const change = await deployments(5);
    // Their writers are unknown. They come first in each listing.
    for (let one = 0; one < 1_000; one += 1)
      await snapshot(`${checkpointsPrefix(JOB)}${'0'.repeat(27)}${one + 10_000}/chk-1`, 1);
    world.s3.age(`${checkpointsPrefix(JOB)}00`, 2 * DAY);
    await retire(world.dependencies, change);
    expect(kept().size).toBe(1_002);
  });

  it('each turn goes on where the one before stopped', async () => {
    const change = await deployments(100);
    const stops: (string | null)[] = [];
    let cursor: string | null = null;
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    try {
      const removeAll = async (keys: readonly string[]): Promise<void> => {
        vi.setSystemTime(Date.now() + 60_000);
        await world.s3.removeAll(keys);
      };
      const slow = { ...world.dependencies, s3: { ...world.s3, removeAll } };
      for (let done = false; !done;) {
        const { isDone, ...next } = await turn(slow, change, cursor);
        stops.push(next.cursor);
        [done, cursor] = [isDone, next.cursor];
      }
    } finally {
      vi.useRealTimers();
    }
    expect(stops.length).toBeGreaterThanOrEqual(5);
    expect(stops.slice(0, -1)).toEqual([...stops.slice(0, -1)].sort());
    expect(kept()).toEqual(new Set([idAt(100), idAt(99)]));
  });

  it('three hundred thousand shared files cost no request until they are deleted, then page by page', async () => {
    await life();
    const shared = `${checkpointsPrefix(JOB)}${idOf(1)}/shared/`;
    const object = world.s3.objects.get(`${checkpointFolder(1, 4)}/part`)!;
    for (let file = 0; file < 300_000; file += 1) world.s3.objects.set(`${shared}${file}`, object);
    const before = world.s3.requests();
    const keep = { count: 1, maxAge: 3 * DAY };
    await retire(world.dependencies, { current: { ...current, savepoints: { every: null, keep } } });
    expect(world.s3.requests() - before).toBeLessThan(50);
    const { highest } = await createRestorePoints(world.dependencies).retainedCheckpoint({ deployment: started(1) });
    expect(highest?.checkpointId).toBe(5);
    expect(world.s3.requests() - before).toBeLessThan(60);

    const seen: number[] = [];
    const list = (...args: Parameters<typeof world.s3.list>) => {
      seen.push(args[1]?.limit ?? (args[1]?.delimiter ? 0 : Infinity));
      return world.s3.list(...args);
    };
    const few = new Map(
      [...world.s3.objects].filter(([key]) => !key.startsWith(shared) || Number(key.slice(shared.length)) < 5_000),
    );
    for (const key of [...world.s3.objects.keys()]) if (!few.has(key)) world.s3.objects.delete(key);
    await retire({ ...world.dependencies, s3: { ...world.s3, list } });
    expect(seen.filter((limit) => limit > 1_000)).toEqual([Infinity]); // the records of the deployments
    expect(world.keys(`${checkpointsPrefix(JOB)}${idOf(1)}`)).toEqual([]);
  });
});
