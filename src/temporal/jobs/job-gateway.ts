/** The jobs as the API sees them. Temporal stands behind this interface, or a fake in tests. */
import type { JobDigest } from '../../domain/job/list/digest.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import type { JobState, OperationKind } from '../../domain/lifecycle.ts';
import type { Sender } from '../../domain/operation/asker.ts';
import type { CancelRequest, OperationRecord } from '../../domain/operation/operation.ts';
import type { Plan, PlanBasis } from '../../domain/plan/plan.ts';
import type { PlanQuestion } from '../../domain/plan/plan-question.ts';
import type { WatchNotes } from '../../domain/watch/notes.ts';
import type { PlanInput } from '../../workflows/messages.ts';
import type { Pollers } from '../pollers.ts';

/** A job whose workflow is open, as Temporal's visibility shows it. */
export interface JobSummary {
  readonly name: string;
  readonly state: JobState;
  readonly environment: string | null;
  readonly cluster: string | null;
  readonly owner: string | null;
  readonly release: string | null;
  /** Kind of the operation in progress, or null. */
  readonly operation: string | null;
}

/** A run of a job's workflow, as visibility shows it: open, or the last one of a job whose workflow is closed. */
export interface JobRow extends JobSummary {
  readonly runId: string;
  /** Milliseconds since 1970, by Temporal's clock. */
  readonly startedAt: number;
  readonly isOpen: boolean;
  /** When an attribute changed last, by Temporal's clock; null for runs of workers that do not say it. */
  readonly changedAt: number | null;
  /** Null for runs of workers that do not say it. */
  readonly health: JobView['health'] | null;
  /** The job at the end of the run before; null for a first run, and after a run of 0.1.0. */
  readonly digest: JobDigest | null;
}

/** An operation on its way to a job. `request` has an id, and the schema of its kind has parsed it. */
export interface Submission {
  readonly job: string;
  readonly kind: OperationKind;
  readonly request: Readonly<Record<string, unknown>> & { readonly id: string };
  /** Whether to start the job's workflow when there is none. */
  readonly start: boolean;
  /** The API, with the name that a proxy gave to the asker. */
  readonly sender: Sender;
}

/** An activity that is under way, or waits for its next attempt. */
export interface PendingStep {
  readonly name: string;
  /** The last word of its heartbeat. */
  readonly seen: string | null;
  /** The time of that heartbeat, ISO 8601. */
  readonly at: string | null;
  readonly attempt: number;
  readonly lastFailure: string | null;
}

export interface JobGateway {
  /** The job as its workflow knows it; null when no workflow of this job is open. */
  view(job: string): Promise<JobView | null>;
  /** Newest first: the operation in progress and the last that ended; null when no workflow of this job is open. */
  history(job: string): Promise<readonly OperationRecord[] | null>;
  /** @throws RequestRefused with the code and the holder when the job refuses. */
  submit(submission: Submission): Promise<OperationRecord>;
  /** The job's part of a plan of this request; null when no workflow of this job is open. */
  planBasis(job: string, question: PlanQuestion): Promise<PlanBasis | null>;
  /** @throws SluiceError with the code of the failure, `TemporalUnavailable` when Temporal does not answer. */
  plan(input: PlanInput): Promise<Plan>;
  /** Tells the operation that the request names to end. @throws SluiceError when it does not run, or the job is not there. */
  cancel(job: string, request: CancelRequest, sender: Sender): Promise<OperationRecord>;
  /** Tells how and why the tasks of the job's workflow fail; null while they succeed, or when no workflow is open. */
  whyTasksFail(job: string): Promise<string | null>;
  /** Lists every job with an open workflow, in no order. */
  list(): Promise<readonly JobRow[]>;
  /** The same in pages; a page is asked for when it is wanted. */
  openJobs(): AsyncIterable<readonly JobRow[]>;
  /** Rows of jobs that changed, began or ended at a time or later; null where Temporal cannot be asked so yet. */
  changedJobs(since: number): Promise<readonly JobRow[] | null>;
  /** Asks Temporal itself, whose answer is never late. */
  isOpen(job: string): Promise<boolean>;
  /** The last notes of the watcher of a cluster; null when no watcher runs. */
  watchNotes(cluster: string): Promise<WatchNotes | null>;
  /** When the watcher of a cluster sent its last heartbeat, ISO 8601; null when no watcher runs. */
  watchHeardAt(cluster: string): Promise<string | null>;
  /** When the schedule of a job's periodic savepoints fires next, ISO 8601; null when there is no such schedule. */
  schedule(job: string): Promise<{ readonly id: string; readonly nextAt: string | null } | null>;
  /** The activities that the run of a job waits for; none when no workflow of this job is open. */
  pendingSteps(job: string): Promise<readonly PendingStep[]>;
  /** How many workers have asked for tasks lately. */
  pollers(): Promise<Pollers>;
  /** @throws SluiceError `TemporalUnavailable` when Temporal does not answer. */
  ping(): Promise<void>;
}
