/** A JobManager that keeps its jobs in memory and speaks Flink's REST API over HTTP. */
import { randomBytes } from 'node:crypto';
import { isTerminalJob, type JobState } from '../../src/clients/flink/replies.ts';
import { type FakeReply, type FakeServer, startFakeServer } from './server.ts';
import type { Transport } from './transport.ts';

/** How the next savepoints, with or without a stop, end. */
export type SavepointMode =
  /** The savepoint completes, and the stop ends the job as FINISHED. */
  | 'ok'
  /** The savepoint fails; the job runs on. */
  | 'fails'
  /** The savepoint completes, the job fails while it stops. */
  | 'jobFailsWhileStopping'
  /** The savepoint completes, the job fails while it stops, and starts again inside its application. */
  | 'jobRestartsWhileStopping'
  /** IN_PROGRESS until `endSavepoints`. */
  | 'never';

export interface FakeJob {
  readonly id: string;
  name: string;
  state: JobState;
  parallelism: number;
  startedAt: number;
  /** When the job last became RUNNING. */
  runningSince: number;
  /** `lastId` counts savepoints and failures too; `latestId` is the last that completed as a checkpoint. */
  checkpoints: { completed: number; failed: number; lastId: number; latestId: number; latestAt: number | null };
  restoredFrom: string | null;
  /** Restarts inside the application, each of which restores a checkpoint. */
  restarts: number;
  /** null: checkpointing is off. */
  checkpointing: {
    intervalMs: number;
    timeoutMs?: number;
    externalized: boolean;
    deletedOnCancellation: boolean;
    storage: string;
  } | null;
  exceptions: { at: number; stack: string }[];
}

export type FakeFlinkRoute =
  | 'overview'
  | 'jobs'
  | 'job'
  | 'jobStatus'
  | 'stop'
  | 'savepoint'
  | 'savepointStatus'
  | 'cancel'
  | 'checkpoints'
  | 'checkpointsConfig'
  | 'exceptions'
  | 'config'
  | 'shutdown'
  | 'logs'
  | 'log';

export interface FakeFlinkOptions {
  readonly version?: string;
  /** Checkpoints lie in `<checkpointDirectory>/<job id>/chk-<n>`. */
  readonly checkpointDirectory?: string;
  /** Called for each completed savepoint and checkpoint: a test writes its `_metadata`. */
  readonly onSnapshot?: (snapshot: { jobId: string; checkpointId: number; path: string }) => void;
  /** Called after `DELETE /cluster`; the fake YARN ends the application with it. */
  readonly onShutdown?: () => void;
  /** Default: HTTP on loopback. */
  readonly transport?: Transport;
  /** Called for each stop or savepoint that really begins. */
  readonly onBegin?: (begun: { jobId: string; kind: 'stop' | 'savepoint'; directory: string }) => void;
  /** The random end of a savepoint's folder. Default: six random bytes. */
  readonly suffix?: () => string;
}

export interface FakeFlink extends FakeServer<FakeFlinkRoute> {
  readonly jobs: Map<string, FakeJob>;
  /** Jobs for which a stop or savepoint really began: a repeated trigger id counts once. */
  readonly begun: { jobId: string; triggerId: string; kind: 'stop' | 'savepoint' }[];
  savepointMode: SavepointMode;
  /** ms a savepoint stays IN_PROGRESS. */
  savepointTakes: number;
  readonly logs: Map<string, string>;
  readonly config: Map<string, string>;
  addJob(job: { id: string } & Partial<Omit<FakeJob, 'id'>>): FakeJob;
  completeCheckpoint(jobId: string): void;
  failCheckpoint(jobId: string): void;
  /** The job fails and starts again: RUNNING from now, one more restored checkpoint. */
  restartJob(jobId: string, stack?: string): void;
  failJob(jobId: string, stack?: string): void;
  /** Savepoints that are in progress for ever end after all. */
  endSavepoints(mode: Exclude<SavepointMode, 'never'>): void;
  /** The job fails and is started again and again: RESTARTING until `restartJob`. */
  crashLoop(jobId: string, stack?: string): void;
  /** What is `never` to end has expired, as Flink decides after its time-out. */
  failPendingSavepoints(): void;
  /** As after a failover of the JobManager: triggers are unknown. */
  forgetTriggers(): void;
}

interface Trigger {
  readonly done: { at: number; location: string } | { at: number; stack: string } | null;
}

const STACK =
  'org.apache.flink.runtime.JobException: Recovery is suppressed\n\tat a.b.C\nCaused by: java.io.IOException: boom\n\tat d.e.F';

export async function createFakeFlink(options: FakeFlinkOptions = {}): Promise<FakeFlink> {
  const jobs = new Map<string, FakeJob>();
  const triggers = new Map<string, Trigger>();
  const begun: FakeFlink['begun'] = [];
  const inProgress: ((how: Exclude<SavepointMode, 'never'>) => void)[] = [];
  const logs = new Map<string, string>();
  const config = new Map<string, string>();
  const mode = { savepointMode: 'ok' as SavepointMode, savepointTakes: 0 };
  /** A JobManager that is gone finishes nothing. */
  let isClosed = false;

  const withJob = (id: string | undefined, handle: (job: FakeJob) => FakeReply): FakeReply => {
    const job = jobs.get(id ?? '');
    return job === undefined
      ? errors(404, `org.apache.flink.runtime.rest.NotFoundException: Job ${id ?? ''} not found\n\tat x.Y`)
      : handle(job);
  };

  function begin(job: FakeJob, kind: 'stop' | 'savepoint', directory: unknown, triggerId: string): void {
    if (triggers.has(`${job.id}/${triggerId}`)) return;
    begun.push({ jobId: job.id, triggerId, kind });
    options.onBegin?.({ jobId: job.id, kind, directory: String(directory) });
    const location = `${String(directory).replace(/\/$/, '')}/savepoint-${job.id.slice(0, 6)}-${(options.suffix ?? randomSuffix)()}`;
    // Not every task runs: the checkpoint coordinator refuses.
    const how = job.state === 'RUNNING' ? mode.savepointMode : 'fails';
    if (how !== 'never') {
      settle(job, kind, location, triggerId, how);
      return;
    }
    triggers.set(`${job.id}/${triggerId}`, { done: null });
    inProgress.push((how) => settle(job, kind, location, triggerId, how));
  }

  function settle(
    job: FakeJob,
    kind: 'stop' | 'savepoint',
    location: string,
    triggerId: string,
    how: Exclude<SavepointMode, 'never'>,
  ): void {
    const at = Date.now() + mode.savepointTakes;
    const finish = (trigger: Trigger, end: () => void): void => {
      triggers.set(`${job.id}/${triggerId}`, trigger);
      if (mode.savepointTakes === 0) end();
      else
        setTimeout(() => {
          if (!isClosed) end();
        }, mode.savepointTakes).unref();
    };
    const complete = (): void => {
      job.checkpoints.lastId += 1;
      options.onSnapshot?.({ jobId: job.id, checkpointId: job.checkpoints.lastId, path: location });
    };
    switch (how) {
      case 'ok':
        finish({ done: { at, location } }, () => {
          if (job.state !== 'RUNNING') {
            const stack = 'org.apache.flink.runtime.checkpoint.CheckpointException: The job has failed.\n\tat x.Y';
            triggers.set(`${job.id}/${triggerId}`, { done: { at, stack } });
            return;
          }
          complete();
          if (kind === 'stop') job.state = 'FINISHED';
        });
        break;
      case 'fails': {
        const stack =
          'java.util.concurrent.CompletionException: org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint Coordinator is suspending.\n\tat x.Y\nCaused by: java.io.IOException: no room on savepoint storage\n\tat z';
        finish({ done: { at, stack } }, () => undefined);
        break;
      }
      case 'jobFailsWhileStopping':
      case 'jobRestartsWhileStopping': {
        const stack = `org.apache.flink.runtime.scheduler.stopwithsavepoint.StopWithSavepointStoppingException: A savepoint has been created at: ${location}, but the corresponding job ${job.id} failed during stopping. The savepoint is consistent, but might have uncommitted transactions.\n\tat x.Y`;
        finish({ done: { at, stack } }, () => {
          complete();
          if (how === 'jobFailsWhileStopping') job.state = 'FAILED';
        });
        break;
      }
    }
  }

  /** Savepoints that the job is at. */
  const pendingOf = ({ id }: FakeJob): number =>
    [...triggers].filter(([key, { done }]) => key.startsWith(`${id}/`) && done === null).length;

  const trigger = (kind: 'stop' | 'savepoint', id: string | undefined, body: unknown): FakeReply => {
    const request = body as Record<string, unknown>;
    const triggerId = typeof request['triggerId'] === 'string' ? request['triggerId'] : randomBytes(16).toString('hex');
    const known = triggers.has(`${id ?? ''}/${triggerId}`);
    const directory = request[kind === 'stop' ? 'targetDirectory' : 'target-directory'];
    if (directory === undefined)
      return errors(
        400,
        'org.apache.flink…RestHandlerException: Config key [execution.checkpointing.savepoint-dir] is not set.',
      );
    const job = jobs.get(id ?? '');
    if (known) return { status: 202, body: { 'request-id': triggerId } };
    // Real Flink accepts triggers for jobs that it does not run, and remembers that they failed.
    if (job === undefined || isTerminalJob(job.state)) {
      const stack = `java.util.concurrent.CompletionException: ${jobNotFound(id ?? '')}\n\tat x.Y`;
      triggers.set(`${id ?? ''}/${triggerId}`, { done: { at: Date.now(), stack } });
    } else {
      begin(job, kind, directory, triggerId);
    }
    return { status: 202, body: { 'request-id': triggerId } };
  };

  const server = await startFakeServer<FakeFlinkRoute>(
    [
      {
        name: 'overview',
        method: 'GET',
        path: /^\/overview$/,
        handle: () => ({ status: 200, body: overviewJson(jobs, options.version ?? '1.20.1') }),
      },
      {
        name: 'jobs',
        method: 'GET',
        path: /^\/jobs\/overview$/,
        handle: () => ({ status: 200, body: { jobs: [...jobs.values()].map(summaryJson) } }),
      },
      {
        name: 'job',
        method: 'GET',
        path: /^\/jobs\/(\w+)$/,
        handle: ({ params }) => withJob(params[0], (job) => ({ status: 200, body: jobJson(job) })),
      },
      {
        name: 'jobStatus',
        method: 'GET',
        path: /^\/jobs\/(\w+)\/status$/,
        handle: ({ params: [id = ''] }) => {
          const job = jobs.get(id);
          return job === undefined
            ? errors(500, 'Internal server error.', `<Exception on server side:\n${jobNotFound(id)}\n\tat x.Y`)
            : { status: 200, body: { status: job.state } };
        },
      },
      {
        name: 'stop',
        method: 'POST',
        path: /^\/jobs\/(\w+)\/stop$/,
        handle: ({ params, body }) => trigger('stop', params[0], body),
      },
      {
        name: 'savepoint',
        method: 'POST',
        path: /^\/jobs\/(\w+)\/savepoints$/,
        handle: ({ params, body }) => trigger('savepoint', params[0], body),
      },
      {
        name: 'savepointStatus',
        method: 'GET',
        path: /^\/jobs\/(\w+)\/savepoints\/(\w+)$/,
        handle: ({ params: [jobId = '', triggerId = ''] }) =>
          savepointJson(triggers.get(`${jobId}/${triggerId}`), jobId, triggerId),
      },
      {
        name: 'cancel',
        method: 'PATCH',
        path: /^\/jobs\/(\w+)$/,
        handle: ({ params }) =>
          withJob(params[0], (job) => {
            if (['FINISHED', 'FAILED', 'CANCELED'].includes(job.state))
              return errors(409, 'Job cancellation failed because the job has already reached another terminal state');
            job.state = 'CANCELED';
            return { status: 202, body: {} };
          }),
      },
      {
        name: 'checkpoints',
        method: 'GET',
        path: /^\/jobs\/(\w+)\/checkpoints$/,
        handle: ({ params }) =>
          withJob(params[0], (job) => ({
            status: 200,
            body: checkpointsJson(job, options.checkpointDirectory ?? 's3://fake/checkpoints', pendingOf(job)),
          })),
      },
      {
        name: 'checkpointsConfig',
        method: 'GET',
        path: /^\/jobs\/(\w+)\/checkpoints\/config$/,
        handle: ({ params }) =>
          withJob(params[0], (job) => ({ status: 200, body: checkpointsConfigJson(job.checkpointing) })),
      },
      {
        name: 'exceptions',
        method: 'GET',
        path: /^\/jobs\/(\w+)\/exceptions$/,
        handle: ({ params }) =>
          withJob(params[0], (job) => ({
            status: 200,
            body: {
              exceptionHistory: {
                entries: job.exceptions.map(({ at, stack }) => ({
                  exceptionName: stack.split(':')[0],
                  stacktrace: stack,
                  timestamp: at,
                  taskName: null,
                })),
                truncated: false,
              },
            },
          })),
      },
      {
        name: 'config',
        method: 'GET',
        path: /^\/jobmanager\/config$/,
        handle: () => ({ status: 200, body: [...config].map(([key, value]) => ({ key, value })) }),
      },
      {
        name: 'shutdown',
        method: 'DELETE',
        path: /^\/cluster$/,
        handle: () => {
          setImmediate(() => options.onShutdown?.());
          return { status: 200, body: {} };
        },
      },
      {
        name: 'logs',
        method: 'GET',
        path: /^\/jobmanager\/logs$/,
        handle: () => ({
          status: 200,
          body: { logs: [...logs].map(([name, text]) => ({ name, size: Buffer.byteLength(text), mtime: 0 })) },
        }),
      },
      {
        name: 'log',
        method: 'GET',
        path: /^\/jobmanager\/logs\/([^/]+)$/,
        handle: ({ params }) => {
          const text = logs.get(params[0] ?? '');
          return text === undefined
            ? errors(404, 'This file does not exist in JobManager log dir.')
            : { status: 200, text };
        },
      },
    ],
    () => null,
    errors(404, 'Not found.'),
    options.transport,
  );

  const jobOf = (id: string): FakeJob => {
    const job = jobs.get(id);
    if (job === undefined) throw new Error(`the fake Flink has no job ${id}`);
    return job;
  };

  return Object.assign(mode, server, {
    jobs,
    begun,
    logs,
    config,
    addJob: (job: { id: string } & Partial<Omit<FakeJob, 'id'>>): FakeJob => {
      const added: FakeJob = {
        name: 'fake job',
        state: 'RUNNING',
        parallelism: 2,
        startedAt: Date.now(),
        runningSince: Date.now(),
        checkpoints: { completed: 0, failed: 0, lastId: 0, latestId: 0, latestAt: null },
        restoredFrom: null,
        restarts: 0,
        checkpointing: {
          intervalMs: 10_000,
          externalized: true,
          deletedOnCancellation: false,
          storage: 'FileSystemCheckpointStorage',
        },
        exceptions: [],
        ...job,
      };
      jobs.set(added.id, added);
      return added;
    },
    completeCheckpoint: (jobId: string) => {
      const job = jobOf(jobId);
      job.checkpoints.completed += 1;
      job.checkpoints.lastId += 1;
      job.checkpoints.latestId = job.checkpoints.lastId;
      job.checkpoints.latestAt = Date.now();
      const path = `${options.checkpointDirectory ?? 's3://fake/checkpoints'}/${jobId}/chk-${job.checkpoints.lastId}`;
      options.onSnapshot?.({ jobId, checkpointId: job.checkpoints.lastId, path });
    },
    failCheckpoint: (jobId: string) => {
      const { checkpoints } = jobOf(jobId);
      checkpoints.failed += 1;
      checkpoints.lastId += 1;
    },
    restartJob: (jobId: string, stack: string = STACK) => {
      const job = jobOf(jobId);
      job.exceptions.unshift({ at: Date.now(), stack });
      job.state = 'RUNNING';
      job.restarts += 1;
      job.runningSince = Date.now();
    },
    failJob: (jobId: string, stack: string = STACK) => {
      const job = jobOf(jobId);
      job.exceptions.unshift({ at: Date.now(), stack });
      job.state = 'FAILED';
    },
    endSavepoints: (how: Exclude<SavepointMode, 'never'>) => {
      for (const end of inProgress.splice(0)) end(how);
    },
    crashLoop: (jobId: string, stack: string = STACK) => {
      const job = jobOf(jobId);
      job.exceptions.unshift({ at: Date.now(), stack });
      job.state = 'RESTARTING';
    },
    failPendingSavepoints: () => {
      const stack =
        'org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint expired before completing.\n\tat x.Y';
      for (const [id, { done }] of triggers) if (done === null) triggers.set(id, { done: { at: Date.now(), stack } });
    },
    forgetTriggers: () => triggers.clear(),
    close: () => {
      isClosed = true;
      return server.close();
    },
  });
}

const randomSuffix = (): string => randomBytes(6).toString('hex');

const errors = (status: number, ...messages: string[]): FakeReply => ({ status, body: { errors: messages } });

const jobNotFound = (id: string) =>
  `org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (${id})`;

function savepointJson(trigger: Trigger | undefined, jobId: string, triggerId: string): FakeReply {
  if (trigger === undefined) {
    return errors(
      404,
      `org.apache.flink.runtime.rest.NotFoundException: There is no savepoint operation with triggerId=${triggerId} for job ${jobId}.`,
    );
  }
  const { done } = trigger;
  if (done === null || done.at > Date.now())
    return { status: 200, body: { status: { id: 'IN_PROGRESS' }, operation: null } };
  const operation =
    'location' in done
      ? { location: done.location }
      : {
          'failure-cause': {
            class: done.stack.split(':')[0],
            'stack-trace': done.stack,
            'serialized-throwable': 'AAAA',
          },
        };
  return { status: 200, body: { status: { id: 'COMPLETED' }, operation } };
}

const taskCounts = (job: FakeJob) => ({
  CREATED: 0,
  DEPLOYING: 0,
  RUNNING: job.state === 'RUNNING' ? job.parallelism : 0,
  FINISHED: job.state === 'FINISHED' ? job.parallelism : 0,
  CANCELED: 0,
  FAILED: 0,
});

const overviewJson = (jobs: Map<string, FakeJob>, version: string) => ({
  taskmanagers: 1,
  'slots-total': 4,
  'slots-available': 2,
  'jobs-running': [...jobs.values()].filter(({ state }) => state === 'RUNNING').length,
  'jobs-finished': 0,
  'jobs-cancelled': 0,
  'jobs-failed': 0,
  'flink-version': version,
  'flink-commit': 'abcdef0',
});

const summaryJson = (job: FakeJob) => ({
  jid: job.id,
  name: job.name,
  state: job.state,
  'start-time': job.startedAt,
  'end-time': -1,
  duration: Date.now() - job.startedAt,
  'last-modification': job.runningSince,
  tasks: Object.fromEntries(
    Object.entries({ total: job.parallelism, ...taskCounts(job) }).map(([state, count]) => [
      state.toLowerCase(),
      count,
    ]),
  ),
});

const jobJson = (job: FakeJob) => ({
  jid: job.id,
  name: job.name,
  state: job.state,
  'start-time': job.startedAt,
  'end-time': -1,
  maxParallelism: -1,
  now: Date.now(),
  timestamps: {
    INITIALIZING: job.startedAt,
    CREATED: job.startedAt,
    RUNNING: job.runningSince,
    FAILED: 0,
    FINISHED: 0,
    CANCELED: 0,
  },
  vertices: [
    {
      id: 'v1',
      name: 'Source',
      maxParallelism: 128,
      parallelism: job.parallelism,
      status: job.state,
      'start-time': job.startedAt,
      'end-time': -1,
      tasks: taskCounts(job),
    },
  ],
  'status-counts': {},
  plan: {},
});

function checkpointsJson(job: FakeJob, directory: string, pending: number) {
  const { completed, failed, lastId, latestId, latestAt } = job.checkpoints;
  return {
    counts: {
      restored: (job.restoredFrom === null ? 0 : 1) + job.restarts,
      total: completed + failed,
      in_progress: pending,
      completed,
      failed,
    },
    history: Array.from({ length: pending }, (_, index) => ({
      id: lastId + pending - index,
      status: 'IN_PROGRESS',
      is_savepoint: true,
      trigger_timestamp: Date.now() - 10,
      latest_ack_timestamp: -1,
    })),
    latest: {
      completed:
        latestAt === null
          ? null
          : {
              id: latestId,
              status: 'COMPLETED',
              is_savepoint: false,
              savepointFormat: null,
              trigger_timestamp: latestAt - 10,
              latest_ack_timestamp: latestAt,
              checkpointed_size: 10,
              state_size: 1_000,
              external_path: `${directory}/${job.id}/chk-${latestId}`,
              discarded: job.state === 'FINISHED',
              checkpoint_type: 'CHECKPOINT',
            },
      savepoint: null,
      failed:
        failed === 0
          ? null
          : { id: lastId, failure_timestamp: Date.now(), failure_message: 'Checkpoint expired before completing.' },
      restored:
        job.restoredFrom === null
          ? null
          : { id: 1, restore_timestamp: job.startedAt, is_savepoint: true, external_path: job.restoredFrom },
    },
  };
}

/** Without checkpointing Flink answers all the same, with an interval of Long.MAX_VALUE. */
const checkpointsConfigJson = (config: FakeJob['checkpointing']) => ({
  mode: 'exactly_once',
  interval: config?.intervalMs ?? Number('9223372036854775807'),
  timeout: config?.timeoutMs ?? 600_000,
  min_pause: 0,
  max_concurrent: 1,
  externalization: {
    enabled: config?.externalized ?? false,
    delete_on_cancellation: config?.deletedOnCancellation ?? true,
  },
  state_backend: 'HashMapStateBackend',
  checkpoint_storage: config?.storage ?? 'JobManagerCheckpointStorage',
  unaligned_checkpoints: false,
  tolerable_failed_checkpoints: 0,
  aligned_checkpoint_timeout: 0,
});
