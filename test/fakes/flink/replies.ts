/** Replies of a fake JobManager, in the JSON of Flink 1.20.1. */
import type { FakeReply } from '../transport.ts';
import type { FakeJob } from './options.ts';

/** A stop or savepoint that was triggered; null while it is in progress for ever. */
export interface Trigger {
  readonly done: { at: number; location: string } | { at: number; stack: string } | null;
}

export const errors = (status: number, ...messages: string[]): FakeReply => ({ status, body: { errors: messages } });

export const jobNotFound = (id: string) =>
  `org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (${id})`;

export function savepointJson(trigger: Trigger | undefined, jobId: string, triggerId: string): FakeReply {
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

const taskCounts = (job: FakeJob, tasks = job.parallelism) => ({
  CREATED: 0,
  DEPLOYING: 0,
  RUNNING: job.state === 'RUNNING' ? tasks : 0,
  FINISHED: job.state === 'FINISHED' ? tasks : 0,
  CANCELED: 0,
  FAILED: 0,
});

export const overviewJson = (jobs: Map<string, FakeJob>, version: string, slots: number) => ({
  taskmanagers: 1,
  'slots-total': slots,
  'slots-available': slots,
  'jobs-running': [...jobs.values()].filter(({ state }) => state === 'RUNNING').length,
  'jobs-finished': 0,
  'jobs-cancelled': 0,
  'jobs-failed': 0,
  'flink-version': version,
  'flink-commit': 'abcdef0',
});

export const summaryJson = (job: FakeJob) => ({
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

/** Flink's default for up to 85 subtasks. */
export const MAX_PARALLELISM = 128;

export const jobJson = (job: FakeJob) => ({
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
      maxParallelism: MAX_PARALLELISM,
      parallelism: job.parallelism,
      status: job.state,
      'start-time': job.startedAt,
      'end-time': -1,
      tasks: taskCounts(job),
    },
    ...Object.entries(job.fixed).map(([id, parallelism]) => ({
      id,
      name: `Fixed ${id}`,
      maxParallelism: 128,
      parallelism,
      status: job.state,
      'start-time': job.startedAt,
      'end-time': -1,
      tasks: taskCounts(job, parallelism),
    })),
  ],
  'status-counts': {},
  plan: {},
});

export function checkpointsJson(job: FakeJob, directory: string, pending: number) {
  const { completed, failed, lastId, latestId, latestAt } = job.checkpoints;
  return {
    counts: {
      restored: (job.restoredFrom === null ? 0 : 1) + job.restarts,
      total: completed + failed,
      in_progress: pending,
      completed,
      failed,
    },
    history: [
      ...Array.from({ length: pending }, (_, index) => ({
        id: lastId + pending - index,
        status: 'IN_PROGRESS',
        is_savepoint: true,
        trigger_timestamp: Date.now() - 10,
        latest_ack_timestamp: -1,
      })),
      ...job.history.map(({ id, at, tookMs, bytes }) => ({
        id,
        status: 'COMPLETED',
        is_savepoint: false,
        trigger_timestamp: at - tookMs,
        latest_ack_timestamp: at,
        checkpointed_size: bytes,
        state_size: bytes,
        external_path: `${directory}/${job.id}/chk-${id}`,
        discarded: !job.retained.some((one) => one.id === id),
      })),
    ],
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
              discarded: !job.retained.some(({ id }) => id === latestId),
              checkpoint_type: 'CHECKPOINT',
            },
      savepoint: savepointOf(job),
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

const savepointOf = ({ latestSavepoint }: FakeJob) =>
  latestSavepoint && {
    id: latestSavepoint.id,
    status: 'COMPLETED',
    is_savepoint: true,
    savepointFormat: 'CANONICAL',
    trigger_timestamp: latestSavepoint.at - 10,
    latest_ack_timestamp: latestSavepoint.at,
    checkpointed_size: 10,
    state_size: 1_000,
    external_path: latestSavepoint.path,
    discarded: false,
    checkpoint_type: latestSavepoint.isStop ? 'SYNC_SAVEPOINT' : 'SAVEPOINT',
  };

/** Without checkpointing Flink answers all the same, with an interval of Long.MAX_VALUE. */
export const checkpointsConfigJson = (config: FakeJob['checkpointing']) => ({
  mode: config?.mode ?? 'exactly_once',
  interval: config?.intervalMs ?? Number('9223372036854775807'),
  timeout: config?.timeoutMs ?? 600_000,
  min_pause: 0,
  max_concurrent: 1,
  externalization: {
    enabled: config?.externalized ?? false,
    delete_on_cancellation: config?.deletedOnCancellation ?? true,
  },
  state_backend: config?.stateBackend ?? 'HashMapStateBackend',
  checkpoint_storage: config?.storage ?? 'JobManagerCheckpointStorage',
  unaligned_checkpoints: false,
  tolerable_failed_checkpoints: 0,
  aligned_checkpoint_timeout: 0,
});
