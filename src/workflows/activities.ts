/**
 * The activities as workflows call them: one proxy for each profile. Only these profiles set time-outs of
 * activities. Callers give each call a summary for Temporal's Web UI.
 */
import { proxyActivities, workflowInfo, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { waitsQueueOf } from '../domain/identity/task-queues.ts';
import { timeLimits } from '../domain/time-limits.ts';

const retry = { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;

/** Lookups: an attempt is short, because every call behind it has a deadline of its own. */
const READ = {
  startToCloseTimeout: timeLimits.readAttempt,
  scheduleToCloseTimeout: timeLimits.read,
  retry,
} as const satisfies ActivityOptions;

/**
 * Changes: every mutating request has a deadline shorter than the heartbeat time-out, so that a new attempt never meets
 * a request of the old one still under way.
 */
const CHANGE = {
  startToCloseTimeout: timeLimits.changeAttempt,
  heartbeatTimeout: timeLimits.heartbeatTimeout,
  scheduleToCloseTimeout: timeLimits.change,
  retry,
} as const satisfies ActivityOptions;

/**
 * Records of ended operations: when S3 is away for longer, the record waits in carried state and the lock is released.
 */
const RECORD = { ...CHANGE, scheduleToCloseTimeout: timeLimits.record } as const satisfies ActivityOptions;

/**
 * Questions of a campaign to a job: a single attempt, because an attempt that was lost may have asked. A cancelled one still answers,
 * and what no worker has begun by then was not asked.
 */
const ASK = {
  ...CHANGE,
  retry: { maximumAttempts: 1 },
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
} as const satisfies ActivityOptions;

/** Warm-ups: a lost worker may be replaced once, and begins anew. */
const WARM_UP = {
  startToCloseTimeout: timeLimits.warmUpAttempt,
  heartbeatTimeout: timeLimits.heartbeatTimeout,
  scheduleToCloseTimeout: timeLimits.warmUp,
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { ...retry, maximumAttempts: 2 },
} as const satisfies ActivityOptions;

/**
 * Watches: one activity lasts an hour. An idle cluster costs only heartbeats, because the watch tells jobs only
 * changes. Another worker takes over when heartbeats stay away.
 */
const WATCH = {
  startToCloseTimeout: timeLimits.watchAttempt,
  heartbeatTimeout: timeLimits.watchHeartbeatTimeout,
  scheduleToCloseTimeout: timeLimits.watch,
  // A watch that is told to end hands over its notes. The SDK's default is TRY_CANCEL, whatever its documentation says (1.24).
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry,
} as const satisfies ActivityOptions;

/**
 * Waits: one heartbeating activity covers a whole wait. The activity answers at `deadlineMs` with what it saw last;
 * Temporal's own time-out only ends an attempt whose worker was lost.
 */
const waitOptions = (deadlineMs: number) =>
  ({
    startToCloseTimeout: deadlineMs + timeLimits.answerMargin,
    heartbeatTimeout: timeLimits.heartbeatTimeout,
    scheduleToCloseTimeout: 2 * deadlineMs + timeLimits.answerMargin,
    // An interrupted wait ends at once, because the interrupter settles everything that the wait may have changed.
    cancellationType: 'TRY_CANCEL',
    retry,
  }) as const satisfies ActivityOptions;

export const read = proxyActivities<Activities>(READ);
export const change = proxyActivities<Activities>(CHANGE);
export const record = proxyActivities<Activities>(RECORD);
export const ask = proxyActivities<Activities>(ASK);
export const making = proxyActivities<Activities>(WARM_UP);
export const watch = proxyActivities<Activities>(WATCH);
/** `deadlineMs` is the phase's own deadline. */
export const waitFor = (deadlineMs: number) => proxyActivities<Activities>(waitOptions(deadlineMs));
/** Waits between operations, for systems that are away: on a task queue of their own. */
export const waitOutside = (deadlineMs: number) =>
  proxyActivities<Activities>({ ...waitOptions(deadlineMs), taskQueue: waitsQueueOf(workflowInfo().taskQueue) });
