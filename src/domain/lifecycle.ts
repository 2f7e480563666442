/**
 * What a job can be, what may be asked of it then, and what an operation goes through. API, CLI, search attributes,
 * validators and documents read these tables; nothing repeats them.
 */

/** The kinds of operation that can be asked for. Wire name of signal and update alike. */
export const operationKinds = [
  'deploy',
  'savepoint',
  'stop',
  'kill',
  'resume',
  'restart',
  'rollback',
  'hotfix',
  'revertHotfix',
  'adopt',
  'recover',
] as const;
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
    next: 'Waits for its first deploy, or for an application to adopt.',
    allowed: ['deploy', 'adopt', 'recover'],
  },
  running: {
    meaning: 'The application of the current deployment lives and its Flink job was RUNNING.',
    next: 'Runs until somebody stops it or it ends by itself.',
    allowed: ['deploy', 'savepoint', 'stop', 'kill', 'restart', 'rollback', 'hotfix', 'revertHotfix'],
  },
  deploying: {
    meaning: 'An operation replaces or starts the instance, and what runs afterwards is not decided yet.',
    next: 'Waits for the operation; cancel ends it at its next safe point, kill with force takes its place.',
    allowed: ['kill'],
  },
  stopped: {
    meaning: 'Nothing runs, because somebody wanted the job stopped; its restore points are known.',
    next: 'Waits for resume, rollback or deploy.',
    allowed: ['deploy', 'resume', 'rollback', 'hotfix', 'revertHotfix', 'adopt'],
  },
  finished: {
    meaning: 'A bounded job reached its end.',
    next: 'Waits for deploy, resume or rollback.',
    allowed: ['deploy', 'resume', 'rollback', 'adopt'],
  },
  failed: {
    meaning: 'Nothing runs and a person must look; the restore points are kept.',
    next: 'Waits for deploy, resume or rollback, or for kill to be sure.',
    allowed: ['deploy', 'resume', 'rollback', 'hotfix', 'revertHotfix', 'kill', 'adopt'],
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

interface PhaseEntry {
  /** One sentence for people. */
  readonly meaning: string;
  /** What `cancel` does in this phase: until where it is safe, and what then stays. */
  readonly cancel: string;
}

const NOTHING_TOUCHED = 'Safe: the running instance is untouched and stays.';
const NEW_ONE_ENDS = 'The new instance is killed and confirmed dead; then `onFailedStart` applies.';

/** The phases of an operation, in the order in which they can follow each other. */
export const phases = {
  claiming: {
    meaning: 'The operation takes its claim in S3 and looks at what runs.',
    cancel: NOTHING_TOUCHED,
  },
  checking: {
    meaning: 'Everything that can be wrong is looked for while the old instance runs.',
    cancel: NOTHING_TOUCHED,
  },
  staging: {
    meaning: 'The application id is reserved, the epoch taken and the configuration rendered.',
    cancel: `${NOTHING_TOUCHED} Safe to cancel until this phase ends.`,
  },
  savepointing: {
    meaning: 'Flink takes the savepoint; the old instance is still there if that fails.',
    cancel:
      'Flink decides: its answer is awaited. Once the job is stopped nothing new is started and `onFailedStart` applies; a plain stop has succeeded.',
  },
  stopping: {
    meaning: 'The old application is ended and confirmed dead.',
    cancel: 'The end is awaited; then nothing new is started and `onFailedStart` applies.',
  },
  submitting: { meaning: 'The application is handed to the ResourceManager.', cancel: NEW_ONE_ENDS },
  starting: { meaning: 'Containers start; waits for every task to be RUNNING.', cancel: NEW_ONE_ENDS },
  verifying: { meaning: 'The instance runs; waits for its first completed checkpoints.', cancel: NEW_ONE_ENDS },
  rollingBack: {
    meaning: 'The new instance did not come up; the previous deployment is started again.',
    cancel: 'What is being started is killed and confirmed dead; nothing runs then, and the restore points are kept.',
  },
  recording: {
    meaning: 'The outcome stands and is written to the audit log before the lock is released.',
    cancel: 'Too late: the operation has ended.',
  },
} as const satisfies Record<string, PhaseEntry>;

export type Phase = keyof typeof phases;

export const outcomes = ['succeeded', 'failed', 'rolledBack', 'cancelled', 'superseded', 'rejected'] as const;
export type Outcome = (typeof outcomes)[number];

export const healths = ['healthy', 'degraded', 'unknown'] as const;

/** How what runs compares with what its release declares. */
export const syncs = ['inSync', 'hotfixed'] as const;
