/**
 * What a job can be, what may be asked of it then, and what an operation goes through. API, CLI, search attributes,
 * validators and documents read these tables; nothing repeats them.
 */

/** The kinds of operation that can be asked for. Wire name of signal and update alike. */
export const operationKinds = ['deploy', 'savepoint', 'stop', 'kill', 'resume'] as const;
export type OperationKind = (typeof operationKinds)[number];

interface StateEntry {
  /** One sentence for people. */
  readonly meaning: string;
  /** What the state waits for or what comes next. */
  readonly next: string;
  readonly allowed: readonly OperationKind[];
}

export const jobStates = {
  new: {
    meaning: 'The job was never deployed.',
    next: 'Waits for its first deploy.',
    allowed: ['deploy'],
  },
  running: {
    meaning: 'The application of the current deployment lives and its Flink job was RUNNING.',
    next: 'Runs until somebody stops it or it ends by itself.',
    allowed: ['deploy', 'savepoint', 'stop', 'kill'],
  },
  stopped: {
    meaning: 'Nothing runs; the job was stopped on purpose and its restore points are known.',
    next: 'Waits for resume or deploy.',
    allowed: ['deploy', 'resume'],
  },
  finished: {
    meaning: 'A bounded job reached its end.',
    next: 'Waits for deploy or resume.',
    allowed: ['deploy', 'resume'],
  },
  failed: {
    meaning: 'Nothing runs and a person must look; the restore points are kept.',
    next: 'Waits for deploy or resume, or for kill to be sure.',
    allowed: ['deploy', 'resume', 'kill'],
  },
  unreachable: {
    meaning: 'The cluster does not answer; the job is presumed to run, so nothing may be started.',
    next: 'Waits for the cluster to answer; kill asks it to end the job.',
    allowed: ['kill'],
  },
} as const satisfies Record<string, StateEntry>;

export type JobState = keyof typeof jobStates;

/** The kinds that the state allows; the update's validator, API and CLI all ask here. */
export function allowedOperations(state: JobState): readonly OperationKind[] {
  return jobStates[state].allowed;
}

export const isAllowed = (state: JobState, kind: OperationKind): boolean => allowedOperations(state).includes(kind);

/** The phases of an operation, in the order in which they can follow each other. */
export const phases = {
  claiming: 'The operation takes its claim in S3 and looks at what runs.',
  checking: 'Everything that can be wrong is looked for while the old instance runs.',
  staging: 'The application id is reserved, the epoch taken and the configuration rendered.',
  savepointing: 'Flink takes the savepoint; the old instance is still there if that fails.',
  stopping: 'The old application is ended and confirmed dead.',
  submitting: 'The application is handed to the ResourceManager.',
  starting: 'Containers start; waits for every task to be RUNNING.',
  verifying: 'The instance runs; waits for its first completed checkpoints.',
  recording: 'The outcome stands and is written to the audit log before the lock is released.',
  rollingBack: 'The new instance did not come up; the previous deployment is started again.',
} as const;

export type Phase = keyof typeof phases;

export const outcomes = ['succeeded', 'failed', 'rolledBack', 'cancelled', 'superseded', 'rejected'] as const;
export type Outcome = (typeof outcomes)[number];

export const healths = ['healthy', 'degraded', 'unknown'] as const;

export const syncs = ['inSync', 'hotfixed', 'behind', 'drifted'] as const;
