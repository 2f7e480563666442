/** Asks one question at a time for each key. Callers share an answer only if its question began after they called. */

interface Entry<T> {
  next: Promise<T> | null;
  running: Promise<T>;
}

/**
 * Temporal buffers one query for each workflow and makes clients back off for more (history.maxBufferedQueryCount), so
 * twenty simultaneous readers must become at most two queries: the one on its way, and one that starts after it.
 */
export class FreshOnce<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #ask: (key: string) => Promise<T>;

  constructor(ask: (key: string) => Promise<T>) {
    this.#ask = ask;
  }

  get(key: string): Promise<T> {
    const entry = this.#entries.get(key);
    if (!entry) return this.#start(key);
    entry.next ??= entry.running.then(
      () => this.#start(key),
      () => this.#start(key),
    );
    return entry.next;
  }

  #start(key: string): Promise<T> {
    const running = this.#ask(key);
    const entry: Entry<T> = { running, next: null };
    this.#entries.set(key, entry);
    const forget = (): void => {
      if (this.#entries.get(key) === entry && entry.next === null) this.#entries.delete(key);
    };
    running.then(forget, forget);
    return running;
  }
}
