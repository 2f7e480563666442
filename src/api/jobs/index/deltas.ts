/** The last changes of the list of jobs, each with an id from which a listener can go on. */
import { randomUUID } from 'node:crypto';
import type { JobItem } from '../../job-list-contract.ts';

const KEPT = 2_000;
/** Jobs of which a listener is told at once what it missed; beyond, reading the list is quicker. */
const MOST_MISSED = 200;

/** A change of one job: `before` null for a new job, `after` null for a job whose workflow is closed. */
export interface Delta {
  readonly id: string;
  readonly name: string;
  readonly before: JobItem | null;
  readonly after: JobItem | null;
}

export type DeltaListener = (delta: Delta) => void;

export class Deltas {
  readonly #kept: Delta[] = [];
  readonly #listeners = new Set<DeltaListener>();
  /** Marks ids of this process: the id of another process tells nothing about what was missed. */
  readonly #boot = randomUUID().slice(0, 8);
  #sequence = 0;

  get listeners(): number {
    return this.#listeners.size;
  }

  /** The id of the newest change. */
  get cursor(): string {
    return `${this.#boot}-${this.#sequence}`;
  }

  add(name: string, before: JobItem | null, after: JobItem | null): void {
    this.#sequence += 1;
    const delta = { id: this.cursor, name, before, after };
    this.#kept.push(delta);
    if (this.#kept.length > KEPT) this.#kept.shift();
    for (const listener of [...this.#listeners]) listener(delta);
  }

  /**
   * Lists the changes since an id, one for each job, oldest first; null when they are not known, or too many.
   */
  since(id: string): readonly Delta[] | null {
    const [boot, text = ''] = id.split('-', 2);
    const sequence = Number(text);
    if (boot !== this.#boot || !Number.isInteger(sequence) || text === '' || sequence > this.#sequence) return null;
    const missed = this.#sequence - sequence;
    if (missed > this.#kept.length) return null;
    const jobs = new Map<string, Delta>();
    for (const delta of this.#kept.slice(this.#kept.length - missed)) {
      const { before } = jobs.get(delta.name) ?? delta;
      jobs.delete(delta.name); // so that the last change decides the order
      jobs.set(delta.name, { ...delta, before });
    }
    return jobs.size > MOST_MISSED ? null : [...jobs.values()];
  }

  /** @returns a function that ends the listening. */
  listen(listener: DeltaListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
