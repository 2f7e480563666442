/** The interface of the client of JobManagers. */
import type { Requirements } from '../../domain/deployment/rescale.ts';
import type { CallOptions } from '../http.ts';
import type { Checkpoints, CheckpointsConfig } from './checkpoints.ts';
import type {
  FlinkJob,
  FlinkOverview,
  JobException,
  JobState,
  JobSummary,
  LogFile,
  SavepointStatus,
} from './replies.ts';

/** A savepoint to take. */
export interface SavepointRequest {
  /** Directory in which Flink makes `savepoint-<first 6 of job id>-<random>/`: one for each operation. */
  readonly targetDirectory: string;
  /** 32 hex digits, chosen by us: triggering twice with one id is one savepoint, as long as the JobManager lives. */
  readonly triggerId: string;
}

/** A stop that begins with a savepoint. */
export interface StopRequest extends SavepointRequest {
  /** Whether event time is ended first, so that all windows fire: only for a job that will not be resumed. */
  readonly drain: boolean;
}

/** Names the TaskManager whose log folder is meant; without one it is that of the JobManager. */
export interface LogOptions extends CallOptions {
  readonly taskManager?: string | undefined;
}

/**
 * `address` is `host:port`, YARN's `amAddress`. All methods throw `FlinkUnreachable` when nothing believable answers (also
 * for a JobManager that is still starting), and `FlinkRejected` with Flink's message when Flink refuses.
 */
export interface FlinkClient {
  overview(address: string, options?: CallOptions): Promise<FlinkOverview>;
  /** Never old, unlike `job`: the quickest way to see that all tasks run (`tasks.running === tasks.total`). */
  jobs(address: string, options?: CallOptions): Promise<JobSummary[]>;
  /**
   * Answers null only when this JobManager says that it does not know the job, which it may not know yet. The answer is
   * up to `web.refresh-interval` (3 s) old.
   */
  job(address: string, jobId: string, options?: CallOptions): Promise<FlinkJob | null>;
  /** Answers as `job` does; much cheaper, and never old. */
  jobStatus(address: string, jobId: string, options?: CallOptions): Promise<JobState | null>;
  /**
   * Triggers and returns. Ask `savepointStatus` for the result soon, because the JobManager ends once somebody has read
   * it. Flink accepts the trigger for an unknown or ended job too, and tells that as its result.
   */
  stopWithSavepoint(address: string, jobId: string, request: StopRequest, options?: CallOptions): Promise<void>;
  /** Triggers a savepoint of a job that runs on. */
  triggerSavepoint(address: string, jobId: string, request: SavepointRequest, options?: CallOptions): Promise<void>;
  savepointStatus(address: string, jobId: string, triggerId: string, options?: CallOptions): Promise<SavepointStatus>;
  /** The parallelism that each vertex may have; null where the scheduler of the job cannot change it. */
  requirements(address: string, jobId: string, options?: CallOptions): Promise<Requirements | null>;
  /**
   * Asks for another parallelism of the running job. It takes effect later, as far as there are slots: the job then restarts its
   * tasks from its newest checkpoint. Every vertex must be named.
   */
  changeRequirements(address: string, jobId: string, requirements: Requirements, options?: CallOptions): Promise<void>;
  /** Cancels without a savepoint; fine if the job has already ended. Throws `NotFound` for an unknown job. */
  cancel(address: string, jobId: string, options?: CallOptions): Promise<void>;
  /**
   * The answer is up to 3 s old (`web.refresh-interval`, tried), as is that of `job`. `counts.failed` also counts
   * checkpoints that were due while tasks were starting. A job that cannot have checkpoints has null; a job without an
   * interval has zeros. This and the methods below throw `NotFound` for an unknown job.
   */
  checkpoints(address: string, jobId: string, options?: CallOptions): Promise<Checkpoints | null>;
  /** The settings that the program made; `intervalMs` is null without periodic checkpoints. Answers null as above. */
  checkpointsConfig(address: string, jobId: string, options?: CallOptions): Promise<CheckpointsConfig | null>;
  /** Newest first, at most `limit` (default 5). */
  exceptions(address: string, jobId: string, options?: CallOptions & { limit?: number }): Promise<JobException[]>;
  /** Reads any path below the address as it is, for people who look at Flink's own pages. The path has its query. */
  read(address: string, path: string, options?: CallOptions): Promise<unknown>;
  jobManagerConfig(address: string, options?: CallOptions): Promise<Record<string, string>>;
  /** Ids of the TaskManagers that are registered; on YARN each is the id of its container. */
  taskManagers(address: string, options?: CallOptions): Promise<string[]>;
  /** The files in the log folder of the JobManager or of a TaskManager, by name. */
  logFiles(address: string, options?: LogOptions): Promise<LogFile[]>;
  /** The end of a file in such a folder, e.g. `jobmanager.log`; null when there is none. */
  logTail(address: string, file: string, bytes: number, options?: LogOptions): Promise<string | null>;
}
