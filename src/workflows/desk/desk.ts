/** What one run of a job's workflow knows: its memory, who holds the job, who interrupts, what the watcher told. */
import { ApplicationFailure } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import type { Fact } from '../../domain/watch/facts.ts';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import { rejectedSignal, savepointSkipped } from '../../domain/job/transitions.ts';
import { now } from './now.ts';
import type { Occupation } from '../../domain/job/admission.ts';
import { isRefusal, type Refusal } from '../../domain/job/refusal.ts';
import {
  recordLimits,
  SCHEDULE,
  type Interruption,
  type OperationRecord,
  type Request,
} from '../../domain/operation/operation.ts';
import { clip } from '../../domain/values/clip.ts';

interface Taken {
  readonly operation: OperationRecord;
  readonly request: Request;
}

/** Shared by the handlers and the loop of one run. */
export interface Desk {
  readonly memory: JobMemory;
  /** Reserved the moment it is accepted; cleared when it has ended. */
  taken: Taken | null;
  /** Accepted while another runs, which it supersedes. */
  next: Taken | null;
  /** Asked of the running operation and not yet acted upon. */
  interruption: Interruption | null;
  /** Ends the wait that the running operation is in, if that may be interrupted. */
  interruptWait: ((how: Interruption['how']) => void) | null;
  /** Ends what is awaited between operations once somebody asks for the job, or for the next run. */
  onTaken: (() => void) | null;
  /** The history has grown long: looked at only by what is recorded there, so that a replay sees it at the same point. */
  isLong: boolean;
  /** Another build of the workers is current: this run is to make room for one of theirs as soon as nothing runs. */
  isToTurnOver: boolean;
  /** The newest fact, not yet acted upon. */
  fact: Fact | null;
  /** A run of a worker that knows `deploying` has handed its memory over. */
  readonly isCarriedOn: boolean;
  /** Whether `deploying` is shown as a state; null until that first matters (see `show.ts`). */
  showsDeploying: boolean | null;
}

export const newDesk = (memory: JobMemory, isCarriedOn: boolean): Desk => ({
  memory,
  isCarriedOn,
  taken: null,
  next: null,
  interruption: null,
  interruptWait: null,
  onTaken: null,
  isLong: false,
  isToTurnOver: false,
  fact: null,
  showsDeploying: null,
});

/** The desk as admission sees it. */
export const occupationOf = ({ memory, taken, next }: Desk): Occupation => ({
  memory,
  holder: taken?.operation ?? null,
  next: next?.operation ?? null,
});

/** To be called by handlers of what the history keeps. A refused update is not kept: it must not end the run. */
export function noteLength(desk: Desk): void {
  desk.isLong ||= workflowInfo().continueAsNewSuggested;
}

/** Told to the asker of an update; a signal has no asker, hence the line in the ring. */
export function refuseIfRejected<T extends { readonly kind: string }>(decision: T | Refusal): asserts decision is T {
  if (!isRefusal(decision)) return;
  throw ApplicationFailure.create({
    type: decision.code,
    message: decision.detail,
    details: [decision.details],
    nonRetryable: true,
  });
}

export function noteRejection(memory: JobMemory, kind: string, payload: unknown, { code, detail }: Refusal): void {
  const text = (field: string): string | null => {
    const value: unknown = typeof payload === 'object' && payload !== null ? Reflect.get(payload, field) : undefined;
    return typeof value === 'string' ? clip(value, 64) : null;
  };
  const rejection = {
    at: now(),
    kind,
    id: text('id') ?? text('operation'),
    actor: text('actor'),
    code,
    detail: clip(detail, recordLimits.warning),
  };
  if (kind === 'savepoint' && text('via') === SCHEDULE) savepointSkipped(memory, rejection);
  else rejectedSignal(memory, rejection);
}
