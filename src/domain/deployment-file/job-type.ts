/** Job types, and the rules that follow from each. */
export const jobTypes = ['streaming', 'batch', 'stateless'] as const;
export type JobType = (typeof jobTypes)[number];

interface Rules {
  /** Whether a start goes on from the newest state; otherwise it begins without state unless the request names a point. */
  readonly keepsState: boolean;
  /** The default of `upgrade.stopWith`. */
  readonly stopWith: 'savepoint' | 'none';
  /** Whether all tasks run at the same time; the tasks of a batch job run one after the other. */
  readonly runsAllTasks: boolean;
  /**
   * Whether main() waits in execute() and may read the result after it (`execution.attached`). A job without an end must not
   * wait there, so that a second execute() fails at once instead of long after the start.
   */
  readonly readsResult: boolean;
}

const rules = {
  streaming: { keepsState: true, stopWith: 'savepoint', runsAllTasks: true, readsResult: false },
  batch: { keepsState: false, stopWith: 'none', runsAllTasks: false, readsResult: true },
  stateless: { keepsState: false, stopWith: 'none', runsAllTasks: true, readsResult: false },
} as const satisfies Record<JobType, Rules>;

/** An operation that began before there were job types has none, and counts as streaming. */
export const rulesOf = (type: JobType | undefined): Rules => rules[type ?? 'streaming'];

const NO_CHECKPOINTS =
  'no checkpoint interval is declared: unless the program sets one, a crash or a kill loses all state. Set execution.checkpointing.interval, or job.type: stateless if there is none';

interface MayCheckpoint {
  readonly jobType?: JobType;
  readonly checkpointing: boolean;
  /** The highest checkpoint that completed; absent before a start. */
  readonly completedCheckpoint?: number | null;
}

/**
 * Warns of a job that has state and takes no checkpoints; every place that shows such a job uses this one sentence. Null for a
 * job that checkpoints or keeps no state. A checkpoint that completed proves that the program sets an interval.
 */
export const withoutCheckpoints = ({ jobType, checkpointing, completedCheckpoint }: MayCheckpoint): string | null =>
  checkpointing || completedCheckpoint != null || !rulesOf(jobType).keepsState ? null : NO_CHECKPOINTS;
