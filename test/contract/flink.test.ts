/**
 * Holds what Sluice relies on in Flink about the files of checkpoints against the fake always, and against a real cluster
 * of one process when the stack is up.
 *
 * Seen to fail: a fake whose FINISHED job kept its checkpoints; one whose checkpoints were never subsumed.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createFlinkClient } from '../../src/clients/flink/flink.ts';
import { java17Options } from '../../src/launchers/platform-defaults.ts';
import { prepareCache } from '../../stack/cache/cached-tools.ts';
import { createFakeFlink } from '../fakes/flink.ts';
import { stackStatus } from './stack-status.ts';

type Retention = 'RETAIN_ON_CANCELLATION' | 'DELETE_ON_CANCELLATION';

/** A cluster that runs one job, which completes checkpoints and has `num-retained: 3`. */
interface Cluster {
  readonly address: string;
  /** Names of the checkpoints whose `_metadata` is there, such as `chk-3`. */
  checkpoints(): Promise<string[]>;
  readonly savepointsIn: string;
  close(): Promise<void>;
}
type Open = (job: {
  id: string;
  retention: Retention;
  restoreFrom: string | null;
  scheduler?: 'adaptive' | 'default';
}) => Promise<Cluster>;

/** The parallelism of the job with the adaptive scheduler, which can have four slots; any other job has one task. */
const WIDTH = 2;
const SLOTS = 4;

const WAIT = { timeout: 60_000, interval: 100 };
const flink = createFlinkClient();

function flinkContract(open: Open): void {
  const started = async (retention: Retention, restoreFrom: string | null = null) => {
    const id = randomBytes(16).toString('hex');
    const cluster = await open({ id, retention, restoreFrom });
    onTestFinished(() => cluster.close());
    const told = async () => await flink.checkpoints(cluster.address, id);
    const completed = (least: number) =>
      expect.poll(async () => (await told())?.latestCompleted?.id ?? 0, WAIT).toBeGreaterThanOrEqual(least);
    const state = () => flink.jobStatus(cluster.address, id);
    const take = async (kind: 'stop' | 'savepoint') => {
      const request = { targetDirectory: cluster.savepointsIn, triggerId: randomBytes(16).toString('hex') };
      if (kind === 'stop') await flink.stopWithSavepoint(cluster.address, id, { ...request, drain: false });
      else await flink.triggerSavepoint(cluster.address, id, request);
      const status = async () => (await flink.savepointStatus(cluster.address, id, request.triggerId)).status;
      await expect.poll(status, WAIT).toBe('completed');
    };
    return { id, cluster, told, completed, state, take };
  };

  const rescalable = async (scheduler: 'adaptive' | 'default') => {
    const id = randomBytes(16).toString('hex');
    const cluster = await open({ id, retention: 'RETAIN_ON_CANCELLATION', restoreFrom: null, scheduler });
    onTestFinished(() => cluster.close());
    const { address } = cluster;
    const told = async () => await flink.job(address, id);
    await expect.poll(async () => (await told())?.allTasksRunning, WAIT).toBe(true);
    return {
      ...{ address, id },
      ranAt: async () => {
        const job = await told();
        return job?.allTasksRunning === true ? job.vertices[0]?.parallelism : null;
      },
      enteredRunning: async () => (await told())?.enteredAt.RUNNING ?? 0,
      require: async (most: number) => {
        const now = (await flink.requirements(address, id)) ?? {};
        const wanted = Object.fromEntries(Object.keys(now).map((vertex) => [vertex, { least: 1, most }]));
        await flink.changeRequirements(address, id, wanted);
      },
    };
  };

  it('keeps the three newest checkpoints and deletes each older one', { timeout: 180_000 }, async () => {
    const { cluster, told, completed } = await started('RETAIN_ON_CANCELLATION');
    await completed(6);
    await expect
      .poll(async () => {
        const newest = (await told())?.latestCompleted?.id ?? 0;
        const left = await cluster.checkpoints();
        return left.length === 3 && left.includes(`chk-${newest}`) && !left.includes('chk-1');
      }, WAIT)
      .toBe(true);
  });

  it('counts savepoints as completed, and tells a stop from a savepoint', { timeout: 180_000 }, async () => {
    const { told, completed, take, state } = await started('RETAIN_ON_CANCELLATION');
    await completed(1);
    await take('savepoint');
    await expect.poll(async () => (await told())?.latestSavepoint?.type, WAIT).toBe('SAVEPOINT');
    await take('stop');
    await expect.poll(state, WAIT).toBe('FINISHED');
    await expect.poll(async () => (await told())?.latestSavepoint?.type, WAIT).toBe('SYNC_SAVEPOINT');
    const { counts, latestCompleted, latestSavepoint } = (await told())!;
    expect(counts.completed).toBeGreaterThanOrEqual(3);
    expect(latestCompleted?.isSavepoint).toBe(false);
    expect(latestSavepoint!.id).toBeGreaterThan(latestCompleted!.id);
  });

  it('deletes the checkpoints of a job that a stop has finished', { timeout: 180_000 }, async () => {
    const { cluster, told, completed, take, state } = await started('RETAIN_ON_CANCELLATION');
    await completed(2);
    await take('stop');
    await expect.poll(state, WAIT).toBe('FINISHED');
    await expect.poll(() => cluster.checkpoints(), WAIT).toEqual([]);
    await expect.poll(async () => (await told())?.latestCompleted?.discarded, WAIT).toBe(true);
  });

  it.each([
    ['RETAIN_ON_CANCELLATION', 'keeps'],
    ['DELETE_ON_CANCELLATION', 'deletes'],
  ] as const)(
    'with %s %s the checkpoints of a job that is cancelled',
    { timeout: 180_000 },
    async (retention, does) => {
      const { id, cluster, completed, state } = await started(retention);
      await completed(2);
      await flink.cancel(cluster.address, id);
      await expect.poll(state, WAIT).toBe('CANCELED');
      await expect.poll(async () => (await cluster.checkpoints()).length > 0, WAIT).toBe(does === 'keeps');
    },
  );

  it('brings a running job of the adaptive scheduler to another parallelism', { timeout: 180_000 }, async () => {
    const { address, id, require, ranAt, enteredRunning } = await rescalable('adaptive');
    const first = await enteredRunning();
    expect(Object.values((await flink.requirements(address, id))!)).toEqual([{ least: 1, most: WIDTH }]);
    await require(SLOTS);
    await expect.poll(ranAt, WAIT).toBe(SLOTS);
    expect(await enteredRunning()).toBeGreaterThan(first);
    expect(await flink.exceptions(address, id)).toEqual([]);
    await expect
      .poll(async () => (await flink.checkpoints(address, id))?.latestCompleted?.triggeredAt, WAIT)
      .toBeGreaterThanOrEqual(await enteredRunning());
    await require(SLOTS);
    await require(WIDTH);
    await expect.poll(ranAt, WAIT).toBe(WIDTH);
  });

  it(
    'runs a job on with the slots that there are, and keeps what is required of it',
    { timeout: 180_000 },
    async () => {
      const { address, id, require, ranAt } = await rescalable('adaptive');
      await require(8);
      await expect.poll(ranAt, WAIT).toBe(SLOTS);
      expect(Object.values((await flink.requirements(address, id))!)).toEqual([{ least: 1, most: 8 }]);
    },
  );

  it('refuses more than the maximum parallelism, and a job that it does not know', { timeout: 180_000 }, async () => {
    const { address, require } = await rescalable('adaptive');
    await expect(require(500)).rejects.toMatchObject({
      code: 'FlinkRejected',
      message: expect.stringContaining('exceeds its maximum parallelism 128') as string,
    });
    await expect(flink.requirements(address, 'f'.repeat(32))).rejects.toMatchObject({ code: 'NotFound' });
  });

  it('says of another scheduler that it cannot rescale a running job', { timeout: 180_000 }, async () => {
    const { address, id } = await rescalable('default');
    expect(await flink.requirements(address, id)).toBeNull();
    const change = flink.changeRequirements(address, id, { v1: { least: 1, most: 2 } });
    await expect(change).rejects.toMatchObject({ code: 'FlinkRejected' });
  });

  it('fails a job whose restore path has no snapshot', { timeout: 180_000 }, async () => {
    const { id, cluster, state } = await started('RETAIN_ON_CANCELLATION', 'file:///nowhere/chk-7');
    await expect.poll(state, WAIT).toBe('FAILED');
    const [thrown] = await flink.exceptions(cluster.address, id, { limit: 1 });
    expect(thrown?.stack).toContain('Cannot find checkpoint or savepoint file/directory');
  });
}

describe('the fake Flink', () => {
  flinkContract(async ({ id, retention, restoreFrom, scheduler = 'default' }) => {
    const checkpoints = new Set<string>();
    const nameOf = (path: string): string => path.replace(/^.*\//, '');
    const fake = await createFakeFlink({
      onSnapshot: ({ path }) => {
        if (path.includes('/chk-')) checkpoints.add(nameOf(path));
      },
      onDiscard: ({ path }) => void checkpoints.delete(nameOf(path)),
      isSnapshot: () => false,
    });
    const deletedOnCancellation = retention === 'DELETE_ON_CANCELLATION';
    const checkpointing = { intervalMs: 50, externalized: true, deletedOnCancellation, storage: 'FileSystem' };
    const parallelism = scheduler === 'adaptive' ? WIDTH : 1;
    const job = fake.addJob({ id, restoredFrom: restoreFrom, checkpointing, scheduler, parallelism });
    fake.mostSlots = SLOTS;
    const turns = setInterval(() => {
      if (job.state === 'RUNNING') fake.completeCheckpoint(id);
    }, 50);
    return {
      address: fake.address,
      savepointsIn: 's3://fake/savepoints',
      checkpoints: () => Promise.resolve([...checkpoints].sort()),
      async close() {
        clearInterval(turns);
        await fake.close();
      },
    };
  });
});

describe.skipIf(stackStatus() === null)('the real Flink 1.20.1', () => {
  let work: string;
  let classpath: string;

  beforeAll(async () => {
    const lib = join((await prepareCache()).flink['1.20.1'], 'lib');
    work = await mkdtemp(join(tmpdir(), 'sluice-flink-'));
    const source = fileURLToPath(new URL('flink/RunJob.java', import.meta.url));
    await promisify(execFile)('javac', ['-cp', join(lib, 'flink-dist-1.20.1.jar'), '-d', work, source]);
    classpath = `${work}:${lib}/*`;
  }, 600_000);
  afterAll(() => rm(work, { recursive: true, force: true }));

  flinkContract(async ({ id, retention, restoreFrom, scheduler = 'default' }) => {
    const folder = join(work, id);
    await mkdir(folder);
    const options = ['-XX:TieredStopAtLevel=1', '-Xmx400m', ...java17Options.split(' '), '-cp', classpath];
    const [parallelism, slots] = scheduler === 'adaptive' ? [WIDTH, SLOTS] : [1, 1];
    const how = [retention, restoreFrom ?? '-', scheduler, String(parallelism), String(slots)];
    const java = spawn('java', [...options, 'RunJob', id, folder, ...how], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const address = await addressIn(java.stdout);
    return {
      address,
      savepointsIn: pathToFileURL(join(work, `savepoints-${id}`)).href,
      checkpoints: () => checkpointsIn(join(folder, id)),
      async close() {
        const gone = new Promise((resolve) => java.once('exit', resolve));
        java.kill('SIGKILL');
        await gone;
      },
    };
  });
});

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output }))
    if (line.startsWith('REST ')) return line.slice('REST '.length);
  throw new Error('the cluster ended before it told its address');
}

async function checkpointsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const isWhole = (name: string) =>
    access(join(folder, name, '_metadata')).then(
      () => true,
      () => false,
    );
  const whole = await Promise.all(
    names.map(async (name) => (name.startsWith('chk-') && (await isWhole(name)) ? name : [])),
  );
  return whole.flat().sort();
}
