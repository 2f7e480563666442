/** How closely a cluster is watched, and what the watcher needs of Temporal. */
import type { Fact } from '../../domain/watch/facts.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import { healthLimits, type HealthLimits } from '../../domain/watch/health.ts';
import type { WrittenNotes } from '../../domain/watch/notes.ts';

export interface WatchSettings extends HealthLimits {
  /** The ResourceManager is asked once for all jobs, so often. */
  readonly everyMs: number;
  /** Questions to JobManagers, and about single applications, for the whole cluster. */
  readonly questionsPerSecond: number;
  readonly sameJobEveryMs: number;
  readonly checkpointsEveryMs: number;
  /** A JobManager that hangs must not hold up the others. */
  readonly questionDeadlineMs: number;
  /** A cluster, or its memory of an application, that is gone for less than this is nobody's business. */
  readonly silentAfterMs: number;
  /** How often the jobs are asked for that believe to run here. */
  readonly sweepEveryMs: number;
  /** How often S3 is asked which applications were adopted: they carry no tags of ours. */
  readonly adoptedEveryMs: number;
  /** How late Temporal's visibility may be. */
  readonly visibilityLagMs: number;
  /** A run of a job's workflow that begins so soon after a fact began because of it, and needs no repetition. */
  readonly echoMs: number;
  /** The activity ends after this, and the next run of the workflow begins another. */
  readonly turnAfterMs: number;
}

export const watchSettings: WatchSettings = {
  ...healthLimits,
  everyMs: 2_000,
  questionsPerSecond: 10,
  sameJobEveryMs: 3_000,
  checkpointsEveryMs: 15_000,
  questionDeadlineMs: 2_000,
  silentAfterMs: 30_000,
  sweepEveryMs: 300_000,
  adoptedEveryMs: 15_000,
  visibilityLagMs: 60_000,
  echoMs: 10_000,
  turnAfterMs: timeLimits.watchTurn,
};

/** How many questions a round may ask. */
export const questionsInARound = ({ questionsPerSecond, everyMs }: WatchSettings): number =>
  Math.max(1, Math.floor((questionsPerSecond * everyMs) / 1_000));

/** A job whose workflow says that it runs on a cluster, or did when the cluster fell silent. */
export interface BelievedJob {
  readonly job: string;
  readonly state: 'running' | 'unreachable';
  /** When the present run of its workflow began: right after its last operation. */
  readonly runSince: number;
}

/** The workflows of the jobs, as a watcher talks to them; behind it is Temporal, or a fake in tests. */
export interface WatchedJobs {
  /** A job without an open workflow is nobody to tell, and no error. */
  tell(job: string, fact: Fact): Promise<void>;
  believedOn(cluster: string): Promise<readonly BelievedJob[]>;
  /** What a job itself says it started last; null when it says nothing. */
  lastStarted(
    job: string,
  ): Promise<{ readonly cluster: string; readonly epoch: number; readonly applicationId: string } | null>;
  /** Writes a heartbeat at once, where the SDK would wait for the next one that is due. */
  writeDown(taskToken: Uint8Array, notes: WrittenNotes): Promise<void>;
}
