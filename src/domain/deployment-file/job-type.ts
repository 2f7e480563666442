/** The types of job: what there is to keep, and what follows from that. */
export const jobTypes = ['streaming', 'batch', 'stateless'] as const;
export type JobType = (typeof jobTypes)[number];

interface Rules {
  /** Whether a start goes on from the newest state; else it begins afresh, unless somebody names a restore point. */
  readonly keepsState: boolean;
  /** How an instance is stopped when nobody says otherwise. */
  readonly stopWith: 'savepoint' | 'none';
  /** Whether every task runs at once; those of a batch job follow each other. */
  readonly runsAllTasks: boolean;
  /**
   * Whether main() waits in execute() and may read the result after it (`execution.attached`). Where nothing ends by
   * itself it does not wait, so that a second execute() shows at once and not when it is too late.
   */
  readonly readsResult: boolean;
}

const rules = {
  streaming: { keepsState: true, stopWith: 'savepoint', runsAllTasks: true, readsResult: false },
  batch: { keepsState: false, stopWith: 'none', runsAllTasks: false, readsResult: true },
  stateless: { keepsState: false, stopWith: 'none', runsAllTasks: true, readsResult: false },
} as const satisfies Record<JobType, Rules>;

/** What an operation carries that began before there were types is streaming. */
export const rulesOf = (type: JobType | undefined): Rules => rules[type ?? 'streaming'];
