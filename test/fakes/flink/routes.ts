/** Routes of a fake JobManager. */
import type { FakeRoute } from '../server.ts';
import type { FakeReply } from '../transport.ts';
import { directoryOf } from './checkpoints.ts';
import type { FakeFlinkOptions, FakeFlinkRoute, FakeJob } from './options.ts';
import {
  checkpointsConfigJson,
  checkpointsJson,
  errors,
  jobJson,
  jobNotFound,
  overviewJson,
  savepointJson,
  summaryJson,
} from './replies.ts';
import type { FakeSavepoints } from './savepoints.ts';

type Jobs = ReadonlyMap<string, FakeJob>;

export const jobRoutes = (jobs: Jobs): FakeRoute<FakeFlinkRoute>[] => [
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
    handle: ({ params }) => withJob(jobs, params[0], (job) => ({ status: 200, body: jobJson(job) })),
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
    name: 'cancel',
    method: 'PATCH',
    path: /^\/jobs\/(\w+)$/,
    handle: ({ params }) =>
      withJob(jobs, params[0], (job) => {
        if (['FINISHED', 'FAILED', 'CANCELED'].includes(job.state))
          return errors(409, 'Job cancellation failed because the job has already reached another terminal state');
        job.state = 'CANCELED';
        return { status: 202, body: {} };
      }),
  },
  {
    name: 'exceptions',
    method: 'GET',
    path: /^\/jobs\/(\w+)\/exceptions$/,
    handle: ({ params }) =>
      withJob(jobs, params[0], (job) => ({
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
];

export const snapshotRoutes = (
  jobs: Jobs,
  savepoints: FakeSavepoints,
  options: FakeFlinkOptions,
): FakeRoute<FakeFlinkRoute>[] => [
  {
    name: 'stop',
    method: 'POST',
    path: /^\/jobs\/(\w+)\/stop$/,
    handle: ({ params, body }) => savepoints.trigger('stop', params[0], body),
  },
  {
    name: 'savepoint',
    method: 'POST',
    path: /^\/jobs\/(\w+)\/savepoints$/,
    handle: ({ params, body }) => savepoints.trigger('savepoint', params[0], body),
  },
  {
    name: 'savepointStatus',
    method: 'GET',
    path: /^\/jobs\/(\w+)\/savepoints\/(\w+)$/,
    handle: ({ params: [jobId = '', triggerId = ''] }) =>
      savepointJson(savepoints.find(jobId, triggerId), jobId, triggerId),
  },
  {
    name: 'checkpoints',
    method: 'GET',
    path: /^\/jobs\/(\w+)\/checkpoints$/,
    handle: ({ params }) =>
      withJob(jobs, params[0], (job) => ({
        status: 200,
        body: checkpointsJson(job, directoryOf(job, options), savepoints.pendingOf(job)),
      })),
  },
  {
    name: 'checkpointsConfig',
    method: 'GET',
    path: /^\/jobs\/(\w+)\/checkpoints\/config$/,
    handle: ({ params }) =>
      withJob(jobs, params[0], (job) => ({ status: 200, body: checkpointsConfigJson(job.checkpointing) })),
  },
];

export const jobManagerRoutes = (
  jobs: Map<string, FakeJob>,
  logs: ReadonlyMap<string, string>,
  taskManagers: ReadonlyMap<string, ReadonlyMap<string, string>>,
  config: ReadonlyMap<string, string>,
  options: FakeFlinkOptions,
): FakeRoute<FakeFlinkRoute>[] => [
  {
    name: 'overview',
    method: 'GET',
    path: /^\/overview$/,
    handle: () => ({ status: 200, body: overviewJson(jobs, options.version ?? '1.20.1', options.slots?.() ?? 4) }),
  },
  {
    name: 'dashboard',
    method: 'GET',
    path: /^\/config$/,
    handle: () => ({
      status: 200,
      body: {
        'refresh-interval': 3_000,
        'timezone-name': 'Coordinated Universal Time',
        'timezone-offset': 0,
        'flink-version': options.version ?? '1.20.1',
        'flink-revision': 'abc @ 2025-01-01T00:00:00+00:00',
        features: { 'web-submit': true, 'web-cancel': true, 'web-rescale': false, 'web-history': false },
      },
    }),
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
  ...logRoutes(logs, taskManagers),
];

const logRoutes = (
  logs: ReadonlyMap<string, string>,
  taskManagers: ReadonlyMap<string, ReadonlyMap<string, string>>,
): FakeRoute<FakeFlinkRoute>[] => [
  {
    name: 'logs',
    method: 'GET',
    path: /^\/jobmanager\/logs$/,
    handle: () => listOf(logs),
  },
  {
    name: 'taskManagers',
    method: 'GET',
    path: /^\/taskmanagers$/,
    handle: () => ({ status: 200, body: { taskmanagers: [...taskManagers.keys()].map((id) => ({ id })) } }),
  },
  {
    name: 'logs',
    method: 'GET',
    path: /^\/taskmanagers\/([^/]+)\/logs$/,
    handle: ({ params }) => {
      const files = taskManagers.get(params[0] ?? '');
      return files === undefined ? errors(404, 'Cannot find requested TaskManager.') : listOf(files);
    },
  },
  {
    name: 'log',
    method: 'GET',
    path: /^\/taskmanagers\/([^/]+)\/logs\/([^/]+)$/,
    handle: ({ params }) => {
      const text = taskManagers.get(params[0] ?? '')?.get(params[1] ?? '');
      return text === undefined ? errors(404, 'The file does not exist on the TaskExecutor.') : { status: 200, text };
    },
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
];

const listOf = (logs: ReadonlyMap<string, string>): FakeReply => ({
  status: 200,
  body: { logs: [...logs].map(([name, text]) => ({ name, size: Buffer.byteLength(text), mtime: 0 })) },
});

function withJob(jobs: Jobs, id: string | undefined, handle: (job: FakeJob) => FakeReply): FakeReply {
  const job = jobs.get(id ?? '');
  return job === undefined
    ? errors(404, `org.apache.flink.runtime.rest.NotFoundException: Job ${id ?? ''} not found\n\tat x.Y`)
    : handle(job);
}
