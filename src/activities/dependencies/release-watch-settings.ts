/** How closely the releases are watched, and what their watcher needs of the jobs. */
import type { SeenJob } from '../../domain/auto-deploy/auto-deploy.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import type { RequestOf } from '../../domain/operation/operation.ts';

export interface ReleaseWatchSettings {
  /** Time between two looks at the catalogue: a release deploys itself about so late. */
  readonly everyMs: number;
  /** A job that keeps its release waiting, or has not taken it yet, is asked again after this time, then less and less often. */
  readonly askAgainMs: number;
  readonly askAgainAtMostMs: number;
  /** The activity ends after this, and the next run of the workflow begins another. */
  readonly turnAfterMs: number;
}

export const releaseWatchSettings: ReleaseWatchSettings = {
  everyMs: 3_000,
  askAgainMs: 5_000,
  askAgainAtMostMs: 120_000,
  turnAfterMs: timeLimits.watchTurn,
};

/** The workflows of the jobs, as releases talk to them; behind it is Temporal, or a fake in tests. */
export interface ReleasedJobs {
  /** Null: no workflow of the job is open. @throws SluiceError `TemporalUnavailable` when it does not answer. */
  see(job: string): Promise<SeenJob | null>;
  /** Asks for a deploy; a job that was never seen before gets its workflow. */
  deploy(job: string, request: RequestOf<'deploy'>): Promise<void>;
}
