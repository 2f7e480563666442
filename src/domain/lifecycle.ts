/**
 * States of a job, the operations that each state allows, and the phases of an operation. API, CLI, search attributes,
 * validators and documents read these tables; nothing repeats them.
 */

/** The kinds of operation that people can ask for. Each is the wire name of its signal and update alike. */
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
  'transfer',
  'failover',
  'failback',
] as const;
export type OperationKind = (typeof operationKinds)[number];

/** Marks the record of what Sluice did between operations; no request has this kind. */
export const SETTLED = 'settled';
/** Marks the record of restore points that Sluice deleted by `savepoints.keep`; no request has this kind. */
export const RETENTION = 'retention';
/** The kinds of records in the history. */
export const recordedKinds = [...operationKinds, SETTLED, RETENTION] as const;
export type RecordedKind = (typeof recordedKinds)[number];

interface StateEntry {
  /** The state in one sentence, for people. */
  readonly meaning: string;
  /** The next step of people, or of the state itself. */
  readonly next: string;
  readonly allowed: readonly OperationKind[];
}

export const jobStates = {
  new: {
    meaning: 'The job was never deployed.',
    next: 'Deploy the job, adopt an application that already runs, or recover the job if its workflow was lost.',
    allowed: ['deploy', 'adopt', 'recover', 'transfer'],
  },
  running: {
    meaning: 'The application of the current deployment is alive, and its Flink job has been RUNNING.',
    next: 'The job runs until somebody stops it or it ends by itself.',
    allowed: [
      'deploy',
      'savepoint',
      'stop',
      'kill',
      'restart',
      'rollback',
      'hotfix',
      'revertHotfix',
      'transfer',
      'failover',
      'failback',
    ],
  },
  deploying: {
    meaning: 'An operation is replacing or starting the instance; the result is still open.',
    next: 'Wait for the operation; cancel ends it at its next safe point, and kill with force or failover takes its place.',
    allowed: ['kill', 'failover'],
  },
  stopped: {
    meaning: 'Nothing runs, because somebody wanted the job stopped; its restore points are kept.',
    next: 'Resume the job, roll it back, or deploy a release.',
    allowed: ['deploy', 'resume', 'rollback', 'hotfix', 'revertHotfix', 'adopt', 'transfer'],
  },
  finished: {
    meaning: 'The Flink job reached the end of its bounded input.',
    next: 'There is nothing to go on from. To run the job once more, deploy or resume it with `--from fresh`.',
    allowed: ['deploy', 'resume', 'rollback', 'adopt', 'transfer'],
  },
  failed: {
    meaning: 'Nothing runs, and a person must find out why; the restore points are kept.',
    next: 'Fix the cause, then deploy, resume or roll back; failover starts it on another cluster; kill makes sure that nothing is left running.',
    allowed: ['deploy', 'resume', 'rollback', 'hotfix', 'revertHotfix', 'kill', 'adopt', 'transfer', 'failover'],
  },
  unreachable: {
    meaning: 'The job may still run: its cluster does not answer, or its end is not confirmed. Sluice starts nothing.',
    next: 'Wait until Sluice can tell; kill ends the job, kill with force counts lost nodes as gone, and kill with force and giveUp goes on without an instance that nobody can reach. failover moves the job to another cluster.',
    allowed: ['kill', 'failover'],
  },
} as const satisfies Record<string, StateEntry>;

export type JobState = keyof typeof jobStates;

/** Lists the kinds that the state allows; the update's validator, the API and the CLI all ask here. */
export function allowedOperations(state: JobState): readonly OperationKind[] {
  return jobStates[state].allowed;
}

interface PhaseEntry {
  /** The phase in one sentence, for people. */
  readonly meaning: string;
  /** The effect of `cancel` in this phase: whether it is safe, and what stays afterwards. */
  readonly cancel: string;
  /** The consequence of a failure in this phase. */
  readonly failure: string;
}

const NOTHING_TOUCHED = 'Safe: the running instance continues untouched.';
const CONTINUES = 'The operation fails; what runs continues untouched.';
const NEW_ONE_FAILED = 'Sluice ends the new instance and confirms that it is dead; then `onFailedStart` applies.';
const NEW_ONE_ENDS = 'Sluice kills the new instance and confirms that it is dead; then `onFailedStart` applies.';

/** The phases of an operation, in the order in which they can follow each other. */
export const phases = {
  claiming: {
    meaning: 'The operation takes its claim in S3 and looks at what is running.',
    cancel: NOTHING_TOUCHED,
    failure: CONTINUES,
  },
  checking: {
    meaning: 'Sluice checks everything that could make the start fail, while the old instance still runs.',
    cancel: NOTHING_TOUCHED,
    failure: CONTINUES,
  },
  fencing: {
    meaning:
      'The job leaves an instance that nobody can reach: Sluice revokes its gate, so that no further JVM of it begins, and closes its start.',
    cancel:
      'Until the gate is revoked, safe: the job stays as it was. After that the old instance stays given up, nothing new starts, and the restore points are kept.',
    failure:
      'Without an answer of S3 nothing is revoked and nothing starts. Otherwise nothing new starts, and the restore points are kept.',
  },
  rescaling: {
    meaning:
      'The instance runs on: Flink brings its tasks to another parallelism, from its newest checkpoint; the operation waits for the next checkpoint.',
    cancel: 'Safe: Sluice has Flink go back to the parallelism before, and the instance runs on.',
    failure:
      'The operation fails, and Sluice has Flink go back to the parallelism before. While the JobManager does not answer, it keeps trying.',
  },
  staging: {
    meaning: 'Sluice reserves the application id, takes the epoch and renders the configuration.',
    cancel: `${NOTHING_TOUCHED} This is the last phase in which a cancel changes nothing.`,
    failure: CONTINUES,
  },
  standingBy: {
    meaning: 'The next application comes up beside the old instance; its program waits, so it is none yet.',
    cancel: 'Safe: Sluice ends the next application, whose program has not run, and the running instance continues.',
    failure:
      'Without room for both, the old instance is stopped first. When the next application ends by itself, the operation fails. What runs continues in either case.',
  },
  savepointing: {
    meaning: 'Flink takes the savepoint; if that fails, the old instance is still there.',
    cancel:
      'The operation waits for the answer of Flink. If Flink has stopped the job, nothing new starts and `onFailedStart` applies; a plain stop has succeeded.',
    failure:
      'The operation fails, and the instance runs on. While it is not known whether Flink stopped the job, nothing starts.',
  },
  stopping: {
    meaning: 'Sluice ends the old application and confirms that it is dead.',
    cancel: 'The operation waits for the confirmed end; then nothing new starts and `onFailedStart` applies.',
    failure: 'Nothing new starts. The job is unreachable until the end of the old application is confirmed.',
  },
  submitting: {
    meaning: 'The ResourceManager receives the new application.',
    cancel: NEW_ONE_ENDS,
    failure: NEW_ONE_FAILED,
  },
  starting: {
    meaning: 'YARN starts the containers; the operation waits until every task is RUNNING.',
    cancel: NEW_ONE_ENDS,
    failure: NEW_ONE_FAILED,
  },
  verifying: {
    meaning: 'The instance runs; the operation waits for its first completed checkpoints.',
    cancel: NEW_ONE_ENDS,
    failure: NEW_ONE_FAILED,
  },
  rollingBack: {
    meaning: 'The new instance did not come up, so Sluice starts the previous deployment again.',
    cancel:
      'Sluice kills the instance that is starting and confirms that it is dead; then nothing runs, and the restore points are kept.',
    failure: 'Nothing runs then; the job is failed, and its restore points are kept.',
  },
  recording: {
    meaning: 'The outcome is final; Sluice writes it to the audit log, then releases the lock.',
    cancel: 'Too late: the outcome is final.',
    failure: 'The outcome stands; Sluice writes the record as soon as S3 answers.',
  },
} as const satisfies Record<string, PhaseEntry>;

export type Phase = keyof typeof phases;

/** The meanings of `upgrade.onFailedStart` of a deployment file. */
export const failedStarts = {
  rollback:
    'Sluice starts the deployment that ran before again, from the restore point of this operation. If the new instance has completed a checkpoint, nothing runs then, and a person decides.',
  stop: 'Nothing runs then; the restore points are kept.',
} as const;

/**
 * Lists the phases of an operation that goes well.
 * @param stopWith the way in which a running instance is taken down; null when none is.
 * @param isWarm whether the next application comes up before that.
 */
export function phasesOfKind(
  kind: OperationKind,
  stopWith: 'savepoint' | 'checkpoint' | 'none' | null,
  isWarm = false,
): readonly Phase[] {
  const stop: Phase[] = stopWith === null ? [] : stopWith === 'savepoint' ? ['savepointing', 'stopping'] : ['stopping'];
  const down: Phase[] = isWarm ? ['standingBy', ...stop] : stop;
  return ['claiming', ...middleOf(kind, down), 'recording'];
}

/** Lists the phases of an operation that rescales the running job in place and goes well. */
export const phasesOfRescaling: readonly Phase[] = ['claiming', 'rescaling', 'recording'];

const STARTING: readonly Phase[] = ['submitting', 'starting', 'verifying'];

function middleOf(kind: OperationKind, down: readonly Phase[]): readonly Phase[] {
  switch (kind) {
    case 'deploy':
    case 'resume':
    case 'restart':
    case 'rollback':
    case 'hotfix':
    case 'revertHotfix':
    case 'failback':
      return ['checking', 'staging', ...down, ...STARTING];
    case 'failover':
      return down.length > 0
        ? ['checking', 'staging', ...down, ...STARTING]
        : ['checking', 'fencing', 'staging', ...STARTING];
    case 'savepoint':
      return ['savepointing'];
    case 'stop':
    case 'kill':
      return down;
    case 'adopt':
    case 'recover':
    case 'transfer':
      return ['checking'];
  }
}

export const outcomes = ['succeeded', 'failed', 'rolledBack', 'cancelled', 'superseded', 'rejected'] as const;
export type Outcome = (typeof outcomes)[number];

export const healths = ['healthy', 'degraded', 'unknown'] as const;

/**
 * Compares what runs with what is released. `hotfixed`: values override the deployment file. `behind`: a newer release of the
 * job's project has a deployment file for it, as the API reads from the catalogue.
 */
export const syncs = ['inSync', 'hotfixed', 'behind'] as const;
