/** Files of checkpoints as a fake JobManager keeps and deletes them, by the rules of Flink's `CheckpointProperties`. */
import type { JobState } from '../../../src/clients/flink/replies.ts';
import type { FakeFlinkOptions, FakeJob } from './options.ts';

/** Ends of a Flink job; it is SUSPENDED when its JobManager is shut down while it runs. */
type End = Extract<JobState, 'FINISHED' | 'CANCELED' | 'FAILED' | 'SUSPENDED'>;

const ends: ReadonlySet<JobState> = new Set(['FINISHED', 'CANCELED', 'FAILED', 'SUSPENDED']);
const isEnd = (state: JobState): state is End => ends.has(state);

/**
 * Ends at which Flink deletes the completed checkpoints of a job: RETAIN_ON_CANCELLATION, DELETE_ON_CANCELLATION and
 * NO_EXTERNALIZED_CHECKPOINTS (CheckpointProperties of 1.20.1).
 */
function deletesAt({ checkpointing }: FakeJob): readonly End[] {
  if (checkpointing?.externalized !== true) return ['FINISHED', 'CANCELED', 'FAILED', 'SUSPENDED'];
  return checkpointing.deletedOnCancellation ? ['FINISHED', 'CANCELED', 'SUSPENDED'] : ['FINISHED'];
}

export const directoryOf = ({ ownDirectory }: FakeJob, { checkpointDirectory }: FakeFlinkOptions): string =>
  ownDirectory ?? checkpointDirectory ?? 's3://fake/checkpoints';

const REMEMBERED = 10;

/** Completes a checkpoint; beyond `numRetained` Flink deletes the oldest one (StandaloneCompletedCheckpointStore). */
export function complete(job: FakeJob, options: FakeFlinkOptions): void {
  const { checkpoints, retained } = job;
  checkpoints.completed += 1;
  checkpoints.lastId += 1;
  checkpoints.latestId = checkpoints.lastId;
  checkpoints.latestAt = Date.now();
  job.history = [{ id: checkpoints.lastId, at: Date.now(), tookMs: 10, bytes: 1_000 }, ...job.history].slice(
    0,
    REMEMBERED,
  );
  const path = `${directoryOf(job, options)}/${job.id}/chk-${checkpoints.lastId}`;
  retained.push({ id: checkpoints.lastId, path });
  options.onSnapshot?.({ jobId: job.id, checkpointId: checkpoints.lastId, path });
  discard(job, Math.max(0, retained.length - job.numRetained), options);
}

/** The job has reached an end, or its JobManager is shut down. */
export function ended(job: FakeJob, end: JobState, options: FakeFlinkOptions): void {
  if (isEnd(end) && deletesAt(job).includes(end)) discard(job, job.retained.length, options);
}

function discard({ id, retained }: FakeJob, count: number, { onDiscard }: FakeFlinkOptions): void {
  for (const { path } of retained.splice(0, count)) onDiscard?.({ jobId: id, path });
}

/** A job whose state is watched, whoever sets it: its end deletes its checkpoints. */
export function watchingItsState(job: FakeJob, options: FakeFlinkOptions): FakeJob {
  let { state } = job;
  return Object.defineProperty(job, 'state', {
    enumerable: true,
    get: () => state,
    set: (next: JobState) => {
      const isOver = isEnd(state);
      state = next;
      if (!isOver) ended(job, next, options);
      options.onState?.(job);
    },
  });
}
