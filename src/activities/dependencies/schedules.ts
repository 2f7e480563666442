/** The schedules of periodic savepoints, as activities talk to them. */
import type { Deployment } from '../../domain/deployment/deployment.ts';

/** What a schedule is to do; the cluster tells whose watcher looks after it. */
export interface WantedSchedule {
  /** Milliseconds between two savepoints. */
  readonly every: number;
  readonly cluster: string;
}

/** The schedules of jobs; behind it is Temporal, or a fake in tests. All methods throw `TemporalUnavailable`. */
export interface Schedules {
  /** Makes the schedule what is wanted; null: there is to be none. */
  keep(job: string, wanted: WantedSchedule | null): Promise<void>;
  /** The jobs that have a schedule and run on this cluster, as far as the schedule knows. */
  on(cluster: string): Promise<readonly string[]>;
  /** What the job itself wants now; null: none, also when its workflow is closed. */
  wantedBy(job: string): Promise<WantedSchedule | null>;
}

/** Nothing is taken of a job that was stopped or has ended. */
export const wantedSchedule = (deployment: Deployment | null): WantedSchedule | null =>
  deployment?.savepoints?.every == null || deployment.ended !== null
    ? null
    : { every: deployment.savepoints.every, cluster: deployment.cluster };
