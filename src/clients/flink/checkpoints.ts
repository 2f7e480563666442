/** Shapes of what Flink's REST API says about checkpoints (Flink 1.20.1 and 2.1.0, `…rest.messages.checkpoints`). */
import { z } from 'zod';

/** Milliseconds since 1970; Flink writes -1 for "not yet". */
const time = z
  .number()
  .nullish()
  .transform((value) => (value === undefined || value === null || value <= 0 ? null : value));

/** Flink writes a sentence in angle brackets for checkpoints that nobody outside can address. */
const path = z
  .string()
  .nullish()
  .transform((value) =>
    value === undefined || value === null || value.startsWith('<') || value === '' ? null : value,
  );

const CompletedCheckpoint = z
  .object({
    id: z.number(),
    is_savepoint: z.boolean(),
    trigger_timestamp: z.number(),
    latest_ack_timestamp: z.number(),
    state_size: z.number(),
    external_path: path,
    discarded: z.boolean().default(false),
    checkpoint_type: z.string().nullish(),
    savepointFormat: z.string().nullish(),
  })
  .transform((checkpoint) => ({
    id: checkpoint.id,
    isSavepoint: checkpoint.is_savepoint,
    triggeredAt: checkpoint.trigger_timestamp,
    /** The time of the last subtask's acknowledgement, ms since 1970 by the JobManager's clock. */
    completedAt: checkpoint.latest_ack_timestamp,
    stateBytes: checkpoint.state_size,
    path: checkpoint.external_path,
    /** Whether the files are gone; true also after a stop with savepoint, because a FINISHED job keeps no checkpoints. */
    discarded: checkpoint.discarded,
    /** CHECKPOINT, UNALIGNED_CHECKPOINT, SAVEPOINT or SYNC_SAVEPOINT. */
    type: checkpoint.checkpoint_type ?? null,
    savepointFormat: checkpoint.savepointFormat ?? null,
  }));
export type CompletedCheckpoint = z.output<typeof CompletedCheckpoint>;

/** A checkpoint among the last ten (`web.checkpoints.history`), in whatever state it is. */
const HistoryEntry = z
  .object({
    id: z.number(),
    status: z.enum(['IN_PROGRESS', 'COMPLETED', 'FAILED']),
    is_savepoint: z.boolean(),
    trigger_timestamp: z.number(),
    latest_ack_timestamp: z.number(),
    state_size: z.number().nullish(),
    external_path: path,
    discarded: z.boolean().default(false),
  })
  .transform((entry) => ({
    id: entry.id,
    status: entry.status,
    isSavepoint: entry.is_savepoint,
    triggeredAt: entry.trigger_timestamp,
    completedAt: entry.latest_ack_timestamp,
    stateBytes: entry.state_size ?? null,
    path: entry.external_path,
    discarded: entry.discarded,
  }));

export const CheckpointsReply = z
  .object({
    counts: z.object({
      restored: z.number(),
      total: z.number(),
      in_progress: z.number(),
      completed: z.number(),
      failed: z.number(),
    }),
    latest: z
      .object({
        completed: CompletedCheckpoint.nullish(),
        savepoint: CompletedCheckpoint.nullish(),
        failed: z
          .object({ id: z.number(), failure_timestamp: time, failure_message: z.string().nullish() })
          .transform((failed) => ({
            id: failed.id,
            failedAt: failed.failure_timestamp,
            message: failed.failure_message ?? '',
          }))
          .nullish(),
        restored: z
          .object({ id: z.number(), restore_timestamp: z.number(), is_savepoint: z.boolean(), external_path: path })
          .transform((restored) => ({
            id: restored.id,
            restoredAt: restored.restore_timestamp,
            isSavepoint: restored.is_savepoint,
            path: restored.external_path,
          }))
          .nullish(),
      })
      .nullish(),
    // The history is only shown to people, so an entry that cannot be read must not keep a deploy from being verified.
    history: z.array(HistoryEntry).catch([]),
  })
  .transform(({ counts, latest, history }) => ({
    counts: {
      restored: counts.restored,
      total: counts.total,
      inProgress: counts.in_progress,
      completed: counts.completed,
      failed: counts.failed,
    },
    /** Newest completed checkpoint of this JobManager, never a savepoint. */
    latestCompleted: latest?.completed ?? null,
    latestSavepoint: latest?.savepoint ?? null,
    latestFailed: latest?.failed ?? null,
    restored: latest?.restored ?? null,
    /** Newest first. */
    history,
  }));
export type Checkpoints = z.output<typeof CheckpointsReply>;

export const CheckpointsConfigReply = z
  .object({
    mode: z.string(),
    interval: z.number(),
    timeout: z.number(),
    externalization: z.object({ enabled: z.boolean(), delete_on_cancellation: z.boolean() }),
    state_backend: z.string().nullish(),
    checkpoint_storage: z.string().nullish(),
    unaligned_checkpoints: z.boolean().default(false),
    tolerable_failed_checkpoints: z.number().default(0),
  })
  .transform((config) => ({
    mode: config.mode,
    /** ms; null when the job has no periodic checkpoints (Flink writes Long.MAX_VALUE). */
    intervalMs: config.interval >= Number.MAX_SAFE_INTEGER || config.interval <= 0 ? null : config.interval,
    timeoutMs: config.timeout,
    /** Whether checkpoints outlive the job, and whether cancelling it deletes them. */
    externalized: config.externalization.enabled,
    deletedOnCancellation: config.externalization.delete_on_cancellation,
    stateBackend: config.state_backend ?? null,
    /** Class name, e.g. `FileSystemCheckpointStorage`; Flink does not tell the directory here. */
    storage: config.checkpoint_storage ?? null,
    unaligned: config.unaligned_checkpoints,
    tolerableFailures: config.tolerable_failed_checkpoints,
  }));
export type CheckpointsConfig = z.output<typeof CheckpointsConfigReply>;
