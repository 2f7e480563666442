/** How closely a cluster is watched, and what the watcher needs of Temporal. */
import type { Fact } from '../../domain/watch/facts.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import { healthLimits, type HealthLimits } from '../../domain/watch/health.ts';
import type { WrittenNotes } from '../../domain/watch/notes.ts';

export interface WatchSettings extends HealthLimits {
  /** Time between two rounds; a round asks the ResourceManager once for all jobs. */
  readonly everyMs: number;
  /** Questions to JobManagers, and about single applications, for the whole cluster. */
  readonly questionsPerSecond: number;
  readonly sameJobEveryMs: number;
  readonly checkpointsEveryMs: number;
  /** A JobManager that hangs must not hold up the others. */
  readonly questionDeadlineMs: number;
  /** Outages shorter than this, of a cluster or of its memory of an application, are not reported. */
  readonly silentAfterMs: number;
  /** Time without any sign of life after which a cluster counts as gone. */
  readonly goneAfterMs: number;
  /** Addresses beside the other clusters, one of which must answer while a cluster counts as gone. */
  readonly witnesses: readonly URL[];
  /** Time between two sweeps, which compare what jobs believe with what runs here. */
  readonly sweepEveryMs: number;
  /** Time between two lists of the signs of life. */
  readonly signsEveryMs: number;
  /** Applications that are asked about at one time because of a sign. */
  readonly newsAtOnce: number;
  /** Time after which a sign of a job that left the cluster is deleted. */
  readonly signsKeptMs: number;
  /** Time between two lists of adopted applications, which carry no tags of Sluice. */
  readonly adoptedEveryMs: number;
  /** Time after which the traces of an application are refreshed that seems unchanged. */
  readonly tracesEveryMs: number;
  /** How late Temporal's visibility may be. */
  readonly visibilityLagMs: number;
  /** A workflow run that starts within this time after a fact was started by that fact; the fact is not sent again. */
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
  goneAfterMs: timeLimits.goneAfter,
  witnesses: [],
  sweepEveryMs: 300_000,
  signsEveryMs: 1_000,
  newsAtOnce: 40,
  signsKeptMs: 24 * 3_600_000,
  adoptedEveryMs: 15_000,
  tracesEveryMs: 300_000,
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
  /** Sends a fact to the workflow of a job; a job without an open workflow is no error. */
  tell(job: string, fact: Fact): Promise<void>;
  believedOn(cluster: string): Promise<readonly BelievedJob[]>;
  /** The start that a job itself names as its last; null when it names none. */
  lastStarted(
    job: string,
  ): Promise<{ readonly cluster: string; readonly epoch: number; readonly applicationId: string } | null>;
  /** Writes a heartbeat at once, where the SDK would wait for the next one that is due. */
  writeDown(taskToken: Uint8Array, notes: WrittenNotes): Promise<void>;
}
