/** Submits operations to their jobs, with few unfinished submissions for each job. */
import { RequestRefused, isHeldBy, reuseOf } from '../../domain/job/refusal.ts';
import { fingerprintOfRequest } from '../../domain/operation/asked.ts';
import type { Sender } from '../../domain/operation/asker.ts';
import { holderOf, type CancelRequest, type Holder, type OperationRecord } from '../../domain/operation/operation.ts';
import type { JobGateway, Submission } from '../../temporal/jobs/job-gateway.ts';
import { Problem } from '../http/problem.ts';

/**
 * Temporal takes ten updates in flight for each workflow (history.maxInFlightUpdates) and lets clients back off for
 * seconds beyond. Eight leave two: one for an urgent request, one for another API process or the `temporal` CLI.
 */
const MOST_UNFINISHED = 8;
/** The first submission goes alone: it usually wins, and its result answers all that came with it. */
const UNFINISHED_AT_FIRST = 1;

interface Waiting {
  readonly id: string;
  /** Null gives this submission the next slot. */
  readonly settle: (holder: Holder | null) => void;
}

interface Lane {
  limit: number;
  unfinished: number;
  readonly waiting: Waiting[];
}

type Asked = Pick<Submission, 'job' | 'kind'> & { readonly request: { readonly id: string } };

/** Says who holds the job. */
export const inProgress = (job: string, holder: Holder): Problem =>
  new Problem('OperationInProgress', isHeldBy(job, holder), { holder });

/** @throws Problem `OperationIdReused` when the operation of this id is another one. */
export function refuseReuse({ job, kind, request }: Asked, before: Parameters<typeof reuseOf>[2]): void {
  const reuse = reuseOf(job, { id: request.id, fingerprint: fingerprintOfRequest(kind, request) }, before);
  if (reuse) throw new Problem(reuse.code, reuse.detail);
}

export class Submissions {
  readonly #gateway: JobGateway;
  readonly #lanes = new Map<string, Lane>();
  /** The last urgent request of each job, which the next one waits for. */
  readonly #urgent = new Map<string, Promise<unknown>>();

  constructor(gateway: JobGateway) {
    this.#gateway = gateway;
  }

  /** Counts the submissions that are on their way or wait for a slot. */
  get open(): number {
    let sum = 0;
    for (const lane of this.#lanes.values()) sum += lane.unfinished + lane.waiting.length;
    return sum;
  }

  /**
   * Submits one operation. As soon as an answer names a holder of the job, all submissions that wait for a slot are refused
   * with that holder, without asking Temporal.
   * @throws Problem when the job refuses, SluiceError `TemporalUnavailable` when Temporal does not answer.
   */
  async submit(submission: Submission): Promise<OperationRecord> {
    const { job, request } = submission;
    const lane = this.#lane(job);
    if (lane.unfinished >= lane.limit) {
      const holder = await new Promise<Holder | null>((settle) => lane.waiting.push({ id: request.id, settle }));
      if (holder) throw inProgress(job, holder);
    } else {
      lane.unfinished += 1;
    }
    let holder: Holder | null = null;
    try {
      const operation = await this.#send(submission);
      if (operation.outcome === null) holder = holderOf(operation);
      return operation;
    } catch (failure) {
      holder ??= holderIn(failure);
      throw failure;
    } finally {
      this.#leave(job, lane, holder);
    }
  }

  /**
   * Submits an operation that must get through while another one runs: it takes no slot that a storm of others could hold,
   * and no holder is a reason to refuse it.
   */
  async submitUrgently(submission: Submission): Promise<OperationRecord> {
    return await this.#inTurn(submission.job, () => this.#send(submission));
  }

  /** Tells an operation to end, with the same urgency. */
  async cancel(job: string, request: CancelRequest, sender: Sender): Promise<OperationRecord> {
    return await this.#inTurn(job, () => this.#gateway.cancel(job, request, sender));
  }

  async #send(submission: Submission): Promise<OperationRecord> {
    const operation = await this.#gateway.submit(submission);
    // Temporal answers a repeated update id from the first one, whatever the second payload is.
    refuseReuse(submission, operation);
    return operation;
  }

  /** Runs the urgent requests of a job one after the other, so that they hold one slot at most. */
  async #inTurn<T>(job: string, act: () => Promise<T>): Promise<T> {
    const before = this.#urgent.get(job) ?? Promise.resolve();
    const turn = before.then(act, act);
    this.#urgent.set(job, turn);
    try {
      return await turn;
    } finally {
      if (this.#urgent.get(job) === turn) this.#urgent.delete(job);
    }
  }

  #lane(job: string): Lane {
    const existing = this.#lanes.get(job);
    if (existing) return existing;
    const lane: Lane = { limit: UNFINISHED_AT_FIRST, unfinished: 0, waiting: [] };
    this.#lanes.set(job, lane);
    return lane;
  }

  #leave(job: string, lane: Lane, holder: Holder | null): void {
    if (holder) {
      const answered = lane.waiting.filter(({ id }) => id !== holder.id);
      const repeats = lane.waiting.filter(({ id }) => id === holder.id);
      lane.waiting.splice(0, lane.waiting.length, ...repeats);
      for (const { settle } of answered) settle(holder);
    }
    lane.limit = MOST_UNFINISHED;
    lane.unfinished -= 1;
    while (lane.unfinished < lane.limit) {
      const next = lane.waiting.shift();
      if (!next) break;
      lane.unfinished += 1;
      next.settle(null);
    }
    if (lane.unfinished === 0) this.#lanes.delete(job);
  }
}

const holderIn = (failure: unknown): Holder | null =>
  failure instanceof RequestRefused ? (failure.details.holder ?? null) : null;
