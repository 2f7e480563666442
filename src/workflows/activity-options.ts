/** The three profiles in which workflows call activities; nothing else sets a timeout. */
import type { ActivityOptions } from '@temporalio/workflow';

const retry = { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;

/** Looking something up: short, since every call behind it has a deadline of its own; tried for a minute. */
export const READ = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1m',
  retry,
} as const satisfies ActivityOptions;

/**
 * Changing something outside. Every mutating request has a deadline shorter than the heartbeat time-out, so that a
 * new attempt never meets a request of the old one still under way.
 */
export const CHANGE = {
  startToCloseTimeout: '60s',
  heartbeatTimeout: '10s',
  scheduleToCloseTimeout: '5m',
  retry,
} as const satisfies ActivityOptions;

/** How long the record of an ended operation may keep the lock when S3 is away; then it waits in carried state. */
export const RECORD = { ...CHANGE, scheduleToCloseTimeout: '30s' } as const satisfies ActivityOptions;

const ANSWER_MARGIN_MS = 60_000;

/**
 * One heartbeating activity for a whole wait. The activity ends by itself at `deadlineMs` with an answer of what it
 * saw last; Temporal's own time-out only ends a worker that was lost.
 */
export const waitOptions = (deadlineMs: number) =>
  ({
    startToCloseTimeout: deadlineMs + ANSWER_MARGIN_MS,
    heartbeatTimeout: '10s',
    scheduleToCloseTimeout: 2 * deadlineMs + ANSWER_MARGIN_MS,
    // Who interrupts a wait does not wait for its end: it changes nothing that is not settled afterwards.
    cancellationType: 'TRY_CANCEL',
    retry,
  }) as const satisfies ActivityOptions;

/**
 * Watching a cluster: one activity for an hour. It asks all the time and tells only what changes, so that heartbeats are
 * what an idle cluster costs: the SDK sends one in 24 s. Another worker takes over when there was none for 30 s.
 */
export const WATCH = {
  startToCloseTimeout: '70m',
  heartbeatTimeout: '30s',
  scheduleToCloseTimeout: '1 day',
  // Told to end, it hands over its notes. The SDK's default is TRY_CANCEL, whatever its documentation says (1.24).
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry,
} as const satisfies ActivityOptions;
