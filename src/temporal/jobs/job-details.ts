/**
 * The details of jobs that rows do not have. The memo of a run has them as they were when the run before ended; a job whose
 * run has changed since, or that is busy, is asked itself.
 */
import { inTurns } from '../../concurrency/in-turns.ts';
import { digestOf, type JobDigest } from '../../domain/job/list/digest.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import type { JobRow } from './job-gateway.ts';
import { keyOf } from './known-rows.ts';

/** A run publishes what the run before left in its first task. A change that comes later is news. */
const FIRST_TASK_MS = 5_000;
/** Time until a job that did not answer is asked again. */
const RETRY_MS = 10_000;
/** A memo is written when a run ends, and the next one begins at once. */
const HANDOVER_MS = 60_000;
/** Bounds the questions, because each is a task of a worker. */
const MOST_AT_ONCE = 8;
const MOST_A_SECOND = 50;

/** How often jobs are asked that no row tells enough of. */
interface DetailsPace {
  /** Milliseconds until a busy job is asked again; null: it is asked when it is free. */
  readonly busyMs: number | null;
  /** Milliseconds until a job is asked again that may change without a word: a person must look at it, or its run is of an old worker. */
  readonly doubtMs: number;
}

/** The pace where people look. */
const forPeople: DetailsPace = { busyMs: 1_000, doubtMs: 30_000 };
/** The pace where only the state between operations counts. */
export const betweenOperations: DetailsPace = { busyMs: null, doubtMs: 300_000 };

export interface Detail {
  readonly digest: JobDigest | null;
  readonly operation: OperationRecord | null;
  /** Whether the digest is about the row as it is now. */
  readonly isCurrent: boolean;
}

interface Kept {
  readonly digest: JobDigest;
  readonly operation: OperationRecord | null;
  /** The row for which it was told. */
  readonly key: string;
}

export class Details {
  readonly #view: (job: string) => Promise<JobView | null>;
  readonly #clock: () => number;
  readonly #pace: DetailsPace;
  readonly #kept = new Map<string, Kept>();
  /** Jobs to ask, in the order of their turns, each with the earliest time of its turn. */
  readonly #due = new Map<string, number>();
  #underWay = 0;
  #second = { began: -Infinity, questions: 0 };

  constructor(
    view: (job: string) => Promise<JobView | null>,
    clock: () => number = () => performance.now(),
    pace: DetailsPace = forPeople,
  ) {
    this.#view = view;
    this.#clock = clock;
    this.#pace = pace;
  }

  /** Takes the digest from the memo of a row that changed, or notes that the job must be asked. */
  changed(row: JobRow): void {
    const { name, digest } = row;
    if (digest && holdsFor(row, digest)) {
      this.#kept.set(name, { digest, operation: null, key: keyOf(row) });
      this.#due.delete(name);
      if (isInDoubt(row, digest)) this.#due.set(name, this.#clock() + this.#pace.doubtMs);
      return;
    }
    if (digest && !this.#kept.has(name)) this.#kept.set(name, { digest, operation: null, key: '' });
    if (row.operation === null || this.#pace.busyMs !== null) this.#due.set(name, this.#clock());
    else this.#due.delete(name);
  }

  forget(job: string): void {
    this.#kept.delete(job);
    this.#due.delete(job);
  }

  of(row: JobRow): Detail {
    const kept = this.#kept.get(row.name);
    if (!kept) return { digest: null, operation: null, isCurrent: false };
    return { digest: kept.digest, operation: kept.operation, isCurrent: kept.key === keyOf(row) };
  }

  /** Tells whether a reader of this job misses something: nothing current was told, or an operation goes on. */
  isWanting(row: JobRow): boolean {
    return this.#due.has(row.name) && (row.operation !== null || !this.of(row).isCurrent);
  }

  /**
   * The rows of the jobs whose turn it is, as many as may be asked now. Those that have changed come before those that are
   * only followed through an operation, because their news is what people wait for.
   */
  due(rowOf: (job: string) => JobRow | undefined): readonly JobRow[] {
    const now = this.#clock();
    if (now - this.#second.began >= 1_000) this.#second = { began: now, questions: 0 };
    const room = Math.min(MOST_AT_ONCE - this.#underWay, MOST_A_SECOND - this.#second.questions);
    if (room <= 0) return [];
    const [changed, followed]: [JobRow[], JobRow[]] = [[], []];
    for (const [job, at] of this.#due) {
      if (changed.length === room) break;
      const row = rowOf(job);
      if (!row) this.#due.delete(job);
      else if (at <= now) (this.of(row).isCurrent ? followed : changed).push(row);
    }
    return [...changed, ...followed].slice(0, room);
  }

  /** Asks jobs, a few at once; `told` is called for each that has answered. */
  async ask(rows: readonly JobRow[], told: (job: string) => void): Promise<void> {
    await inTurns(
      rows,
      async (row) => {
        const { name } = row;
        // Before the question, because what changes meanwhile is due once more.
        this.#due.delete(name);
        const before = this.#kept.get(name);
        this.#underWay += 1;
        this.#second.questions += 1;
        const view = await this.#view(name).catch(() => null);
        this.#underWay -= 1;
        // The row has changed meanwhile, so this answer may be older than what is known.
        if (this.#due.has(name) || this.#kept.get(name) !== before) return;
        if (view === null) {
          this.#due.set(name, this.#clock() + RETRY_MS);
          return;
        }
        const digest = digestOf(view);
        this.#kept.set(name, { digest, operation: view.operation, key: keyOf(row) });
        const { busyMs, doubtMs } = this.#pace;
        if (row.operation !== null || view.operation !== null) {
          if (busyMs !== null) this.#due.set(name, this.#clock() + busyMs);
        } else if (isInDoubt(row, digest)) this.#due.set(name, this.#clock() + doubtMs);
        told(name);
      },
      MOST_AT_ONCE,
    );
  }
}

/** Tells whether a job may change although no attribute of its run does. */
const isInDoubt = ({ health, changedAt }: JobRow, digest: JobDigest): boolean =>
  health === null ||
  changedAt === null ||
  digest.pendingStopSince !== null ||
  digest.givenUp > 0 ||
  !['healthy', 'unknown'].includes(digest.health);

/**
 * Tells whether the digest that the run before left still holds: it was written by that very run, because runs of older
 * workers pass a memo on as it is, and no attribute changed since the first task of this run.
 */
function holdsFor({ startedAt, changedAt, state, health, operation }: JobRow, digest: JobDigest): boolean {
  const { writtenAt } = digest;
  if (writtenAt === undefined || Math.abs(startedAt - Date.parse(writtenAt)) > HANDOVER_MS) return false;
  const hasChanged = changedAt === null || changedAt - startedAt > FIRST_TASK_MS;
  return !hasChanged && operation === null && state === digest.state && health === digest.health;
}
