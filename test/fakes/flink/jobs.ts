/** Jobs of a fake JobManager, and the events of their lives. */
import { complete, watchingItsState } from './checkpoints.ts';
import type { FakeFlinkOptions, FakeJob } from './options.ts';

const STACK =
  'org.apache.flink.runtime.JobException: Recovery is suppressed\n\tat a.b.C\nCaused by: java.io.IOException: boom\n\tat d.e.F';

/** Flink's words for a restore path without a snapshot (AbstractFsCheckpointStorageAccess, 1.20.1). */
const nothingAt = (path: string): string =>
  `java.io.FileNotFoundException: Cannot find checkpoint or savepoint file/directory '${path}' on file system 's3'.\n\tat org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess.resolveCheckpointPointer`;

export const createFakeFlinkJobs = (jobs: Map<string, FakeJob>, options: FakeFlinkOptions) => {
  const jobOf = (id: string): FakeJob => {
    const job = jobs.get(id);
    if (job === undefined) throw new Error(`the fake Flink has no job ${id}`);
    return job;
  };
  const enter = (jobId: string, state: FakeJob['state'], stack = STACK): FakeJob => {
    const job = jobOf(jobId);
    job.exceptions.unshift({ at: Date.now(), stack });
    job.state = state;
    return job;
  };
  return {
    addJob: (job: { id: string } & Partial<Omit<FakeJob, 'id'>>): FakeJob => {
      const added = watchingItsState({ ...newJob(), ...job }, options);
      jobs.set(added.id, added);
      options.onState?.(added);
      const { restoredFrom } = added;
      if (restoredFrom !== null && options.isSnapshot?.(restoredFrom) === false)
        enter(added.id, 'FAILED', nothingAt(restoredFrom));
      return added;
    },
    completeCheckpoint: (jobId: string) => complete(jobOf(jobId), options),
    failCheckpoint: (jobId: string) => {
      const { checkpoints } = jobOf(jobId);
      checkpoints.failed += 1;
      checkpoints.lastId += 1;
    },
    restartJob: (jobId: string, stack?: string) => {
      const job = enter(jobId, 'RUNNING', stack);
      job.restarts += 1;
      job.runningSince = Date.now();
    },
    failJob: (jobId: string, stack?: string) => void enter(jobId, 'FAILED', stack),
    crashLoop: (jobId: string, stack?: string) => void enter(jobId, 'RESTARTING', stack),
  };
};

const newJob = (): Omit<FakeJob, 'id'> => ({
  name: 'fake job',
  state: 'RUNNING',
  parallelism: 2,
  scheduler: 'default',
  required: null,
  fixed: {},
  startedAt: Date.now(),
  runningSince: Date.now(),
  checkpoints: { completed: 0, failed: 0, lastId: 0, latestId: 0, latestAt: null },
  history: [],
  latestSavepoint: null,
  retained: [],
  numRetained: 3,
  ownDirectory: null,
  restoredFrom: null,
  restarts: 0,
  checkpointing: {
    intervalMs: 10_000,
    externalized: true,
    deletedOnCancellation: false,
    storage: 'FileSystemCheckpointStorage',
  },
  exceptions: [],
});
