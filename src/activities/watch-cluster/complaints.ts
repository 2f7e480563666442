/**
 * Complaints: what the watcher of a cluster cannot do for single jobs and applications. Each is logged when it begins, and
 * kept in the notes, where `sluice doctor` reads it, until the act succeeds.
 */
import { CancelledFailure, cancellationSignal, log } from '@temporalio/activity';
import { eachByItself, type Outcomes } from '../../concurrency/each-by-itself.ts';
import { clip } from '../../domain/values/clip.ts';

/** Acts under way at one time. */
const AT_ONCE = 10;
/** Complaints in the notes, and characters of each. */
const MOST_SHOWN = 20;
const MOST_CHARACTERS = 200;

interface Act<T, R> {
  /** The act in words, as the object of "cannot": "be told", "be read". */
  readonly what: string;
  readonly nameOf: (item: T) => string;
  readonly act: (item: T) => Promise<R>;
  readonly mostInARow?: number;
}

export class Complaints {
  readonly #cluster: string;
  readonly #open = new Map<string, string>();

  constructor(cluster: string) {
    this.#cluster = cluster;
  }

  /**
   * Does an act for each item by itself, and complains of those that failed.
   * @throws CancelledFailure when the watch was told to end before the last item had its turn.
   */
  async each<T, R>(
    items: readonly T[],
    { what, nameOf, act, mostInARow = Infinity }: Act<T, R>,
  ): Promise<Outcomes<T, R>> {
    const complaintOf = (item: T): string => `${nameOf(item)} cannot ${what}`;
    const tried = async (item: T): Promise<R> => {
      if (cancellationSignal().aborted) throw new CancelledFailure('the watch ends');
      const result = await act(item);
      this.#open.delete(complaintOf(item));
      return result;
    };
    const outcomes = await eachByItself(items, tried, { atOnce: AT_ONCE, mostInARow });
    for (const { item, error } of outcomes.failed) this.#complain(complaintOf(item), error.message);
    return outcomes;
  }

  #complain(complaint: string, reason: string): void {
    const isNew = !this.#open.has(complaint);
    this.#open.set(complaint, reason);
    if (isNew) log.warn(complaint, { cluster: this.#cluster, reason });
  }

  /** Lists the open complaints in a line each, the oldest first. */
  lines(): readonly string[] {
    const lines = [...this.#open].map(([complaint, reason]) => clip(`${complaint}: ${reason}`, MOST_CHARACTERS));
    const more = lines.length - MOST_SHOWN;
    return more <= 0 ? lines : [...lines.slice(0, MOST_SHOWN), `and ${more} more, which the log of the worker names`];
  }
}
