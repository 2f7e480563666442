/** The jobs as the API sees them: behind this interface is Temporal, or a fake in tests. */
import type { JobView } from '../domain/job/job-memory.ts';
import type { JobState, OperationKind } from '../domain/lifecycle.ts';
import type { CancelRequest, OperationRecord } from '../domain/operation/operation.ts';
import type { Plan, PlanBasis } from '../domain/plan/plan.ts';
import type { WatchNotes } from '../domain/watch/notes.ts';
import type { PlanInput, PlanQuestion } from '../workflows/messages.ts';

/** What visibility knows of a job whose workflow is open. */
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

/** One operation on its way to a job. `request` was parsed by the schema of its kind and has an id. */
export interface Submission {
  readonly job: string;
  readonly kind: OperationKind;
  readonly request: Readonly<Record<string, unknown>> & { readonly id: string };
  /** Whether to start the job's workflow when there is none. */
  readonly start: boolean;
}

export interface JobGateway {
  /** The job as its workflow knows it; null when no workflow of this job is open. */
  view(job: string): Promise<JobView | null>;
  /** Newest first: the operation in progress and the last that ended; null when no workflow of this job is open. */
  history(job: string): Promise<readonly OperationRecord[] | null>;
  /** @throws Problem with the code and the holder when the job refuses. */
  submit(submission: Submission): Promise<OperationRecord>;
  /** What a plan of this request begins with; null when no workflow of this job is open. */
  planBasis(job: string, question: PlanQuestion): Promise<PlanBasis | null>;
  /** @throws SluiceError with the code of what stood in the way, `TemporalUnavailable` when nobody answers. */
  plan(input: PlanInput): Promise<Plan>;
  /** Tells the operation that it names to end. @throws Problem when it does not run (any more), or the job is not there. */
  cancel(job: string, request: CancelRequest): Promise<OperationRecord>;
  /** Every job with an open workflow, in no order. */
  list(): Promise<readonly JobSummary[]>;
  /** What the watcher of a cluster wrote down last; null when nobody watches it now. */
  watchNotes(cluster: string): Promise<WatchNotes | null>;
  /** When the schedule of a job's periodic savepoints fires next, ISO 8601; null: there is no such schedule. */
  schedule(job: string): Promise<{ readonly id: string; readonly nextAt: string | null } | null>;
  /** @throws SluiceError `TemporalUnavailable` when Temporal does not answer. */
  ping(): Promise<void>;
}
