/**
 * Follows all jobs by asking Temporal which of them changed: with an overlap, since rows come late; for closed runs too; and
 * the whole is compared in slow pages. A workflow is asked only when a run of it changed in a way that its row does not tell.
 */
import { FreshOnce } from '../../concurrency/fresh-once.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { Detail, Details } from './job-details.ts';
import type { JobGateway, JobRow } from './job-gateway.ts';
import { KnownRows, OVERLAP_MS } from './known-rows.ts';

/** While runs of older workers do not say when they change, pages follow each other as quickly as this. */
const SILENT_PAGE_EVERY_MS = 1_000;
const PAGE_EVERY_MS = 5_000;
const PASS_EVERY_MS = 30_000;

interface Parts {
  readonly gateway: Pick<JobGateway, 'openJobs' | 'changedJobs' | 'isOpen'>;
  readonly details: Details;
  /** Milliseconds of a clock that never jumps. */
  readonly clock: () => number;
  /** Hears of each job once when all were read for the first time, and then of each change. */
  readonly changed: (job: string) => void;
  /** Hears of a job whose workflow is closed. */
  readonly gone: (job: string) => void;
  /** Runs before `changed` is called for the first time. */
  readonly beforeFirst?: () => Promise<void>;
}

type Pages = AsyncIterator<readonly JobRow[]>;

export class JobFollower {
  readonly #parts: Parts;
  readonly #rows: KnownRows;
  readonly #looks: FreshOnce<void>;
  /** When the last look that was answered began, by our clock; null before the first load. */
  #lookedAt: number | null = null;
  #asOf = 0;
  /** Temporal's time up to which changes are known. */
  #knownUntil: number | null = null;
  #pass: { readonly pages: Pages; readonly mark: number } | null = null;
  #nextPageAt = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#rows = new KnownRows(parts.clock);
    this.#looks = new FreshOnce(() => this.#look());
  }

  /** When the last look that was answered began, by our clock; null before the first load. */
  get lookedAt(): number | null {
    return this.#lookedAt;
  }

  /** When what is known was true: milliseconds since 1970. */
  get asOf(): number {
    return this.#asOf;
  }

  row(job: string): JobRow | undefined {
    return this.#rows.get(job);
  }

  rows(): Iterable<JobRow> {
    return this.#rows.all();
  }

  detail(row: JobRow): Detail {
    return this.#parts.details.of(row);
  }

  /** Looks once; callers share an answer. @throws SluiceError `TemporalUnavailable`. */
  async look(): Promise<void> {
    await this.#looks.get('jobs');
  }

  /** Looks, and reads a page of the comparison if it is due. */
  async round(): Promise<void> {
    await this.look();
    await this.#comparePage();
  }

  /** Asks the jobs that are due. Each answer makes room for another question, so one job that is silent holds up none. */
  async askDue(): Promise<void> {
    const due = this.#parts.details.due((job) => this.#rows.get(job));
    await Promise.all(
      due.map(async (row) => {
        await this.ask([row]);
        await this.askDue();
      }),
    );
  }

  async ask(rows: readonly JobRow[]): Promise<void> {
    await this.#parts.details.ask(rows, (job) => this.#parts.changed(job));
  }

  async #look(): Promise<void> {
    const { gateway, clock } = this.#parts;
    const [begunAt, asOf, until] = [clock(), Date.now(), this.#rows.theirTime()];
    const since = this.#lookedAt === null ? null : this.#knownUntil;
    const changed = since === null ? null : await gateway.changedJobs(since - OVERLAP_MS);
    if (changed) for (const row of changed) this.#apply(row);
    else await this.#readAll();
    this.#knownUntil = until ?? this.#rows.theirTime();
    [this.#lookedAt, this.#asOf] = [begunAt, asOf];
  }

  async #readAll(): Promise<void> {
    const { gateway, changed, beforeFirst } = this.#parts;
    const mark = this.#rows.mark();
    for await (const page of gateway.openJobs()) for (const row of page) this.#apply(row);
    if (this.#lookedAt === null) {
      await beforeFirst?.();
      for (const { name } of this.#rows.all()) changed(name);
    }
    await this.#closeUnseen(mark);
  }

  /** Reads one page of the whole, now and then, and at the end asks for the jobs that no page has shown. */
  async #comparePage(): Promise<void> {
    const { gateway, clock } = this.#parts;
    const now = clock();
    if (now < this.#nextPageAt) return;
    const pass = (this.#pass ??= { pages: gateway.openJobs()[Symbol.asyncIterator](), mark: this.#rows.mark() });
    this.#nextPageAt = now + (this.#rows.hasSilent ? SILENT_PAGE_EVERY_MS : PAGE_EVERY_MS);
    try {
      const page = await pass.pages.next();
      if (page.done !== true) for (const row of page.value) this.#apply(row);
      if (page.done !== true) return;
      await this.#closeUnseen(pass.mark);
      if (!this.#rows.hasSilent) this.#nextPageAt = now + PASS_EVERY_MS;
      this.#pass = null;
    } catch (failure) {
      this.#pass = null;
      throw failure;
    }
  }

  /** A run that continues while the pages are read appears on none of them, so Temporal itself says whether it is closed. */
  async #closeUnseen(mark: number): Promise<void> {
    const { gateway } = this.#parts;
    await inTurns(this.#rows.notSeenSince(mark), async (job) => {
      if (await gateway.isOpen(job)) return;
      this.#rows.close(job);
      this.#gone(job);
    });
  }

  #apply(row: JobRow): void {
    const change = this.#rows.apply(row);
    if (change === 'gone') this.#gone(row.name);
    if (change !== 'changed') return;
    this.#parts.details.changed(row);
    if (this.#lookedAt !== null) this.#parts.changed(row.name);
  }

  #gone(job: string): void {
    this.#parts.details.forget(job);
    this.#parts.gone(job);
  }
}
