import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { CheckpointsConfigReply, CheckpointsReply } from '../../../src/clients/flink/checkpoints.ts';
import { failureCause, rootCause, savepointOfFailedStop } from '../../../src/clients/flink/failure.ts';
import {
  ExceptionsReply,
  isTerminalJob,
  JobReply,
  JobsReply,
  SavepointReply,
} from '../../../src/clients/flink/replies.ts';
import { createFakeFlink, type FakeFlink } from '../../fakes/flink.ts';

const JOB = 'a'.repeat(32);
const TRIGGER = 'b'.repeat(32);
const request = { targetDirectory: 's3://b/savepoints/clicks/op-1/', triggerId: TRIGGER };

describe('a stack trace', () => {
  it.each([
    ['java.io.IOException: disk full\n\tat a.B.c(B.java:1)', 'IOException: disk full'],
    [
      'java.util.concurrent.CompletionException: org.apache.flink.util.FlinkException: no\n\tat a.B\nCaused by: org.apache.flink.util.FlinkException: no\n\tat a.B\n\t... 3 more\nCaused by: java.net.ConnectException: Connection refused\n\t... 9 more',
      'ConnectException: Connection refused',
    ],
    ['java.lang.NullPointerException\n\tat a.B', 'NullPointerException'],
    ['org.apache.flink.runtime.rest.NotFoundException: Job abc not found', 'NotFoundException: Job abc not found'],
    ['a.b.Outer: c.d.Inner: why', 'Inner: why'],
    ['something that is no trace', 'something that is no trace'],
    ['', ''],
  ])('%j has the root cause %j', (stack, expected) => {
    expect(rootCause(stack)).toBe(expected);
  });

  it('has a short root cause, however long the message is', () => {
    expect(rootCause(`java.lang.Exception: ${'x'.repeat(10_000)}`)).toHaveLength(300);
  });

  it('is taken apart into its root cause and first lines', () => {
    const stack = `a.b.Failure: line one\nline two\n${'\tat x.Y\n'.repeat(100)}Caused by: c.D: deep`;
    const cause = failureCause(stack);
    expect(cause.rootCause).toBe('D: deep');
    expect(cause.stack.split('\n')).toHaveLength(40);
  });

  it('names the savepoint of a stop that failed after it', () => {
    const stack =
      'x.StopWithSavepointStoppingException: A savepoint has been created at: s3://b/sp-1, but the corresponding job abc failed during stopping. The savepoint is consistent';
    expect(savepointOfFailedStop(stack)).toBe('s3://b/sp-1');
    expect(savepointOfFailedStop('x.Y: no')).toBeNull();
  });
});

describe('a savepoint that is COMPLETED', () => {
  const completed = (operation: unknown) => SavepointReply.safeParse({ status: { id: 'COMPLETED' }, operation });

  it('with a failure cause has failed', () => {
    const failure = { class: 'a.B', 'stack-trace': 'a.B: no\nCaused by: c.D: room', 'serialized-throwable': 'xx' };
    expect(completed({ 'failure-cause': failure }).data).toMatchObject({
      status: 'failed',
      cause: { rootCause: 'D: room' },
      savepoint: null,
    });
  });

  it('with neither a location nor a cause is no answer', () => {
    expect(completed({}).success).toBe(false);
    expect(completed(null).success).toBe(false);
  });
});

it('counts a job as running only when each subtask runs or is done', () => {
  const vertex = (tasks: object) => ({ id: 'v', name: 'v', parallelism: 2, status: 'RUNNING', tasks });
  const running = (...vertices: object[]) =>
    JobReply.parse({ jid: JOB, name: 'n', state: 'RUNNING', timestamps: {}, vertices }).allTasksRunning;
  expect(running(vertex({ RUNNING: 2 }))).toBe(true);
  expect(running(vertex({ RUNNING: 1, FINISHED: 1 }))).toBe(true);
  expect(running(vertex({ RUNNING: 2 }), vertex({ RUNNING: 1, INITIALIZING: 1 }))).toBe(false);
  expect(running()).toBe(false);
});

it('knows that some checkpoints cannot be addressed and that some jobs take none', () => {
  const counts = { restored: 0, total: 1, in_progress: 0, completed: 1, failed: 0 };
  const completed = {
    id: 1,
    is_savepoint: false,
    trigger_timestamp: 1,
    latest_ack_timestamp: 2,
    state_size: 0,
    external_path: '<checkpoint-not-externally-addressable>',
  };
  expect(CheckpointsReply.parse({ counts, latest: { completed } }).latestCompleted?.path).toBeNull();
  expect(CheckpointsReply.parse({ counts, latest: null }).latestCompleted).toBeNull();
  const config = {
    mode: 'exactly_once',
    interval: Number('9223372036854775807'),
    timeout: 1,
    externalization: { enabled: false, delete_on_cancellation: true },
  };
  expect(CheckpointsConfigReply.parse(config).intervalMs).toBeNull();
});

describe('with a JobManager', () => {
  let fake: FakeFlink;
  const flink = createFlinkClient();

  beforeEach(async () => {
    fake = await createFakeFlink();
    fake.addJob({ id: JOB });
  });

  afterEach(async () => await fake.close());

  it('tells what runs', async () => {
    expect(await flink.overview(fake.address)).toMatchObject({ flinkVersion: '1.20.1', taskManagers: 1 });
    expect(await flink.jobs(fake.address)).toMatchObject([{ id: JOB, state: 'RUNNING', tasks: { running: 2 } }]);
    expect(await flink.job(fake.address, JOB)).toMatchObject({ id: JOB, state: 'RUNNING', allTasksRunning: true });
    expect(await flink.jobStatus(fake.address, JOB)).toBe('RUNNING');
  });

  it('says null for an unknown job, and NotFound where null would hide it', async () => {
    const unknown = 'c'.repeat(32);
    expect(await flink.job(fake.address, unknown)).toBeNull();
    expect(await flink.jobStatus(fake.address, unknown)).toBeNull();
    await expect(flink.checkpoints(fake.address, unknown)).rejects.toMatchObject({ code: 'NotFound' });
    await expect(flink.cancel(fake.address, unknown)).rejects.toMatchObject({ code: 'NotFound' });
  });

  it.each([
    ['html', (server: FakeFlink) => server.answerHtml()],
    ['truncated JSON', (server: FakeFlink) => server.truncateJson()],
    ['cut connections', (server: FakeFlink) => server.unreachable()],
    [
      'a leader election',
      (server: FakeFlink) =>
        server.answerNext('job', {
          status: 503,
          body: { errors: ['Service temporarily unavailable due to an ongoing leader election. Please refresh.'] },
        }),
    ],
    ['an empty 404', (server: FakeFlink) => server.answerNext('job', { status: 404 })],
  ])('never takes silence for absence: %s', async (_, spoil) => {
    spoil(fake);
    await expect(flink.job(fake.address, JOB)).rejects.toMatchObject({ code: 'FlinkUnreachable' });
  });

  it('stops with a savepoint once, however often it is asked and whatever answer is lost', async () => {
    fake.dropAnswerOf('stop');
    const stop = () => flink.stopWithSavepoint(fake.address, JOB, { ...request, drain: false });
    await expect(stop()).rejects.toMatchObject({ code: 'FlinkUnreachable' });
    await stop();
    expect(fake.begun).toEqual([{ jobId: JOB, triggerId: TRIGGER, kind: 'stop' }]);
    expect(await flink.savepointStatus(fake.address, JOB, TRIGGER)).toMatchObject({
      status: 'completed',
      location: expect.stringMatching(/^s3:\/\/b\/savepoints\/clicks\/op-1\/savepoint-aaaaaa-/) as string,
    });
    expect(await flink.jobStatus(fake.address, JOB)).toBe('FINISHED');
  });

  it('tells a savepoint that is in progress from one that is unknown', async () => {
    fake.savepointMode = 'never';
    await flink.triggerSavepoint(fake.address, JOB, request);
    expect(await flink.savepointStatus(fake.address, JOB, TRIGGER)).toEqual({ status: 'inProgress' });
    fake.forgetTriggers();
    expect(await flink.savepointStatus(fake.address, JOB, TRIGGER)).toEqual({ status: 'unknown' });
  });

  it('tells why a savepoint failed, and that the job runs on', async () => {
    fake.savepointMode = 'fails';
    await flink.stopWithSavepoint(fake.address, JOB, { ...request, drain: true });
    expect(await flink.savepointStatus(fake.address, JOB, TRIGGER)).toMatchObject({
      status: 'failed',
      cause: { rootCause: 'IOException: no room on savepoint storage' },
      savepoint: null,
      jobGone: false,
    });
    expect(await flink.jobStatus(fake.address, JOB)).toBe('RUNNING');
  });

  it('tells a stop that came too late from a savepoint that failed', async () => {
    fake.failJob(JOB);
    await flink.stopWithSavepoint(fake.address, JOB, { ...request, drain: false });
    expect(await flink.savepointStatus(fake.address, JOB, TRIGGER)).toMatchObject({ status: 'failed', jobGone: true });
    expect(fake.begun).toEqual([]);
  });

  it('keeps the savepoint of a stop that failed after it', async () => {
    fake.savepointMode = 'jobFailsWhileStopping';
    await flink.stopWithSavepoint(fake.address, JOB, { ...request, drain: false });
    expect(await flink.savepointStatus(fake.address, JOB, TRIGGER)).toMatchObject({
      status: 'failed',
      savepoint: expect.stringContaining('s3://b/savepoints/clicks/op-1/savepoint-') as string,
    });
    expect(await flink.jobStatus(fake.address, JOB)).toBe('FAILED');
  });

  it('reads checkpoints and what the program set for them', async () => {
    fake.completeCheckpoint(JOB);
    fake.completeCheckpoint(JOB);
    expect(await flink.checkpoints(fake.address, JOB)).toMatchObject({
      counts: { completed: 2, failed: 0 },
      latestCompleted: { id: 2, isSavepoint: false, path: `s3://fake/checkpoints/${JOB}/chk-2` },
      latestFailed: null,
      restored: null,
    });
    expect(await flink.checkpointsConfig(fake.address, JOB)).toMatchObject({
      intervalMs: 10_000,
      externalized: true,
      deletedOnCancellation: false,
    });
    fake.addJob({ id: 'd'.repeat(32), checkpointing: null });
    expect(await flink.checkpointsConfig(fake.address, 'd'.repeat(32))).toMatchObject({ intervalMs: null });
    fake.answerNext('checkpoints', {
      status: 404,
      body: { errors: [`RestHandlerException: Checkpointing is not enabled for this job (${JOB}).`] },
    });
    expect(await flink.checkpoints(fake.address, JOB)).toBeNull();
  });

  it('cancels, also twice', async () => {
    await flink.cancel(fake.address, JOB);
    await flink.cancel(fake.address, JOB);
    expect(await flink.jobStatus(fake.address, JOB)).toBe('CANCELED');
  });

  it('reads exceptions, configuration, the list of logs and the end of one', async () => {
    fake.restartJob(JOB);
    expect(await flink.exceptions(fake.address, JOB)).toMatchObject([{ rootCause: 'IOException: boom' }]);
    fake.config.set('rest.port', '8081');
    expect(await flink.jobManagerConfig(fake.address)).toEqual({ 'rest.port': '8081' });
    fake.logs.set('jobmanager.out', '');
    fake.logs.set('jobmanager.log', 'first\nlast\n');
    expect(await flink.logFiles(fake.address)).toEqual([
      { name: 'jobmanager.log', size: 11 },
      { name: 'jobmanager.out', size: 0 },
    ]);
    expect(await flink.logTail(fake.address, 'jobmanager.log', 5)).toBe('last\n');
    expect(await flink.logTail(fake.address, 'none', 5)).toBeNull();
    const taskManager = 'container_1_0001_01_000002';
    fake.taskManagers.set(taskManager, new Map([['taskmanager.log', 'of a TaskManager\n']]));
    expect(await flink.taskManagers(fake.address)).toEqual([taskManager]);
    expect(await flink.logFiles(fake.address, { taskManager })).toEqual([{ name: 'taskmanager.log', size: 17 }]);
    expect(await flink.logTail(fake.address, 'taskmanager.log', 12, { taskManager })).toBe('TaskManager\n');
    expect(await flink.logTail(fake.address, 'taskmanager.log', 12, { taskManager: 'gone' })).toBeNull();
  });

  it('refuses an address that is none', async () => {
    await expect(flink.overview('N/A:-1')).rejects.toMatchObject({ code: 'FlinkUnreachable' });
  });
});

describe('words of a later Flink', () => {
  const job = { jid: JOB, name: 'n', 'start-time': 1, 'end-time': -1, tasks: {} };

  it('make a job neither running nor over, and spoil neither the list nor the other jobs', () => {
    const { jobs } = JobsReply.parse({
      jobs: [
        { ...job, state: 'MIGRATING' },
        { ...job, state: 'RUNNING' },
      ],
    });
    expect(jobs.map(({ state }) => [state, isTerminalJob(state)])).toEqual([
      ['UNKNOWN', false],
      ['RUNNING', false],
    ]);
  });

  it('among the timestamps of a job spoil nothing', () => {
    const timestamps = { RUNNING: 7, MIGRATING: 8 };
    expect(JobReply.parse({ ...job, state: 'RUNNING', timestamps, vertices: [] }).enteredAt.RUNNING).toBe(7);
  });

  it('in one exception hide no other', () => {
    const entry = { exceptionName: 'java.io.IOException', stacktrace: 'java.io.IOException: full', timestamp: 1 };
    const entries = [{ ...entry, timestamp: 'yesterday' }, entry];
    expect(ExceptionsReply.parse({ exceptionHistory: { entries } })).toHaveLength(1);
  });
});
