/**
 * Time limits that depend on each other, in milliseconds. `test/domain/time-limits.test.ts` has each inequality between
 * them with its reason.
 */
const second = 1_000;
const minute = 60 * second;

export const timeLimits = {
  /** Deadline of a request to YARN or Flink, with its answer. */
  httpDeadline: 8 * second,
  /** Deadline of a request for a small object of S3, the SDK's own tries included. */
  s3Deadline: 9 * second,

  /** Between two heartbeats of an activity. */
  heartbeatEvery: 3 * second,
  /** Silence of an attempt after which Temporal begins another one. */
  heartbeatTimeout: 10 * second,
  /** The same for a watch, which heartbeats less often: the SDK sends one in 24 s. */
  watchHeartbeatTimeout: 30 * second,

  /** After a change of the fence: the time within which a submit may still arrive that was allowed before the change. */
  submitWindow: 20 * second,

  /**
   * The time that an instance takes at least from before its tasks are scheduled to its first checkpoint: YARN makes the
   * container of a TaskManager meanwhile, and its JVM starts.
   */
  firstCheckpoint: 3 * second,

  /** Silence of S3 after which a JVM that waits for its gate ends. */
  gateSilence: 2 * minute,
  /** The longest wait of a JobManager at a held gate. */
  gateHold: 9 * minute,
  /** The longest wait for a standby to come up; without it the start goes on cold. */
  standbyUp: 2 * minute,
  /** Time of a standby beyond the deadlines of its operation, after which it ends by itself. */
  standbyMargin: 5 * minute,
  /** The longest wait for the end of a standby that is given back. */
  standbyEnds: 20 * second,
  /** Silence of S3, or age of its last good answer, after which a JVM ends that keeps a lease. An installation may choose another. */
  lease: 2 * minute,
  /** Time beyond the lease after which an instance whose gate was revoked counts as dead. */
  leaseMargin: 30 * second,

  /** Time without any sign of life after which a cluster counts as gone. An installation may choose another. */
  goneAfter: 3 * minute,

  /**
   * A pause, or a delay, after which a watcher and a job that waits know that they stood still: they begin anew, because they
   * cannot tell what they would have seen or heard.
   */
  stoodStill: minute,

  /** The first failovers wait for those that come with them: the most important job of a lost cluster is not always the first to ask. */
  turnGather: 5 * second,
  /** Between two questions of a job that waits for its turn, which also keep its place. */
  turnQuestion: 4 * minute,
  /** Time without an answer after which a job goes on without a turn. */
  turnSilence: 10 * minute,
  /** Time without a question after which a job does not wait for a turn any more. */
  turnForgotten: 15 * minute,
  /** The longest time that a job has its turn: its workflow may be gone, or its start takes hours. */
  turnHold: 15 * minute,

  /** An attempt of looking something up, and all attempts together. */
  readAttempt: 30 * second,
  read: minute,
  /** An attempt of changing something outside, and all attempts together. */
  changeAttempt: minute,
  change: 5 * minute,
  /** All attempts of recording an ended operation. The lock is held meanwhile. */
  record: 30 * second,
  /** Time beyond its own deadline in which a wait answers with what it saw last. */
  answerMargin: minute,
  /** An activity that follows the operation of a campaign; the next one goes on, and begins to count anew. */
  followTurn: 10 * minute,
  /**
   * The wait for Flink to run a job at another parallelism: the adaptive scheduler rests 30 s between two rescalings, waits up to a
   * minute for slots to come and, from 2.0 on, for a checkpoint; YARN makes containers meanwhile.
   */
  rescale: 3 * minute,
  /** The wait for a JobManager to take its earlier requirement again; the job tries again later, without an end. */
  putBack: minute,
  /** Deleting in one turn of retention, after it has looked what may go. */
  retiring: 30 * second,
  /** A turn of retention, its look included. */
  retiringTurn: 10 * minute,

  /** An attempt of making class archives: two applications, each of which may wait for its queue, and the copies of big files. */
  warmUpAttempt: 20 * minute,
  warmUp: 45 * minute,

  /** A turn of a watch; the next run of its workflow begins another. */
  watchTurn: 60 * minute,
  /** An attempt of a watch, and all attempts together. */
  watchAttempt: 70 * minute,
  watch: 24 * 60 * minute,
} as const;
