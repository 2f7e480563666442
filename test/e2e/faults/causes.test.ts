/**
 * Each class of failure is made to happen, and is named: with the line of Flink or YARN that shows it, what runs now, where
 * the state is, and what to do. This file has the failures that take a file in S3 or an option; other files make the rest
 * (cluster unreachable, killed from outside, a savepoint that fails), and expect them to be named there.
 *
 * Seen to fail: with exceptions looked for in REST alone, the three of a JobManager that ended first; with a long text cut at
 * its end, two that show nothing of what is wrong.
 */
import { writeFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTurns } from '../../../src/concurrency/in-turns.ts';
import type { CauseClass } from '../../../src/domain/errors/causes.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { processesWithEnvironment, signalProcess } from '../../../stack/processes/process-identity.ts';
import { acceptedIn, Api, until } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { containersOf, killContainer } from '../../support/outside/containers.ts';
import { publish, type Fields, type Variant } from '../../support/releases.ts';
import { bucketOf, diskPathOf, newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const bucket = bucketOf(runningStack());
/** Each is a JobManager and mostly a TaskManager: more at a time only make all of them slower. */
const AT_ONCE = 3;
const DEADLINE_MS = 480_000;
const versions = ['1.20.1', '2.1.0'] as const;

const jobs: string[] = [];
afterAll(() => endApplicationsOf(...jobs));

/** The first failure is the end, and is long in coming on a busy machine. */
const patient = (config: Fields = {}, more: Fields = {}): Fields => ({
  flink: { config: { 'restart-strategy.type': 'none', ...config } },
  upgrade: { timeouts: { savepoint: '90s', stop: '60s', start: '4m' }, verify: { timeout: '2m' } },
  ...more,
});
const startWithin = (start: string, more: Fields): Fields => ({
  ...patient({}, more),
  upgrade: { timeouts: { savepoint: '90s', stop: '60s', start }, verify: { timeout: '2m' } },
});

interface Made {
  readonly job: string;
  readonly release: string;
}

async function newJob(story: string, variant: Omit<Variant, 'job' | 'version'> = {}): Promise<Made> {
  const job = newJobName(story);
  jobs.push(job);
  return { job, release: await publish({ job, version: '1.0.0', fields: patient(), ...variant }) };
}

async function deploy(job: string, release: string): Promise<OperationRecord> {
  const { id } = acceptedIn(await api.ask(job, 'deploy', { release }));
  return api.ended(job, id, DEADLINE_MS);
}

/** The failure is named, and people are told everything else. */
function expectNamed({ error }: OperationRecord, is: CauseClass, shows: string | RegExp, runs: RegExp): void {
  expect({ class: error?.cause?.class, evidence: error?.cause?.evidence }).toEqual({
    class: is,
    evidence: expect.stringMatching(shows) as string,
  });
  expect(error?.runsNow).toMatch(runs);
  expect(error?.state).toBeTruthy();
  expect(error?.whatToDo).toMatch(/\.$/);
}

/** Starts all, a few at a time, and gives each test its own. */
function together<T extends { readonly story: string }>(rows: readonly T[], act: (row: T) => Promise<OperationRecord>) {
  const settled = new Map<string, PromiseWithResolvers<OperationRecord>>();
  for (const { story } of rows) settled.set(story, withResolvers());
  beforeAll(() => {
    void inTurns(
      rows,
      async (row) => {
        const { resolve, reject } = settled.get(row.story)!;
        await act(row).then(resolve, reject);
      },
      AT_ONCE,
    );
  });
  return (story: string) => settled.get(story)!.promise;
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  promise.catch(() => undefined); // whoever awaits it is told
  return { promise, resolve, reject };
}

interface Case {
  readonly story: string;
  readonly is: CauseClass;
  readonly shows: string | RegExp;
  readonly flinkVersion?: Variant['flinkVersion'];
  readonly args?: readonly string[];
  readonly fields?: Fields;
  /** Runs before the deploy. */
  readonly before?: (made: Made) => Promise<void>;
}

describe('a first deploy fails', () => {
  const jar = ({ release }: Made) => `releases/${release}/clicks-flink-1.20.jar`;
  const unwritable = async ({ job }: Made) => {
    // Where MinIO wants a folder is a file: it denies every PUT below this prefix, as a policy of S3 would.
    const target = diskPathOf(runningStack(), `checkpoints/${job}`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, 'not a folder');
  };
  const cases: readonly Case[] = [
    { story: 'main() throws', is: 'mainThrew', shows: 'clicks fails on start', args: ['--fail-on-start', 'true'] },
    {
      story: 'execute() is called twice',
      is: 'secondExecute',
      shows: 'more than one execute',
      args: ['--executions', '2'],
    },
    { story: 'execute() is never called', is: 'noExecute', shows: 'no execute', args: ['--executions', '0'] },
    { story: 'the heap is too small', is: 'heapExhausted', shows: 'Java heap space', args: ['--exhaust', 'heap'] },
    {
      story: 'the metaspace is too small',
      is: 'metaspaceExhausted',
      shows: 'Metaspace',
      args: ['--exhaust', 'metaspace'],
    },
    ...versions.map((flinkVersion) => ({
      story: `a class is missing, Flink ${flinkVersion}`,
      is: 'classMissing' as const,
      shows: 'ClassNotFoundException: com.example.Absent',
      flinkVersion,
      args: ['--need-class', 'com.example.Absent'],
    })),
    {
      story: 'checkpoints take too long',
      is: 'checkpointExpired',
      shows: /[Cc]heckpoint expired/,
      args: ['--snapshot-delay-ms', '30000'],
      fields: patient({ 'execution.checkpointing.timeout': '10s' }),
    },
    {
      story: 'an operator fails in its snapshot',
      is: 'checkpointDeclined',
      shows: 'CheckpointException',
      args: ['--snapshot-fails-after-ms', '0'],
    },
    { story: 'checkpoints cannot be written', is: 'storageNotWritable', shows: /denied/i, before: unwritable },
    {
      story: 'the JVM cannot read an option',
      is: 'jvmRefused',
      // The JVM passes over options that it does not know, because Flink asks for that by default.
      shows: 'MaxGCPauseMillis=soon',
      fields: patient({ 'env.java.opts.jobmanager': '-XX:MaxGCPauseMillis=soon' }),
    },
    {
      story: 'more is asked for than a container may have',
      is: 'resourcesTooLarge',
      shows: '6144 MiB',
      fields: patient({}, { taskManager: { memory: '7g' } }),
    },
    {
      story: 'the JAR is gone',
      is: 'jarMissing',
      shows: 'clicks-flink-1.20.jar',
      before: (made) => bucket.remove(jar(made)),
    },
    {
      story: 'the JAR is another one',
      is: 'jarChanged',
      shows: 'the release recorded',
      before: (made) => bucket.put(jar(made), 'no JAR at all'),
    },
  ];
  const operationOf = together(cases, async ({ story, flinkVersion, args, fields, before }) => {
    const made = await newJob(`cause${cases.findIndex((row) => row.story === story)}`, {
      ...(flinkVersion === undefined ? {} : { flinkVersion }),
      ...(args === undefined ? {} : { args }),
      fields: fields ?? patient(),
    });
    await before?.(made);
    const operation = await deploy(made.job, made.release);
    const live = await liveApplicationsOf(made.job);
    expect(live, JSON.stringify(operation)).toEqual([]);
    return operation;
  });

  test.each(cases)('$story: $is', { timeout: DEADLINE_MS * 3 }, async ({ story, is, shows }) => {
    const operation = await operationOf(story);
    expect(operation.outcome).toBe('failed');
    expectNamed(operation, is, shows, /^nothing runs$/);
  });
});

describe.each(versions)('state that does not fit, Flink %s', (flinkVersion) => {
  let made: Made;
  let savepoint: string | null;
  beforeAll(async () => {
    made = await newJob(`state${flinkVersion.slice(0, 1)}`, { flinkVersion });
    const { job, release } = made;
    expect(await deploy(job, release)).toMatchObject({ outcome: 'succeeded' });
    savepoint = (await api.succeed(job, 'stop')).savepoint;
  }, DEADLINE_MS);

  test.each([
    {
      story: 'another type of state',
      version: '1.1.0',
      args: ['--count-type', 'text'],
      is: 'stateTypeChanged',
      shows: 'serializer',
    },
    {
      story: 'another uid',
      version: '1.2.0',
      args: ['--count-uid', 'other'],
      is: 'stateWithoutOperator',
      shows: 'not available',
    },
    {
      story: 'another maximum parallelism',
      version: '1.3.0',
      args: ['--max-parallelism', '64'],
      is: 'maxParallelismChanged',
      shows: '64',
    },
  ] as const)(
    '$story: $is, and the savepoint is named',
    { timeout: DEADLINE_MS },
    async ({ version, args, is, shows }) => {
      const { job } = made;
      const release = await publish({ job, version, flinkVersion, args, fields: patient() });
      const operation = await deploy(job, release);
      expectNamed(operation, is, shows, /^nothing runs$/);
      expect(operation.error?.state).toContain(savepoint);
      expect((await api.job(job)).cause).toMatchObject({ class: is, state: operation.error?.state });
    },
  );

  test('a savepoint that is cut short: restorePointUnreadable', { timeout: DEADLINE_MS }, async () => {
    const { job, release } = made;
    const metadata = `${savepoint ?? ''}/_metadata`.replace(/^s3:\/\/[^/]+\//, '');
    const whole = (await bucket.getBytes(metadata))!;
    await bucket.put(metadata, whole.slice(0, 40));
    const operation = await deploy(job, release);
    expectNamed(operation, 'restorePointUnreadable', /./, /^nothing runs$/);
  });
});

describe('a queue that is full', () => {
  const tiny = { yarn: { queue: 'tiny' } };
  let first: Made;

  beforeAll(async () => {
    first = await newJob('first', { fields: patient({}, tiny) });
    const { job, release } = first;
    expect(await deploy(job, release)).toMatchObject({ outcome: 'succeeded' });
  }, DEADLINE_MS);

  test('lets the second application wait, and takes no third', { timeout: DEADLINE_MS }, async () => {
    const [second, third] = [
      await newJob('second', { fields: startWithin('45s', tiny) }),
      await newJob('third', { fields: startWithin('45s', tiny) }),
    ];
    const waiting = deploy(second.job, second.release);
    await until('the second application', DEADLINE_MS, async () =>
      (await liveApplicationsOf(second.job)).length > 0 ? true : null,
    );
    const refused = await deploy(third.job, third.release);
    expect(refused.error?.code).toBe('QueueFull');
    expectNamed(refused, 'queueFull', 'tiny', /^nothing runs$/);
    expectNamed(await waiting, 'queueFull', 'not yet activated', /^nothing runs$/);
  });

  test(
    'a TaskManager for which the cluster has no room beside what runs is not allocated',
    {
      timeout: DEADLINE_MS,
    },
    async () => {
      // Eight GiB less what the first job has: enough for the JobManager, and for the TaskManager when the first has ended.
      const fields = startWithin('100s', { taskManager: { memory: '6g' } });
      const { job, release } = await newJob('room', { fields });
      expectNamed(await deploy(job, release), 'notAllocated', 'CREATED', /^nothing runs$/);
    },
  );

  test('a JobManager that is stuck is called silent, and the job runs on', { timeout: DEADLINE_MS }, async () => {
    const { job } = first;
    const { jobManager } = await containersOf((await api.deployment(job)).applicationId);
    const processes = processesWithEnvironment('CONTAINER_ID', jobManager);
    for (const process of processes) signalProcess(process, 'SIGSTOP');
    try {
      const operation = await api.run(job, 'savepoint');
      expectNamed(operation, 'jobManagerSilent', 'JobManager', /runs on$|is presumed to run$/);
    } finally {
      for (const process of processes) signalProcess(process, 'SIGCONT');
    }
  });

  test(
    'a container killed while nobody asks anything fails the job, which says by what and where its state is',
    {
      timeout: DEADLINE_MS,
    },
    async () => {
      const { job, release } = await newJob('killed');
      expect(await deploy(job, release)).toMatchObject({ outcome: 'succeeded' });
      const { applicationId } = await api.deployment(job);
      expect(killContainer((await containersOf(applicationId)).taskManagers[0]!)).toBeGreaterThan(0);
      const { cause } = await until(`${job} to fail`, DEADLINE_MS, async () => {
        const body = await api.job(job);
        return body.state === 'failed' ? body : null;
      });
      // Either is true; which of the two Flink hears of first is a matter of luck.
      expect(['containerKilled', 'taskManagerLost']).toContain(cause?.class);
      expect(cause?.state).toMatch(/^safe: s3:.*chk-\d+/);
    },
  );
});
