/** An activity of a run as the server sees it: attempts, timeouts, retries, cancellation. */
import type { Info } from '@temporalio/activity';
import { encodeRetryState, encodeTimeoutType, type ProtoFailure, type RetryState } from '@temporalio/common';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import type { coresdk } from '@temporalio/proto';
import { payloadConverter } from '../../../src/temporal/payload-converter.ts';
import type { VirtualClock } from './clock.ts';
import { Attempt, type ActivityFunction, type Outcome } from './worker.ts';

type Schedule = coresdk.workflow_commands.IScheduleActivity;

/** Where attempts run. */
export interface Attempts {
  readonly clock: VirtualClock;
  readonly activities: Readonly<Record<string, ActivityFunction>>;
  /** Runs `start` at once, or when there is a worker again. */
  poll(start: () => void): void;
  begun(attempt: Attempt): void;
  over(attempt: Attempt): void;
}

export class ActivityTask {
  readonly seq: number;
  readonly #command: Schedule;
  readonly #attempts: Attempts;
  readonly #close: (job: coresdk.workflow_activation.IResolveActivity) => void;
  readonly #scheduledAt: number;
  readonly #run: { readonly workflowId: string; readonly runId: string };
  #number = 1;
  #attempt: Attempt | null = null;
  #heartbeatAt = 0;
  #heartbeatDetails: unknown;
  #lastFailure: ProtoFailure | null = null;
  #cancelRequested = false;
  #stopTimers: () => void = () => undefined;
  #endSchedule: () => void = () => undefined;
  #isClosed = false;

  constructor(
    command: Schedule,
    run: { readonly workflowId: string; readonly runId: string },
    attempts: Attempts,
    close: (job: coresdk.workflow_activation.IResolveActivity) => void,
  ) {
    this.seq = command.seq ?? 0;
    this.#command = command;
    this.#run = run;
    this.#attempts = attempts;
    this.#close = close;
    this.#scheduledAt = attempts.clock.now;
    const scheduleToClose = optionalTsToMs(command.scheduleToCloseTimeout);
    if (scheduleToClose !== undefined) {
      this.#endSchedule = attempts.clock.after(scheduleToClose, () => this.#timedOut('SCHEDULE_TO_CLOSE'));
    }
    this.#begin();
  }

  /** Requests a cancellation; the attempt hears of it with its next heartbeat. */
  cancel(): void {
    if (this.#isClosed) return;
    this.#cancelRequested = true;
    if (this.#attempt === null)
      this.#end({ cancelled: { failure: this.#wrapped(cancelledFailure, 'CANCEL_REQUESTED') } });
  }

  /** Drops all that attempts report from now on, because the run is over or needs no answer any more. */
  abandon(): void {
    this.#isClosed = true;
    this.#attempt = null;
    this.#endSchedule();
    this.#stopTimers();
  }

  #begin(): void {
    this.#attempts.poll(() => {
      if (!this.#isClosed) this.#startAttempt();
    });
  }

  #startAttempt(): void {
    const { clock, activities } = this.#attempts;
    const { activityType, arguments: payloads } = this.#command;
    const act = activities[activityType ?? ''];
    if (!act) throw new Error(`no activity ${activityType ?? ''} is registered`);
    const attempt: Attempt = new Attempt(clock, this.#info(), (details) => this.#heartbeat(attempt, details));
    this.#attempt = attempt;
    this.#heartbeatAt = clock.now;
    this.#watch(attempt);
    this.#attempts.begun(attempt);
    const args = (payloads ?? []).map((payload) => payloadConverter.fromPayload<unknown>(payload));
    void attempt.run(act, args).then((outcome) => {
      this.#attempts.over(attempt);
      if (attempt === this.#attempt && !this.#isClosed) this.#reported(outcome);
    });
  }

  #watch(attempt: Attempt): void {
    const { clock } = this.#attempts;
    const startToClose = optionalTsToMs(this.#command.startToCloseTimeout);
    const heartbeat = optionalTsToMs(this.#command.heartbeatTimeout);
    const endStart =
      startToClose === undefined
        ? undefined
        : clock.after(startToClose, () => this.#timedOut('START_TO_CLOSE', attempt));
    let endHeartbeat: (() => void) | undefined;
    const look = (): void => {
      const left = this.#heartbeatAt + (heartbeat ?? 0) - clock.now;
      if (left <= 0) this.#timedOut('HEARTBEAT', attempt);
      else endHeartbeat = clock.after(left, look);
    };
    if (heartbeat !== undefined) endHeartbeat = clock.after(heartbeat, look);
    this.#stopTimers = () => {
      endStart?.();
      endHeartbeat?.();
    };
  }

  #heartbeat(attempt: Attempt, details: unknown): void {
    if (attempt !== this.#attempt || this.#isClosed) {
      attempt.cancel('NOT_FOUND');
      return;
    }
    this.#heartbeatAt = this.#attempts.clock.now;
    this.#heartbeatDetails = details;
    if (this.#cancelRequested) attempt.cancel('CANCELLED');
  }

  #reported(outcome: Outcome): void {
    this.#stopTimers();
    this.#attempt = null;
    switch (outcome.kind) {
      case 'completed':
        this.#end({ completed: { result: outcome.result ?? null } });
        return;
      case 'cancelled':
        this.#end({ cancelled: { failure: this.#wrapped(outcome.failure, 'CANCEL_REQUESTED') } });
        return;
      case 'failed':
        this.#retryOrFail(outcome.failure, outcome.failure.applicationFailureInfo?.nonRetryable === true);
    }
  }

  #timedOut(type: 'START_TO_CLOSE' | 'SCHEDULE_TO_CLOSE' | 'HEARTBEAT', attempt?: Attempt): void {
    if (this.#isClosed || (attempt && attempt !== this.#attempt)) return;
    this.#stopTimers();
    this.#attempt = null;
    const failure: ProtoFailure = {
      message: `activity ${type} timeout`,
      source: 'Server',
      timeoutFailureInfo: { timeoutType: encodeTimeoutType(type) ?? null },
      cause: type === 'SCHEDULE_TO_CLOSE' ? this.#lastFailure : null,
    };
    if (type === 'SCHEDULE_TO_CLOSE') this.#end({ failed: { failure: this.#wrapped(failure, 'TIMEOUT') } });
    else this.#retryOrFail(failure, false);
  }

  #retryOrFail(failure: ProtoFailure, nonRetryable: boolean): void {
    this.#lastFailure = failure;
    const policy = this.#command.retryPolicy;
    const nonRetryableTypes = policy?.nonRetryableErrorTypes ?? [];
    const type = failure.applicationFailureInfo?.type;
    if (nonRetryable || (type != null && nonRetryableTypes.includes(type))) {
      this.#end({ failed: { failure: this.#wrapped(failure, 'NON_RETRYABLE_FAILURE') } });
      return;
    }
    if (this.#cancelRequested) {
      this.#end({ cancelled: { failure: this.#wrapped(cancelledFailure, 'CANCEL_REQUESTED') } });
      return;
    }
    const initial = optionalTsToMs(policy?.initialInterval) ?? 1_000;
    const most = optionalTsToMs(policy?.maximumInterval) ?? 100 * initial;
    const backoff = Math.min(most, initial * (policy?.backoffCoefficient ?? 2) ** (this.#number - 1));
    const scheduleToClose = optionalTsToMs(this.#command.scheduleToCloseTimeout) ?? Infinity;
    const attemptsLeft = (policy?.maximumAttempts ?? 0) === 0 || this.#number < (policy?.maximumAttempts ?? 0);
    if (!attemptsLeft || this.#attempts.clock.now + backoff > this.#scheduledAt + scheduleToClose) {
      this.#end({ failed: { failure: this.#wrapped(failure, 'TIMEOUT') } });
      return;
    }
    this.#number += 1;
    this.#stopTimers = this.#attempts.clock.after(backoff, () => this.#begin());
  }

  #end(result: coresdk.activity_result.IActivityResolution): void {
    this.abandon();
    this.#close({ seq: this.seq, result });
  }

  #wrapped(cause: ProtoFailure, retryState: RetryState): ProtoFailure {
    return {
      message: 'Activity task failed',
      source: 'Server',
      cause,
      activityFailureInfo: {
        activityType: { name: this.#command.activityType ?? '' },
        activityId: this.#command.activityId ?? '',
        retryState: encodeRetryState(retryState) ?? null,
        identity: 'simulated worker',
      },
    };
  }

  #info(): Info {
    const { activityType, activityId, taskQueue } = this.#command;
    return {
      taskToken: new Uint8Array(),
      base64TaskToken: '',
      activityId: activityId ?? '',
      activityType: activityType ?? '',
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the SDK's type still requires it
      activityNamespace: 'default',
      namespace: 'default',
      attempt: this.#number,
      isLocal: false,
      inWorkflow: true,
      workflowExecution: this.#run,
      scheduledTimestampMs: this.#scheduledAt,
      scheduleToCloseTimeoutMs: optionalTsToMs(this.#command.scheduleToCloseTimeout) ?? 0,
      startToCloseTimeoutMs: optionalTsToMs(this.#command.startToCloseTimeout) ?? 0,
      currentAttemptScheduledTimestampMs: this.#attempts.clock.now,
      heartbeatDetails: this.#heartbeatDetails,
      taskQueue: taskQueue ?? 'sluice',
    };
  }
}

export const cancelledFailure: ProtoFailure = {
  message: 'Activity cancelled',
  source: 'Server',
  canceledFailureInfo: {},
};
