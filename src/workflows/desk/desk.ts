/**
 * The desk: all that one run of a job's workflow knows. It has the memory, the operation that holds the job, the
 * interruption, and the newest fact of the watcher.
 */
import { ApplicationFailure } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import { messageOf } from '../../domain/errors/message-of.ts';
import type { Fact } from '../../domain/watch/facts.ts';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import { rejectedSignal, savepointSkipped } from '../../domain/job/transitions.ts';
import { now } from './now.ts';
import type { Occupation } from '../../domain/job/admission.ts';
import type { Letter } from '../../domain/job/read-request.ts';
import { askerOf, SCHEDULE } from '../../domain/operation/asker.ts';
import { escaped } from '../../domain/input/input-path.ts';
import { isRefusal, reject, type Refusal } from '../../domain/job/refusal.ts';
import {
  recordLimits,
  type Interruption,
  type OperationRecord,
  type Request,
} from '../../domain/operation/operation.ts';
import type { Signable } from '../../domain/operation/signature.ts';
import { clip } from '../../domain/values/clip.ts';

interface Taken {
  readonly operation: OperationRecord;
  readonly request: Request;
  /** The message that asked for it; null when Sluice itself asks. */
  readonly asked: Signable | null;
}

/** A fact, with the message that brought it. */
export interface Told {
  readonly fact: Fact;
  readonly signed: Signable | null;
}

/** The handlers and the loop of one run share the desk. */
export interface Desk {
  readonly memory: JobMemory;
  /** The operation that holds the job: set the moment it is accepted, cleared when it has ended. */
  taken: Taken | null;
  /** The operation that was accepted to supersede the one that runs. */
  next: Taken | null;
  /** The interruption of the running operation, until the operation acts on it. */
  interruption: Interruption | null;
  /** The message that asked for the interruption; null when Temporal did. */
  interruptedBy: Signable | null;
  /** Ends the current wait of the running operation, when that wait may be interrupted. */
  interruptWait: ((how: Interruption['how']) => void) | null;
  /** Ends the wait between operations once somebody asks for the job, or for the next run. */
  onTaken: (() => void) | null;
  /** Ends the wait for an answer of a silent cluster, because the watcher has told something. */
  onFact: (() => void) | null;
  /**
   * The history has grown long. Only handlers of recorded events set this flag, so that a replay sets it at the same
   * point.
   */
  isLong: boolean;
  /**
   * Another build of the workers is current, so this run makes room for a run of that build as soon as no operation
   * holds the job.
   */
  isToTurnOver: boolean;
  /** The newest fact about the newest start that one tells of, until the run acts on it. */
  fact: Fact | null;
  /** The message that brought it. */
  factSigned: Signable | null;
  /** The newest fact about each earlier start that waits beside it, with its message: the oldest start first. */
  earlierFacts: readonly Told[];
  /** Somebody wants the keys to be read whose signatures count. */
  isToLearnKeys: boolean;
  /** The run before this one handed its memory over on a worker that knows `deploying`. */
  readonly isCarriedOn: boolean;
  /** Whether `deploying` is shown as a state; null until this first matters (see `show.ts`). */
  showsDeploying: boolean | null;
  /** Whether the health alone is published; null until this first matters (see `show.ts`). */
  showsHealth: boolean | null;
}

export const newDesk = (memory: JobMemory, isCarriedOn: boolean): Desk => ({
  memory,
  isCarriedOn,
  taken: null,
  next: null,
  interruption: null,
  interruptedBy: null,
  interruptWait: null,
  onTaken: null,
  onFact: null,
  isLong: false,
  isToTurnOver: false,
  fact: null,
  factSigned: null,
  earlierFacts: [],
  isToLearnKeys: false,
  showsDeploying: null,
  showsHealth: null,
});

/** Shows the desk to admission. */
export const occupationOf = ({ memory, taken, next }: Desk): Occupation => ({
  memory,
  holder: taken?.operation ?? null,
  next: next?.operation ?? null,
});

/**
 * Notes whether the history has grown long. Handlers call this for messages that the history keeps; a refused update is
 * not kept and must not end the run.
 */
export function noteLength(desk: Desk): void {
  desk.isLong ||= workflowInfo().continueAsNewSuggested;
}

/**
 * Makes the handler of a signal total. An error of a handler would fail the task of this workflow, and every later one with
 * it, so not even a kill would get through.
 */
export function receiving(desk: Desk, kind: string, payload: unknown, receive: () => void): void {
  try {
    noteLength(desk);
    receive();
  } catch (error) {
    noteRejection(desk.memory, kind, payload, defectIn(kind, error));
  }
}

/** Makes the validator or the handler of an update total: its asker is told of the defect. */
export function answering<T>(kind: string, answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    return refuse(defectIn(kind, error));
  }
}

export const defectIn = (kind: string, error: unknown): Refusal =>
  reject('Internal', clip(`${kind}: ${messageOf(error)}`, recordLimits.detail));

/** Tells the asker of an update about the refusal. A signal has no asker, so its refusal goes into the ring. */
export function refuseIfRejected<T extends { readonly kind: string }>(decision: T | Refusal): asserts decision is T {
  if (isRefusal(decision)) refuse(decision);
}

function refuse({ code, detail, details }: Refusal): never {
  throw ApplicationFailure.create({ type: code, message: detail, details: [details], nonRetryable: true });
}

export function noteRejection(
  memory: JobMemory,
  kind: string,
  payload: unknown,
  { code, detail }: Refusal,
  letter: Letter = { transport: 'signal' },
): void {
  const text = (field: string): string | null => {
    const value: unknown = typeof payload === 'object' && payload !== null ? Reflect.get(payload, field) : undefined;
    return typeof value === 'string' ? clip(escaped(clip(value, 64)), 64) : null;
  };
  const rejection = {
    at: now(),
    kind,
    id: text('id') ?? text('operation'),
    actor: text('actor'),
    code,
    detail: clip(detail, recordLimits.warning),
  };
  if (askerOf(letter.transport, letter.sender, {}).via === SCHEDULE) savepointSkipped(memory, rejection);
  else rejectedSignal(memory, rejection);
}
