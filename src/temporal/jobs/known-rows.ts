/**
 * The rows of all jobs as visibility has shown them. Rows come late and in any order: one of an older run, or of a run that
 * has ended, changes nothing.
 */
import type { JobRow } from './job-gateway.ts';

/** A row that is later than this was lost; the comparison of the whole finds it. */
export const OVERLAP_MS = 30_000;
/** The end of a run is remembered until no late row of it can come any more. */
const ENDS_KEPT_MS = 3_600_000;
/** Bounds how far a wrong clock of a server can push the time from which changes are asked for. */
const MOST_AHEAD_MS = 60_000;

/** The change that a row made. */
export type Change = 'none' | 'changed' | 'gone';

interface Known {
  readonly row: JobRow;
  readonly key: string;
  /** The pass or look that saw it last. */
  seen: number;
}

interface Ended {
  readonly runId: string;
  readonly startedAt: number;
  readonly at: number;
}

export class KnownRows {
  readonly #known = new Map<string, Known>();
  readonly #ended = new Map<string, Ended>();
  readonly #clock: () => number;
  #seen = 0;
  /** The newest time of Temporal's clock in any row, and our clock then. */
  #newest: { readonly theirs: number; readonly ours: number } | null = null;

  /** @param clock milliseconds of a clock that never jumps. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#known.size;
  }

  get(job: string): JobRow | undefined {
    return this.#known.get(job)?.row;
  }

  *all(): Iterable<JobRow> {
    for (const { row } of this.#known.values()) yield row;
  }

  /** Tells whether some runs do not say when they change, so that only a comparison of the whole finds their changes. */
  get hasSilent(): boolean {
    for (const { row } of this.#known.values()) if (row.changedAt === null) return true;
    return false;
  }

  /** A number that later sightings exceed. */
  mark(): number {
    return (this.#seen += 1);
  }

  /**
   * Estimates Temporal's clock, never ahead of it: its newest time that was seen, and the time that has passed since. Null
   * while no row was seen.
   */
  theirTime(): number | null {
    return this.#newest && this.#newest.theirs + (this.#clock() - this.#newest.ours);
  }

  apply(row: JobRow): Change {
    this.#noteTime(row);
    const { name } = row;
    const known = this.#known.get(name);
    const ended = this.#ended.get(name);
    if (ended && (row.startedAt < ended.startedAt || row.runId === ended.runId)) return 'none';
    if (known && isOlder(row, known.row)) return 'none';
    if (!row.isOpen) {
      this.#end(row);
      return known ? 'gone' : 'none';
    }
    this.#ended.delete(name);
    const key = keyOf(row);
    if (known?.key === key) {
      known.seen = this.#seen;
      return 'none';
    }
    this.#known.set(name, { row, key, seen: this.#seen });
    return 'changed';
  }

  /** Jobs that nothing has shown since the mark. */
  notSeenSince(mark: number): readonly string[] {
    return [...this.#known].flatMap(([name, { seen }]) => (seen < mark ? [name] : []));
  }

  /** Takes out a job whose workflow is closed, as Temporal itself has said. */
  close(job: string): void {
    const known = this.#known.get(job);
    if (known) this.#end(known.row);
  }

  #end({ name, runId, startedAt }: JobRow): void {
    const at = this.#clock();
    this.#known.delete(name);
    this.#ended.set(name, { runId, startedAt, at });
    for (const [oldest, end] of this.#ended) {
      if (at - end.at < ENDS_KEPT_MS) break;
      this.#ended.delete(oldest);
    }
  }

  #noteTime({ startedAt, changedAt }: JobRow): void {
    const ours = this.#clock();
    const before = this.theirTime();
    const theirs = Math.min(Math.max(startedAt, changedAt ?? 0), Date.now() + MOST_AHEAD_MS);
    if (before === null || theirs > before) this.#newest = { theirs, ours };
  }
}

/** Tells whether a row is about an earlier run, or shows an earlier moment of the same run. */
function isOlder(row: JobRow, known: JobRow): boolean {
  if (row.runId !== known.runId) return row.startedAt < known.startedAt;
  return row.isOpen && row.changedAt !== null && known.changedAt !== null && row.changedAt < known.changedAt;
}

/** Makes one text of everything that a row says, but for the digest, which belongs to the run. */
export const keyOf = ({ digest: _digest, ...row }: JobRow): string => JSON.stringify(Object.values(row));
