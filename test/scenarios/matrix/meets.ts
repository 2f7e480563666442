/**
 * The failures that each activity can meet. The table has a row for each activity of `createActivities`: the systems that
 * the activity asks, whose outages it meets, and the errors that it throws by a decision of its own.
 */
import type { Activities } from '../../../src/activities/index.ts';
import type { ErrorCode } from '../../../src/domain/errors/errors.ts';

export type System = 's3' | 'yarn' | 'flink' | 'temporal';

/** Errors with which a client tells that nobody knows what its system did: it is away, or nobody can read its answer. */
export const outages: Readonly<Record<System, readonly [ErrorCode, ...ErrorCode[]]>> = {
  s3: ['StorageUnavailable', 'StorageDenied', 'RecordInvalid', 'Conflict'],
  yarn: ['ClusterUnreachable'],
  flink: ['FlinkUnreachable'],
  temporal: ['TemporalUnavailable'],
};

/** Errors with which a client tells that its system, or the configuration of the worker, says no. */
const denials: Readonly<Record<System, readonly ErrorCode[]>> = {
  s3: [],
  yarn: ['ClusterRejected', 'UnknownCluster'],
  flink: ['FlinkRejected'],
  temporal: [],
};

/** Failures that workflows take like others of the tables above: some journeys meet them, and all meet the others. */
export const likeOthers: ReadonlySet<Failure> = new Set<Failure>([
  'RecordInvalid',
  'Conflict',
  'FlinkUnreachable',
  'TemporalUnavailable',
  'ClusterRejected',
  'UnknownCluster',
  'FlinkRejected',
]);

interface Row {
  readonly asks: readonly System[];
  /** Refusals, which the activity throws before it has any effect. */
  readonly refuses?: readonly ErrorCode[];
  /** Conclusions from what it saw, which it throws with its effects done, or in part. */
  readonly concludes?: readonly ErrorCode[];
}

export const meets = {
  claimOperation: { asks: ['s3', 'yarn', 'flink'], refuses: ['LockLost', 'OperationIdReused'] },
  awaitAnswer: { asks: ['s3', 'yarn', 'flink'] },
  proveJob: { asks: ['s3', 'yarn', 'flink'] },
  sightJob: { asks: ['s3', 'yarn', 'flink'] },
  planOperation: { asks: ['s3', 'yarn', 'flink'] },
  readyStart: {
    asks: ['s3', 'yarn', 'flink'],
    refuses: ['LockLost', 'ApplicationNotEnding', 'QueueFull', 'NotOwner', 'ClusterCordoned'],
  },
  checkElsewhere: { asks: ['s3', 'yarn', 'flink'], refuses: ['NotFenced', 'MoveRefused', 'ClusterCordoned'] },
  prepareStart: { asks: ['s3', 'yarn', 'flink'], refuses: ['LockLost', 'ApplicationNotEnding'] },
  giveBackStart: { asks: ['s3'] },
  submitStart: {
    asks: ['s3', 'yarn', 'flink'],
    refuses: ['LockLost', 'ForeignInstance'],
    concludes: ['SubmissionLost'],
  },
  holdStart: {
    asks: ['s3', 'yarn', 'flink'],
    refuses: ['LockLost', 'ForeignInstance'],
    concludes: ['SubmissionLost'],
  },
  awaitStandby: { asks: ['s3', 'yarn', 'flink'] },
  promoteStart: { asks: ['s3', 'yarn', 'flink'], refuses: ['LockLost', 'ForeignInstance'] },
  giveBackStandby: { asks: ['s3', 'yarn'] },
  awaitApplication: { asks: ['s3', 'yarn'], concludes: ['StartFailed', 'StartTimedOut'] },
  adoptApplication: { asks: ['s3', 'yarn', 'flink'], refuses: ['LockLost', 'AdoptionRefused'] },
  closeLostOperations: { asks: ['s3'] },
  awaitRunning: { asks: ['s3', 'yarn', 'flink'], concludes: ['StartFailed', 'StartTimedOut', 'SubmissionLost'] },
  verifyRunning: {
    asks: ['s3', 'yarn', 'flink'],
    concludes: ['VerificationFailed', 'ConfigOverriddenByCode', 'StartFailed'],
  },
  stopWithSavepoint: { asks: ['s3', 'yarn', 'flink'] },
  awaitStop: { asks: ['s3', 'yarn', 'flink'] },
  takeSavepoint: { asks: ['s3', 'yarn', 'flink'], concludes: ['SavepointFailed', 'SavepointUnknown'] },
  endApplication: { asks: ['s3', 'yarn', 'flink'], concludes: ['ApplicationNotEnding'] },
  giveUpInstance: { asks: ['s3', 'yarn', 'flink'], refuses: ['ApplicationNotEnding'] },
  endGivenUp: { asks: ['s3', 'yarn', 'flink'], concludes: ['ApplicationNotEnding'] },
  freshCheckpoint: { asks: ['s3', 'yarn', 'flink'], refuses: ['RestorePointNotFound', 'CheckpointTooOld'] },
  retainedCheckpoint: { asks: ['s3'] },
  retireRestorePoints: { asks: ['s3'], refuses: ['LockLost'] },
  lookAtRescale: { asks: ['s3', 'yarn', 'flink'] },
  beginRescale: { asks: ['s3', 'yarn', 'flink'], refuses: ['LockLost'], concludes: ['RescaleFailed'] },
  awaitRescaled: { asks: ['yarn', 'flink'], concludes: ['SlotsMissing', 'RescaleFailed'] },
  undoRescale: { asks: ['s3', 'yarn', 'flink'], concludes: ['RescaleFailed'] },
  recordOperations: { asks: ['s3', 'temporal'] },
  transferJob: { asks: ['s3'], refuses: ['LockLost', 'CommandNotAllowed'] },
  watchCluster: { asks: ['s3', 'yarn', 'flink', 'temporal'] },
  watchReleases: { asks: ['s3', 'temporal'] },
} as const satisfies Record<CalledActivity, Row>;

/**
 * The first only answers runs of earlier releases. The next two ask no system, and are called where requests are signed. Two
 * tell people what happened, and no job waits for them. Campaigns call the next two, beside the workflows of jobs:
 * `test/activities/campaign/` has their failures. Warm-ups call the last two, and know of no job:
 * `test/activities/distribution/` has theirs.
 */
export const uncalled = [
  'tidyRestorePoints',
  'readSigningKeys',
  'signPeriodicSavepoint',
  'notify',
  'testChannel',
  'askForCampaign',
  'followOperation',
  'makeClassArchives',
  'endWarmUp',
] as const;
/** An activity that journeys call. */
export type CalledActivity = Exclude<keyof Activities, (typeof uncalled)[number]>;

/**
 * A way in which an attempt fails. `Internal` is a defect, which a newer worker may mend; `NoAnswer` is an attempt that
 * never reports.
 */
export type Failure = ErrorCode | 'NoAnswer';

export interface Way {
  readonly failure: Failure;
  /** Whether the attempt fails before or after all its effects: after them, only its answer is lost. */
  readonly when: 'before' | 'after';
}

/** Every way in which an attempt of this activity can fail. */
export function waysOf(activity: CalledActivity): readonly Way[] {
  const { asks, refuses = [], concludes = [] }: Row = meets[activity];
  const either = [...asks.flatMap((system) => outages[system]), ...concludes, 'Internal', 'NoAnswer'] as const;
  return [
    ...[...asks.flatMap((system) => denials[system]), ...refuses].map((failure) => ({
      failure,
      when: 'before' as const,
    })),
    ...[...new Set<Failure>(either)].flatMap((failure) =>
      (['before', 'after'] as const).map((when) => ({ failure, when })),
    ),
  ];
}

/** The system that a request of a worker goes to, by the words in which the network tells of it. */
export function systemOf(effect: string): System {
  if (/^(?:GET|PUT|POST|DELETE|PATCH|HEAD) /.test(effect)) return effect.includes('/ws/v1/') ? 'yarn' : 'flink';
  return 's3';
}

/** The ways in which one request fails: no connection, no answer, and for S3 also a denial. */
export function waysOfRequest(effect: string): readonly Way[] {
  const [failure] = outages[systemOf(effect)];
  const ways: Way[] = [
    { failure, when: 'before' },
    { failure, when: 'after' },
  ];
  return systemOf(effect) === 's3' ? [...ways, { failure: 'StorageDenied', when: 'before' }] : ways;
}
