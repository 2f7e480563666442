/** Jobs of a fake JobManager, and the events of their lives. */
import type { FakeFlinkOptions, FakeJob } from './options.ts';

const STACK =
  'org.apache.flink.runtime.JobException: Recovery is suppressed\n\tat a.b.C\nCaused by: java.io.IOException: boom\n\tat d.e.F';

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
      const added = { ...newJob(), ...job };
      jobs.set(added.id, added);
      return added;
    },
    completeCheckpoint: (jobId: string) => {
      const { checkpoints } = jobOf(jobId);
      checkpoints.completed += 1;
      checkpoints.lastId += 1;
      checkpoints.latestId = checkpoints.lastId;
      checkpoints.latestAt = Date.now();
      const path = `${options.checkpointDirectory ?? 's3://fake/checkpoints'}/${jobId}/chk-${checkpoints.lastId}`;
      options.onSnapshot?.({ jobId, checkpointId: checkpoints.lastId, path });
    },
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
});
