/**
 * The index of all jobs in the memory of the API. It is kept by asking Temporal which jobs changed: with an overlap, since
 * rows come late; for closed runs too; and the whole is compared in slow pages. A workflow is asked only when a run of it
 * changed in a way that its row does not tell.
 */
import { FreshOnce } from '../../../concurrency/fresh-once.ts';
import { inTime } from '../../../concurrency/in-time.ts';
import { inTurns } from '../../../concurrency/in-turns.ts';
import type { JobGateway, JobRow } from '../../../temporal/jobs/job-gateway.ts';
import type { JobItem } from '../../job-list-contract.ts';
import { Deltas } from './deltas.ts';
import type { Details } from './details.ts';
import { KnownRows, OVERLAP_MS } from './known-rows.ts';
import type { Items } from './items.ts';

/** People should see a change within two seconds, of which Temporal's own list takes a part. */
const LOOK_EVERY_MS = 500;
/** An answer is made from a look that is at most so old. */
const FRESH_MS = 500;
/** A look that takes longer is not waited for: the index answers with what it knows, and says of when. */
const WAIT_MS = 1_000;
/** The index stops looking when nobody has asked for so long. */
const IDLE_MS = 60_000;
/** While runs of older workers do not say when they change, pages follow each other as quickly as this. */
const SILENT_PAGE_EVERY_MS = 1_000;
const PAGE_EVERY_MS = 5_000;
const PASS_EVERY_MS = 30_000;
/** Parts of items that follow no row, such as newer releases and times that come, are looked at so often. */
const REBUILD_EVERY_MS = 5_000;

interface Parts {
  readonly gateway: Pick<JobGateway, 'openJobs' | 'changedJobs' | 'isOpen'>;
  readonly details: Details;
  readonly items: Items;
  /** Milliseconds of a clock that never jumps. */
  readonly clock?: () => number;
}

type Pages = AsyncIterator<readonly JobRow[]>;

export class JobIndex {
  readonly deltas = new Deltas();
  readonly #parts: Parts;
  readonly #clock: () => number;
  readonly #rows: KnownRows;
  readonly #items = new Map<string, JobItem>();
  readonly #looks: FreshOnce<void>;
  #sorted: readonly JobItem[] | null = null;
  /** When the last look that was answered began, by our clock; null before the first load. */
  #lookedAt: number | null = null;
  #asOf = 0;
  /** Temporal's time up to which changes are known. */
  #knownUntil: number | null = null;
  #pass: { readonly pages: Pages; readonly mark: number } | null = null;
  #nextPageAt = 0;
  #nextRebuildAt = 0;
  #askedAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? (() => performance.now());
    this.#rows = new KnownRows(this.#clock);
    this.#looks = new FreshOnce(() => this.#look());
  }

  /** When what the index knows was true, ISO 8601. */
  get asOf(): string {
    return new Date(this.#asOf).toISOString();
  }

  /**
   * All jobs by name. Before the first load has succeeded it fails as that load does; later it answers with what is known.
   * @throws SluiceError `TemporalUnavailable`.
   */
  async items(): Promise<readonly JobItem[]> {
    this.#askedAt = this.#clock();
    this.#begin();
    if (this.#lookedAt === null) await this.#looks.get('jobs');
    else if (this.#clock() - this.#lookedAt > FRESH_MS)
      await inTime(this.#looks.get('jobs'), WAIT_MS).catch(() => undefined);
    return this.known();
  }

  /** All jobs by name, as they are known now. */
  known(): readonly JobItem[] {
    return (this.#sorted ??= [...this.#items.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  /** The item as it is known now, without a look. */
  get(job: string): JobItem | undefined {
    return this.#items.get(job);
  }

  /** Whether all that the job told is about its row as it is now, and no operation goes on. */
  isSettled(job: string): boolean {
    const row = this.#rows.get(job);
    return row?.operation === null && this.#parts.details.of(row).isCurrent;
  }

  /** Asks those of these jobs about which something is not known, within a time. */
  async complete(jobs: readonly string[], budgetMs: number): Promise<void> {
    const { details } = this.#parts;
    const wanting = jobs.flatMap((job) => {
      const row = this.#rows.get(job);
      return row && details.isWanting(row) ? [row] : [];
    });
    await inTime(this.#ask(wanting), budgetMs).catch(() => undefined);
  }

  /** Keeps looking for somebody who listens. */
  keepLooking(): void {
    this.#askedAt = this.#clock();
    this.#begin();
  }

  /** Makes one round: a look, a page of the comparison if it is due, and the questions to jobs that are due. */
  async round(): Promise<void> {
    await this.#lookOnce();
    await this.#askDue();
    await this.#rebuild();
  }

  async #lookOnce(): Promise<void> {
    await this.#looks.get('jobs');
    await this.#comparePage();
  }

  /** Asks the jobs that are due. Each answer makes room for another question, so one job that is silent holds up none. */
  async #askDue(): Promise<void> {
    const due = this.#parts.details.due((job) => this.#rows.get(job));
    await Promise.all(
      due.map(async (row) => {
        await this.#ask([row]);
        await this.#askDue();
      }),
    );
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #begin(): void {
    if (this.#timer) return;
    const looking = oneAtATime(async () => {
      await this.#lookOnce();
      // Nothing awaits this, because a job that does not answer must hold up no news of others.
      void this.#askDue();
    });
    const rebuilding = oneAtATime(() => this.#rebuild());
    const round = (): void => {
      if (this.deltas.listeners === 0 && this.#clock() - this.#askedAt > IDLE_MS) {
        this.close();
        return;
      }
      looking();
      rebuilding();
    };
    this.#timer = setInterval(round, LOOK_EVERY_MS).unref();
  }

  async #look(): Promise<void> {
    const { gateway } = this.#parts;
    const [begunAt, asOf, until] = [this.#clock(), Date.now(), this.#rows.theirTime()];
    const since = this.#lookedAt === null ? null : this.#knownUntil;
    const changed = since === null ? null : await gateway.changedJobs(since - OVERLAP_MS);
    if (changed) for (const row of changed) this.#apply(row);
    else await this.#readAll();
    this.#knownUntil = until ?? this.#rows.theirTime();
    [this.#lookedAt, this.#asOf] = [begunAt, asOf];
  }

  async #readAll(): Promise<void> {
    const mark = this.#rows.mark();
    for await (const page of this.#parts.gateway.openJobs()) for (const row of page) this.#apply(row);
    if (this.#lookedAt === null) {
      await this.#parts.items.prepare();
      for (const { name } of this.#rows.all()) this.#refresh(name);
    }
    await this.#closeUnseen(mark);
  }

  /** Reads one page of the whole, now and then, and at the end asks for the jobs that no page has shown. */
  async #comparePage(): Promise<void> {
    const now = this.#clock();
    if (now < this.#nextPageAt) return;
    const pass = (this.#pass ??= {
      pages: this.#parts.gateway.openJobs()[Symbol.asyncIterator](),
      mark: this.#rows.mark(),
    });
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
    if (this.#lookedAt !== null) this.#refresh(row.name);
  }

  async #ask(rows: readonly JobRow[]): Promise<void> {
    await this.#parts.details.ask(rows, (job) => this.#refresh(job));
  }

  async #rebuild(): Promise<void> {
    const now = this.#clock();
    if (now < this.#nextRebuildAt) return;
    this.#nextRebuildAt = now + REBUILD_EVERY_MS;
    await this.#parts.items.prepare();
    const { stale, isMore } = await this.#parts.items.stale(this.#items.values());
    for (const job of stale) this.#refresh(job);
    if (isMore) this.#nextRebuildAt = now;
  }

  #refresh(job: string): void {
    const row = this.#rows.get(job);
    if (!row) return;
    const before = this.#items.get(job) ?? null;
    const after = this.#parts.items.of(row, this.#parts.details.of(row));
    if (before && JSON.stringify(before) === JSON.stringify(after)) return;
    this.#items.set(job, after);
    this.#sorted = null;
    if (this.#lookedAt !== null) this.deltas.add(job, before, after);
  }

  #gone(job: string): void {
    const before = this.#items.get(job) ?? null;
    this.#parts.details.forget(job);
    if (!this.#items.delete(job)) return;
    this.#sorted = null;
    this.deltas.add(job, before, null);
  }
}

/** Makes a function that begins `act` unless it is under way. A failure is a lack of news: the next round comes soon. */
function oneAtATime(act: () => Promise<void>): () => void {
  let isUnderWay = false;
  return () => {
    if (isUnderWay) return;
    isUnderWay = true;
    void act()
      .catch(() => undefined)
      .finally(() => (isUnderWay = false));
  };
}
