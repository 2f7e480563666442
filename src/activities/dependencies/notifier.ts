/** The parts of the notifier: what is configured, and what it needs of Temporal and of the channels. */
import type { Channels } from '../../clients/channels/channels.ts';
import { GATHER_MS } from '../../domain/notification/gather.ts';
import type { JobFacts } from '../../domain/notification/problems.ts';
import type { NotificationSettings } from '../../domain/notification/settings.ts';
import type { LastOperation } from '../../domain/operation/last-operation.ts';
import { timeLimits } from '../../domain/time-limits.ts';

export interface NotifierPace {
  /** Time between two looks at the jobs: a change is told about so late. */
  readonly lookEveryMs: number;
  /** Time between two looks at what waits for the channels. */
  readonly tickMs: number;
  /** Time that a first notice waits for others like it. */
  readonly gatherMs: number;
  /** Time between two looks for refusals of automatic deploys, and for records that are missing. */
  readonly inboxEveryMs: number;
  /** Time after which the point up to which operations were seen is written, although nothing else changed. */
  readonly markEveryMs: number;
  /** Time after which a job with a problem counts as gone that the first look has not shown. */
  readonly goneAfterMs: number;
  /** The activity ends after this, and the next run of the workflow begins another. */
  readonly turnAfterMs: number;
}

export const notifierPace: NotifierPace = {
  lookEveryMs: 2_000,
  tickMs: 500,
  gatherMs: GATHER_MS,
  inboxEveryMs: 15_000,
  markEveryMs: 60_000,
  goneAfterMs: 120_000,
  turnAfterMs: timeLimits.watchTurn,
};

/** A job as the notifier sees it. */
export interface FollowedJob {
  readonly facts: JobFacts;
  /** Kind of the operation in progress, or null. */
  readonly operation: string | null;
  /** The operation that ended last, as the job says; null where that is not known of the job as it is now. */
  readonly lastOperation: LastOperation | null;
  /** sha256 of its deployment file; null where none is known. */
  readonly file: string | null;
  /** When its run began or an attribute changed last, by Temporal's clock: milliseconds since 1970. */
  readonly changedAt: number;
}

/** The jobs of a Temporal as they change. */
export interface JobFeed {
  /** Looks once. @returns the jobs that changed since the look before, at first all. @throws SluiceError `TemporalUnavailable`. */
  look(): Promise<readonly string[]>;
  /** Null when its workflow is closed. */
  see(job: string): FollowedJob | null;
}

export interface NotifierParts {
  readonly settings: NotificationSettings;
  readonly channels: Channels;
  readonly follow: () => JobFeed;
  readonly pace: NotifierPace;
}
