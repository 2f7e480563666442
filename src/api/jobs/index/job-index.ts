/** The index of all jobs in the memory of the API: the items of the list, kept as `JobFollower` hears of changes. */
import { inTime } from '../../../concurrency/in-time.ts';
import type { JobItem } from '../../job-list-contract.ts';
import type { Details } from '../../../temporal/jobs/job-details.ts';
import { JobFollower } from '../../../temporal/jobs/job-follower.ts';
import type { JobGateway } from '../../../temporal/jobs/job-gateway.ts';
import { Deltas } from './deltas.ts';
import type { Items } from './items.ts';

/** People should see a change within two seconds, of which Temporal's own list takes a part. */
const LOOK_EVERY_MS = 500;
/** An answer is made from a look that is at most so old. */
const FRESH_MS = 500;
/** A look that takes longer is not waited for: the index answers with what it knows, and says of when. */
const WAIT_MS = 1_000;
/** The index stops looking when nobody has asked for so long. */
const IDLE_MS = 60_000;
/** Parts of items that follow no row, such as newer releases and times that come, are looked at so often. */
const REBUILD_EVERY_MS = 5_000;

interface Parts {
  readonly gateway: Pick<JobGateway, 'openJobs' | 'changedJobs' | 'isOpen'>;
  readonly details: Details;
  readonly items: Items;
  /** Milliseconds of a clock that never jumps. */
  readonly clock?: () => number;
}

export class JobIndex {
  readonly deltas = new Deltas();
  readonly #parts: Parts;
  readonly #clock: () => number;
  readonly #items = new Map<string, JobItem>();
  readonly #follower: JobFollower;
  #sorted: readonly JobItem[] | null = null;
  #nextRebuildAt = 0;
  #askedAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? (() => performance.now());
    const { gateway, details, items } = parts;
    this.#follower = new JobFollower({
      gateway,
      details,
      clock: this.#clock,
      changed: (job) => this.#refresh(job),
      gone: (job) => this.#gone(job),
      beforeFirst: () => items.prepare(),
    });
  }

  /** When what the index knows was true, ISO 8601. */
  get asOf(): string {
    return new Date(this.#follower.asOf).toISOString();
  }

  /**
   * All jobs by name. Before the first load has succeeded it fails as that load does; later it answers with what is known.
   * @throws SluiceError `TemporalUnavailable`.
   */
  async items(): Promise<readonly JobItem[]> {
    this.#askedAt = this.#clock();
    this.#begin();
    const { lookedAt } = this.#follower;
    if (lookedAt === null) await this.#follower.look();
    else if (this.#clock() - lookedAt > FRESH_MS) await inTime(this.#follower.look(), WAIT_MS).catch(() => undefined);
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
    const row = this.#follower.row(job);
    return row?.operation === null && this.#follower.detail(row).isCurrent;
  }

  /** Asks those of these jobs about which something is not known, within a time. */
  async complete(jobs: readonly string[], budgetMs: number): Promise<void> {
    const { details } = this.#parts;
    const wanting = jobs.flatMap((job) => {
      const row = this.#follower.row(job);
      return row && details.isWanting(row) ? [row] : [];
    });
    await inTime(this.#follower.ask(wanting), budgetMs).catch(() => undefined);
  }

  /** Keeps looking for somebody who listens. */
  keepLooking(): void {
    this.#askedAt = this.#clock();
    this.#begin();
  }

  /** Makes one round: a look, a page of the comparison if it is due, and the questions to jobs that are due. */
  async round(): Promise<void> {
    await this.#follower.round();
    await this.#follower.askDue();
    await this.#rebuild();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #begin(): void {
    if (this.#timer) return;
    const looking = oneAtATime(async () => {
      await this.#follower.round();
      // Nothing awaits this, because a job that does not answer must hold up no news of others.
      void this.#follower.askDue();
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
    const row = this.#follower.row(job);
    if (!row) return;
    const before = this.#items.get(job) ?? null;
    const after = this.#parts.items.of(row, this.#follower.detail(row));
    if (before && JSON.stringify(before) === JSON.stringify(after)) return;
    this.#items.set(job, after);
    this.#sorted = null;
    if (this.#follower.lookedAt !== null) this.deltas.add(job, before, after);
  }

  #gone(job: string): void {
    const before = this.#items.get(job) ?? null;
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
