/**
 * The inequalities between time limits, each with the reason that it holds for.
 *
 * Seen to fail: with an HTTP deadline of 12 s, the first, the third and the fourth of them; the fourth also with a submit
 * window of 15 s; with six minutes between two questions for a turn, both that are about them.
 */
import { expect, test } from 'vitest';
import { releaseWatchSettings } from '../../src/activities/dependencies/release-watch-settings.ts';
import { campaignSettings } from '../../src/activities/dependencies/campaign-settings.ts';
import { watchSettings } from '../../src/activities/dependencies/watch-settings.ts';
import { timeLimits as limits } from '../../src/domain/time-limits.ts';

/** Slower than the SDK's own throttle (24 s, 0.8 of the time-out) a heartbeat of a watch is never sent. */
const SDK_THROTTLE = 0.8;

test.each([
  ['a request to YARN ends before another attempt begins', limits.httpDeadline, limits.heartbeatTimeout],
  ['a request to S3 ends before another attempt begins', limits.s3Deadline, limits.heartbeatTimeout],
  [
    'a request to YARN ends before S3 gives up: one profile of changes covers both',
    limits.httpDeadline,
    limits.s3Deadline,
  ],
  [
    'a submit that was allowed has arrived when its window closes: it reads the fence, then asks YARN',
    limits.s3Deadline + limits.httpDeadline,
    limits.submitWindow,
  ],
  ['a frozen attempt is replaced before its submit window closes', limits.heartbeatTimeout, limits.submitWindow],
  ['two heartbeats may be lost before an attempt is given up', 3 * limits.heartbeatEvery, limits.heartbeatTimeout],
  ['the same of a watch', limits.heartbeatEvery, SDK_THROTTLE * limits.watchHeartbeatTimeout],
  ['an attempt of reading has time for three requests', 3 * limits.s3Deadline, limits.readAttempt],
  ['reading is tried again after an attempt that hung', limits.readAttempt, limits.read],
  ['an attempt of changing outlives its own heartbeats', limits.heartbeatTimeout, limits.changeAttempt],
  ['a change waits for the submit window within an attempt', 2 * limits.submitWindow, limits.changeAttempt],
  ['changing is tried again after an attempt that hung', limits.changeAttempt, limits.change],
  ['recording is tried again after a lost worker', limits.heartbeatTimeout, limits.record],
  ['the lock is released sooner than a change gives up', limits.record, limits.change],
  [
    'a turn of retention has time to look before it deletes, slow requests included',
    limits.retiring + 10 * limits.s3Deadline,
    limits.retiringTurn,
  ],
  [
    'a wait has answered before Temporal gives it up',
    2 * limits.s3Deadline + limits.heartbeatTimeout,
    limits.answerMargin,
  ],
  ['a JVM outlives that S3 is away for a minute', 60_000, limits.gateSilence],
  [
    'a held JobManager ends by itself before YARN gives it up (`yarn.am.liveness-monitor.expiry-interval-ms`, 10 minutes)',
    limits.gateHold,
    600_000,
  ],
  [
    'a JVM with a lease outlives that S3 is away for a minute: its next question comes after an eighth, and chance adds a quarter',
    60_000 + (limits.lease / 8) * 1.25 + limits.s3Deadline,
    limits.lease,
  ],
  [
    'nothing runs once lease and margin are over: the PUT that revokes arrives late, clocks are 5 s apart, a JVM ends within a second',
    limits.submitWindow + 5_000 + 1_000,
    limits.leaseMargin,
  ],
  [
    'a lease tells of death before YARN calls a node lost (`yarn.nm.liveness-monitor.expiry-interval-ms`, 10 minutes)',
    limits.lease + limits.leaseMargin,
    600_000,
  ],
  [
    'a request of a campaign has arrived, or never will, when its operation counts as lost: its worker may be lost too',
    limits.heartbeatTimeout + limits.changeAttempt,
    campaignSettings.lostAfterMs,
  ],
  [
    'a campaign gives an operation up within one activity that follows it, slow looks and questions included',
    campaignSettings.unknownAfterMs + 2 * (campaignSettings.questionEveryMs + limits.s3Deadline),
    limits.followTurn,
  ],
  [
    'a job may lose a question, and asks again before it goes on without a turn',
    2 * limits.turnQuestion,
    limits.turnSilence,
  ],
  ['a job that waits asks thrice before it is forgotten', 3 * limits.turnQuestion, limits.turnForgotten],
  [
    'a job that stood still goes on without its turn no sooner than it could ask',
    limits.stoodStill,
    limits.turnQuestion,
  ],
  ['a job goes on without a turn before its place is forgotten', limits.turnSilence, limits.turnForgotten],
  ['failovers gather within the first wait of a job', limits.turnGather, limits.turnQuestion],
  [
    'a slow look of a watcher is no standing still',
    2 * limits.s3Deadline + watchSettings.questionDeadlineMs,
    limits.stoodStill,
  ],
  ['a watcher that stood still has not seen enough to call a cluster gone', limits.stoodStill, limits.goneAfter],
  [
    'a rescaling outlives what Flink takes: its rest after the one before, its wait for slots, a container, a checkpoint each 10 s',
    30_000 + 60_000 + 60_000 + 10_000,
    limits.rescale,
  ],
  [
    'an undone rescaling has time to ask YARN, Flink and S3',
    4 * limits.httpDeadline + 2 * limits.s3Deadline,
    limits.putBack,
  ],
  ['a watch ends its turn within its attempt', limits.watchTurn, limits.watchAttempt],
  ['a watch that lost its worker begins again', 2 * limits.watchAttempt, limits.watch],
])('%s', (_reason, shorter, longer) => {
  expect(shorter).toBeLessThan(longer);
});

test('the watches take their turn from the table', () => {
  expect([watchSettings.turnAfterMs, releaseWatchSettings.turnAfterMs]).toEqual([limits.watchTurn, limits.watchTurn]);
});
