/** Temporal's visibility in memory: a copy of the jobs that comes late, in pages, and misses what moves between pages. */
import { digestOf } from '../../src/domain/job/list/digest.ts';
import { viewOf, type JobMemory } from '../../src/domain/job/job-memory.ts';
import { stateOf } from '../../src/domain/job/state/state.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';
import type { JobRow } from '../../src/temporal/jobs/job-gateway.ts';

/** A job as its workflow has it. */
interface True {
  readonly memory: JobMemory;
  readonly taken: OperationRecord | null;
  readonly runId: string;
}

interface Written {
  readonly row: JobRow;
  readonly writtenAt: number;
  readonly closedAt: number | null;
}

const PAGE_SIZE = 500;

export class FakeVisibility {
  /** Temporal's clock. */
  now: () => number = Date.now;
  /** Time until the row of a job shows a change. */
  readonly lateMs = new Map<string, number>();
  /** Whether runs leave a digest in the memo of the next, as those of current workers do. */
  hasDigests = false;
  /** Whether workers say when something changed; those of 0.1.0 did not, and then nobody can ask for it. */
  saysChanges = true;
  /** Jobs whose run continues while pages are read, so that no page has them. */
  readonly betweenPages = new Set<string>();
  readonly #jobs: ReadonlyMap<string, True>;
  readonly #written = new Map<string, Written[]>();

  constructor(jobs: ReadonlyMap<string, True>) {
    this.#jobs = jobs;
  }

  /** Writes what changed of a job since the last time. */
  observe(name: string): void {
    const job = this.#jobs.get(name);
    if (job) this.#note(name, job);
  }

  #observeAll(): void {
    for (const [name, job] of this.#jobs) this.#note(name, job);
    for (const [name, log] of this.#written) {
      const last = log.at(-1);
      if (!last || this.#jobs.has(name) || !last.row.isOpen) continue;
      log.push({ row: { ...last.row, isOpen: false }, writtenAt: this.now(), closedAt: this.now() });
    }
  }

  open(): readonly (readonly JobRow[])[] {
    const rows = this.#shown().flatMap(({ row }) => (row.isOpen && !this.betweenPages.has(row.name) ? [row] : []));
    const pages = Array.from({ length: Math.ceil(rows.length / PAGE_SIZE) }, (_none, index) =>
      rows.slice(index * PAGE_SIZE, (index + 1) * PAGE_SIZE),
    );
    return pages;
  }

  changed(since: number): readonly JobRow[] | null {
    if (!this.saysChanges) return null;
    return this.#shown().flatMap(({ row, closedAt }) => {
      const isNews = row.changedAt !== null && row.changedAt >= since;
      const isNew = row.isOpen && row.startedAt >= since;
      return isNews || isNew || (closedAt !== null && closedAt >= since) ? [row] : [];
    });
  }

  #shown(): Written[] {
    this.#observeAll();
    return [...this.#written].flatMap(([name, log]) => {
      const until = this.now() - (this.lateMs.get(name) ?? 0);
      return log.findLast(({ writtenAt }) => writtenAt <= until) ?? [];
    });
  }

  #note(name: string, { memory, taken, runId }: True): void {
    const log = this.#written.get(name) ?? [];
    this.#written.set(name, log);
    const last = log.at(-1)?.row;
    const facts = {
      name,
      runId,
      isOpen: true,
      state: stateOf(memory, taken),
      health: this.saysChanges ? memory.health : null,
      environment: memory.ownership?.environment ?? name.split('-').at(-1) ?? null,
      cluster: memory.current?.cluster ?? 'yarn-a',
      owner: memory.ownership?.team ?? 'ads',
      release: memory.current?.release ?? null,
      operation: taken?.kind ?? null,
    };
    const isSame = last && Object.entries(facts).every(([key, value]) => Reflect.get(last, key) === value);
    if (isSame) return;
    const now = this.now();
    const isNext = last?.runId !== runId;
    const row: JobRow = {
      ...facts,
      startedAt: isNext ? now : last.startedAt,
      changedAt: this.saysChanges ? now : null,
      digest: isNext
        ? this.hasDigests
          ? { ...digestOf(viewOf(memory, null, [])), writtenAt: new Date(now).toISOString() }
          : null
        : last.digest,
    };
    log.push({ row, writtenAt: now, closedAt: null });
  }
}
