/** The schedules of periodic savepoints, as activities talk to them. */
import type { Deployment } from '../../domain/deployment/deployment.ts';

/** The orders of a schedule; the cluster names the watcher that looks after it. */
export interface WantedSchedule {
  /** Milliseconds between two savepoints. */
  readonly every: number;
  readonly cluster: string;
}

export interface ScheduledJob {
  readonly job: string;
  /** Whether its schedule asks without a signature, although the workers sign. */
  readonly lacksSignature: boolean;
}

/** The schedules of jobs; behind it is Temporal, or a fake in tests. All methods throw `TemporalUnavailable`. */
export interface Schedules {
  /** Creates or changes the schedule as wanted; null removes it. */
  keep(job: string, wanted: WantedSchedule | null): Promise<void>;
  /** The jobs that have a schedule and run on this cluster, as far as the schedule knows. */
  on(cluster: string): Promise<readonly ScheduledJob[]>;
  /** The schedule that the job itself wants now; null: none, also when its workflow is closed. */
  wantedBy(job: string): Promise<WantedSchedule | null>;
}

/** A job that was stopped or has ended wants no schedule. */
export const wantedSchedule = (deployment: Deployment | null): WantedSchedule | null =>
  deployment?.savepoints?.every == null || deployment.ended !== null
    ? null
    : { every: deployment.savepoints.every, cluster: deployment.cluster };
