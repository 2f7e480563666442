/** The parts of a fake JobManager: its jobs, its routes, and the options of its beginning. */
import type { JobState } from '../../../src/clients/flink/replies.ts';
import type { Transport } from '../transport.ts';

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
  /** The parallelism at which its tasks run now. */
  parallelism: number;
  /** `jobmanager.scheduler`: only the adaptive one changes the parallelism of a running job. */
  scheduler: 'adaptive' | 'default';
  /** The resource requirements, as somebody has set them; null: as the job was submitted. */
  required: { readonly least: number; readonly most: number } | null;
  /** Operators whose parallelism the program sets itself, by the id of their vertex. */
  readonly fixed: Record<string, number>;
  startedAt: number;
  /** When the job last became RUNNING. */
  runningSince: number;
  /** `completed` and `lastId` count savepoints too, `lastId` also failures; `latestId` is the last that completed as a checkpoint. */
  checkpoints: { completed: number; failed: number; lastId: number; latestId: number; latestAt: number | null };
  /** The completed checkpoints that Flink remembers, newest first (`web.checkpoints.history`, ten). */
  history: { readonly id: number; readonly at: number; readonly tookMs: number; readonly bytes: number }[];
  /** The last completed savepoint. */
  latestSavepoint: { readonly id: number; readonly path: string; readonly at: number; readonly isStop: boolean } | null;
  /** Completed checkpoints whose files are there, oldest first. */
  readonly retained: { readonly id: number; readonly path: string }[];
  /** `execution.checkpointing.num-retained`: a further checkpoint subsumes the oldest, and Flink deletes its files. */
  numRetained: number;
  /** Where the program writes its checkpoints when it sets that in code; null: where the configuration says. */
  ownDirectory: string | null;
  restoredFrom: string | null;
  /** Restarts inside the application, each of which restores a checkpoint. */
  restarts: number;
  /** null: checkpointing is off. */
  checkpointing: {
    intervalMs: number;
    timeoutMs?: number;
    /** As the JobManager writes it, in lower case; default `exactly_once`. */
    mode?: string;
    /** Class name; default `HashMapStateBackend`. */
    stateBackend?: string;
    externalized: boolean;
    deletedOnCancellation: boolean;
    storage: string;
  } | null;
  exceptions: { at: number; stack: string }[];
}

export type FakeFlinkRoute =
  | 'overview'
  | 'dashboard'
  | 'jobs'
  | 'job'
  | 'jobStatus'
  | 'stop'
  | 'savepoint'
  | 'savepointStatus'
  | 'cancel'
  | 'checkpoints'
  | 'checkpointsConfig'
  | 'requirements'
  | 'changeRequirements'
  | 'exceptions'
  | 'config'
  | 'shutdown'
  | 'logs'
  | 'taskManagers'
  | 'log';

export interface FakeFlinkOptions {
  readonly version?: string;
  /** Slots of the TaskManagers. Default: 4. */
  readonly slots?: () => number;
  /** Checkpoints lie in `<checkpointDirectory>/<job id>/chk-<n>`. */
  readonly checkpointDirectory?: string;
  /** Called for each completed savepoint and checkpoint: a test writes its `_metadata`. */
  readonly onSnapshot?: (snapshot: { jobId: string; checkpointId: number; path: string; isDrained?: boolean }) => void;
  /** Tells whether a snapshot lies at a path. Default: everywhere. */
  readonly isSnapshot?: (path: string) => boolean;
  /** Called for each checkpoint whose files Flink deletes. */
  readonly onDiscard?: (checkpoint: { jobId: string; path: string }) => void;
  /** Called when a job has come or has another state. */
  readonly onState?: (job: FakeJob) => void;
  /** Called when a job runs at another parallelism. */
  readonly onRescaled?: (job: FakeJob) => void;
  /** Called after `DELETE /cluster`; the fake YARN ends the application with it. */
  readonly onShutdown?: () => void;
  /** Default: HTTP on loopback. */
  readonly transport?: Transport;
  /** Called for each stop or savepoint that really begins. */
  readonly onBegin?: (begun: { jobId: string; kind: 'stop' | 'savepoint'; directory: string }) => void;
  /** The random end of a savepoint's folder. Default: six random bytes. */
  readonly suffix?: () => string;
}

/** The ways in which a savepoint can end. */
export type SavepointEnd = Exclude<SavepointMode, 'never'>;

/** Slots that the cluster gives to a job that is to be rescaled. */
export interface Slots {
  /** Slots that a job gets at most. */
  mostSlots: number;
  /** ms from another requirement to the tasks that run with it. */
  rescalingTakes: number;
  /** Answers a change of the requirements with 400. */
  refusesRequirements: boolean;
}
