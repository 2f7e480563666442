/**
 * Signs of life of JobManagers: their format and their occasions, by the fakes and by the real part in real clusters of Flink; and
 * that no job waits for them.
 *
 * The real half needs a JDK and Flink's JARs, as the test of the gate does.
 *
 * Seen to fail: with metrics of the program counted; with a sign for each checkpoint; without a bound for a job that restarts again
 * and again; with the sign written by the thread that looks; with signs of a JVM whose lease is over.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { java17Options } from '../../src/launchers/platform-defaults.ts';
import { prepareCache } from '../../stack/cache/cached-tools.ts';
import { FLINK_VERSIONS, type FlinkVersion } from '../../stack/cache/pins.ts';
import { createFakeFlink } from '../fakes/flink.ts';
import { createFakeS3 } from '../fakes/s3.ts';
import { soundAgent } from '../world/agent/lease.ts';
import { giveSigns, Sign, signsIn } from '../world/agent/signs.ts';
import { createProbes, lineOf, type Probes } from './gate/probe.ts';
import { APPLICATION, FIRST, open, OWN } from './gate/records.ts';
import { stackStatus } from './stack-status.ts';

/** A job that completes checkpoints, fails when it is told to, and starts again then. */
interface SignedJob {
  /** The text of the object, once it is there. */
  sign(): Promise<string | null>;
  completeCheckpoint(): void;
  fail(): Promise<void>;
  cancel(): Promise<void>;
}

const WAIT = { timeout: 60_000, interval: 20 };
const IDENTITY = { version: 1, job: 'clicks', startKey: OWN, epoch: 7, applicationId: APPLICATION };
const ID = 'ab'.repeat(16);

function contract(openJob: () => Promise<SignedJob>): void {
  test(
    'tell that the job runs, completes its first checkpoint, starts again, and ends',
    { timeout: 240_000 },
    async () => {
      const job = await openJob();
      const until = (wanted: Partial<Sign>) =>
        expect
          .poll(async () => {
            const text = await job.sign();
            // A local file is written in place, unlike an object.
            return text === null || !text.endsWith('}') ? null : Sign.parse(JSON.parse(text));
          }, WAIT)
          .toMatchObject({ ...IDENTITY, ...wanted });
      await until({ seen: 'running', restarts: 0 });
      job.completeCheckpoint();
      await until({ seen: 'running', checkpoint: expect.any(Number) as number });
      await job.fail();
      await until({ seen: 'running', restarts: 1 });
      await job.cancel();
      await until({ seen: 'ended', because: 'state' });
    },
  );
}

describe('signs of the fakes', () => {
  contract(async () => {
    const s3 = createFakeS3();
    const config = [
      '"metrics.reporter.sluice.signs": "s3://sluice/signs/yarn-a/clicks.json"',
      '"metrics.reporter.sluice.job": "clicks"',
      `"metrics.reporter.sluice.start": "${OWN}"`,
      '"metrics.reporter.sluice.epoch": "7"',
      '"metrics.reporter.sluice.checkpoints": "300000"',
    ].join('\n');
    let happened: () => void = () => undefined;
    const flink = await createFakeFlink({ onState: () => happened(), onSnapshot: () => happened() });
    onTestFinished(() => flink.close());
    happened = giveSigns({
      own: signsIn(config)!,
      applicationId: APPLICATION,
      agent: soundAgent(),
      s3,
      isAlive: () => true,
      job: () => flink.jobs.get(ID),
    });
    const job = flink.addJob({ id: ID });
    return {
      sign: () => Promise.resolve(s3.objects.get('signs/yarn-a/clicks.json')?.body.toString() ?? null),
      completeCheckpoint: () => {
        flink.completeCheckpoint(ID);
      },
      fail: () => {
        flink.restartJob(ID);
        return Promise.resolve();
      },
      cancel: () => Promise.resolve(void (job.state = 'CANCELED')),
    };
  });
});

const SETTINGS = { job: 'clicks', epoch: '7', checkpoints: '300000' };

describe.skipIf(stackStatus() === null)('signs of real clusters', () => {
  let work: string;

  beforeAll(async () => (work = await mkdtemp(join(tmpdir(), 'sluice-signs-'))), 600_000);
  afterAll(() => rm(work, { recursive: true, force: true }));

  describe.each(FLINK_VERSIONS)('of Flink %s', (version) => {
    contract(() => realJob(version, work));
  });
});

async function realJob(version: FlinkVersion, work: string): Promise<SignedJob> {
  const tools = await prepareCache();
  const folder = join(work, version);
  const place = join(folder, 'sign.json');
  await mkdir(folder);
  await writeFile(join(folder, 'gate.json'), open);
  const classpath = [folder, join(tools.agent.folder, 'sluice-agent.jar'), join(tools.flink[version], 'lib', '*')].join(
    delimiter,
  );
  const source = fileURLToPath(new URL('signs/SignedJob.java', import.meta.url));
  await promisify(execFile)('javac', ['-cp', classpath, '-d', folder, source]);
  const ofReporter = {
    'factory.class': 'sluice.agent.GateReporterFactory',
    gate: pathToFileURL(join(folder, 'gate.json')).href,
    start: OWN,
    silence: '60000',
    hold: '60000',
    signs: pathToFileURL(place).href,
    ...SETTINGS,
  };
  const options = {
    ...Object.fromEntries(Object.entries(ofReporter).map(([key, value]) => [`metrics.reporter.sluice.${key}`, value])),
    'rest.port': '0',
    'rest.bind-port': '0',
    'execution.checkpointing.dir': pathToFileURL(folder).href,
    'execution.checkpointing.interval': '300ms',
    'restart-strategy.type': 'fixed-delay',
    'restart-strategy.fixed-delay.attempts': '3',
    'restart-strategy.fixed-delay.delay': '500ms',
  };
  const flags = ['-XX:TieredStopAtLevel=1', '-Xmx400m', ...java17Options.split(' '), '-cp', classpath];
  const java = spawn('java', [...flags, 'SignedJob', folder, ...Object.entries(options).flat()], {
    env: { PATH: process.env['PATH'], CONTAINER_ID: FIRST, _CLIENT_SHIP_FILES: '' },
    stdio: 'ignore',
  });
  onTestFinished(() => void java.kill('SIGKILL'));
  return {
    sign: () => readFile(place, 'utf8').catch(() => null),
    completeCheckpoint: () => undefined,
    fail: () => writeFile(join(folder, 'fail'), ''),
    cancel: () => writeFile(join(folder, 'cancel'), ''),
  };
}

describe.skipIf(stackStatus() === null)('a JobManager', () => {
  let probes: Probes;
  let gate: string;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    probes = await createProbes();
    gate = await probes.file('gate.json', open);
  }, 600_000);
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => probes.remove());

  async function started(place: string, options: Parameters<Probes['started']>[2] = {}) {
    const child = probes.started('signs', gate, { signs: pathToFileURL(place).href, ...SETTINGS, ...options });
    running.push(child);
    await lineOf(child, /passed/);
    /** Sets a gauge of Flink, or waits until the part has looked so often. */
    const say = async (line: string) => {
      const done = lineOf(child, new RegExp(`did ${line}\n`));
      child.stdin?.write(`${line}\n`);
      await done;
    };
    return { child, say };
  }

  /** A pipe in the place of the object: each sign arrives, in order. */
  async function piped(name: string) {
    const place = await probes.hang(name);
    const arrived: Sign[] = [];
    const read = (): void => {
      // A process of its own waits at the pipe, since Node has but a few threads for that.
      const reader = spawn('sh', ['-c', 'while :; do cat "$0"; echo; done', place], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      running.push(reader);
      createInterface({ input: reader.stdout }).on('line', (line) => {
        if (line !== '') arrived.push(Sign.parse(JSON.parse(line)));
      });
    };
    const until = (wanted: Partial<Sign>) =>
      expect.poll(() => arrived.at(-1), WAIT).toMatchObject({ ...IDENTITY, ...wanted });
    return { place, arrived, read, until };
  }

  const told = (arrived: readonly Sign[]) => arrived.map(({ seen, because, restarts }) => [seen, because, restarts]);

  test('gives a sign for the first checkpoint at once, and for later ones rarely', async () => {
    const { place, arrived, read, until } = await piped('checkpoints');
    read();
    const { say } = await started(place);
    await say('uptime 1');
    await until({ seen: 'running' });
    await say('lastCompletedCheckpointId 1');
    await until({ checkpoint: 1 });
    await say('lastCompletedCheckpointId 2');
    await say('looks 4');
    await say('numRestarts 1');
    await until({ restarts: 1 });
    expect(arrived.map(({ because, checkpoint }) => [because, checkpoint])).toEqual([
      ['state', null],
      ['checkpoint', 1],
      ['restart', 2],
    ]);
  });

  test('gives few signs of a job that starts again and again, and one of its end', async () => {
    const { place, arrived, read, until } = await piped('crash-loop');
    read();
    const { say } = await started(place);
    for (let turn = 1; turn <= 40; turn += 1) {
      await say(`uptime ${turn % 2}`);
      await say('looks 1');
    }
    await say('uptime gone');
    await until({ seen: 'ended' });
    expect(arrived.length).toBeLessThan(20);
  });

  test('takes a job without gauges for ended, and metrics of the program for nothing', async () => {
    const { place, arrived, read, until } = await piped('gauges');
    read();
    const { say } = await started(place);
    await say('uptime 5');
    await until({ seen: 'running' });
    await say('program uptime');
    await say('looks 4');
    await say('uptime gone');
    await until({ seen: 'ended' });
    await say('uptime 1');
    await until({ seen: 'running' });
    expect(told(arrived)).toEqual([
      ['running', 'state', 0],
      ['ended', 'state', 0],
      ['running', 'state', 0],
    ]);
  });

  test('with a lease gives signs although nothing happens, also before its job is there', async () => {
    const { place, arrived, read, until } = await piped('beats');
    read();
    const { say } = await started(place, { lease: '8000' });
    await expect.poll(() => arrived.length, WAIT).toBeGreaterThanOrEqual(2);
    expect(told(arrived)[0]).toEqual(['starting', 'beat', 0]);
    await say('uptime 1');
    await until({ seen: 'running', because: 'state' });
    await until({ seen: 'running', because: 'beat' });
  });

  test('gives none once its lease is over', async () => {
    const { place, arrived, read } = await piped('frozen');
    read();
    const { child } = await started(place, { lease: '3000' });
    await expect.poll(() => arrived.length, WAIT).toBeGreaterThanOrEqual(1);
    child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const before = arrived.length;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGCONT');
    expect(await ended).toBe(91);
    expect(arrived.length).toBe(before);
  });

  test('does not wait for a write that hangs, and writes what is newest then', async () => {
    const { place, read, until } = await piped('hangs');
    const { say } = await started(place);
    await say('uptime 1');
    await say('looks 8');
    await say('numRestarts 3');
    read();
    await until({ seen: 'running', restarts: 3 });
  });

  test('whose signs cannot be written runs on, and writes again once they can', async () => {
    const blocked = await probes.file('blocked', 'a file where a folder is wanted');
    const place = join(blocked, 'sign.json');
    const { say } = await started(place);
    await say('uptime 1');
    await say('looks 8');
    await rm(blocked);
    await expect.poll(() => readFile(place, 'utf8').catch(() => ''), WAIT).toContain('"seen":"running"');
  });

  test.each([
    ['of an older start', { signs: undefined }],
    ['whose epoch makes no sense', { epoch: 'soon' }],
    ['that is a TaskManager', { role: 'TaskManager' }],
  ] as const)('gives no sign %s, and runs', async (name, options) => {
    const place = join(probes.work, `none ${name}.json`);
    const { signs, ...more } = { signs: pathToFileURL(place).href, ...options };
    const child = probes.started('signs', gate, { ...SETTINGS, ...(signs === undefined ? {} : { signs }), ...more });
    running.push(child);
    await lineOf(child, /passed/);
    const done = lineOf(child, /did uptime 1/);
    child.stdin?.write('uptime 1\n');
    await done;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await expect(readFile(place)).rejects.toThrow('ENOENT');
  });
});
