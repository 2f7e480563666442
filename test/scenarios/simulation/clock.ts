/**
 * Virtual time: while it is installed, Date, `performance.now` and the timers of this process belong to it, and an eleven-minute wait costs
 * nothing. Timers know the attempt of an activity that set them, so that a killed worker's timers vanish and those of a
 * paused one wait.
 */
import { asyncLocalStorage, Context } from '@temporalio/activity';

interface Timer {
  readonly id: number;
  readonly owner: unknown;
  at: number;
  readonly everyMs: number | null;
  readonly act: () => void;
  gone: boolean;
}

const real = {
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  performance: globalThis.performance,
};

/** Resolves when every promise that was due has run: nothing in a simulation waits for anything real. */
const settled = (): Promise<void> => new Promise((resolve) => void real.setImmediate(resolve));

/** A timer with the part of Node's interface that unrefs and clears it. */
class Handle {
  readonly timer: Timer;
  constructor(timer: Timer) {
    this.timer = timer;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  [Symbol.toPrimitive](): number {
    return this.timer.id;
  }
}

export class VirtualClock {
  now: number;
  /** A binary heap, earliest first; among equals the first to be set. */
  readonly #heap: Timer[] = [];
  readonly #held = new Map<unknown, Timer[]>();
  #nextId = 1;

  constructor(startsAt: number) {
    this.now = startsAt;
  }

  /** Takes Date and the timers over until `uninstall`. */
  install(): void {
    const now = (): number => this.now;
    class VirtualDate extends real.Date {
      constructor(...args: readonly unknown[]) {
        super(...((args.length === 0 ? [now()] : args) as [number])); // Date takes what it is given
      }
    }
    VirtualDate.now = now;
    const set =
      (repeats: boolean) =>
      (act: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
        new Handle(this.#add(() => act(...args), ms, repeats, asyncLocalStorage.getStore()));
    const clear = (handle: unknown): void => {
      if (handle instanceof Handle) handle.timer.gone = true;
    };
    Object.assign(globalThis, {
      Date: VirtualDate,
      setTimeout: set(false),
      clearTimeout: clear,
      setInterval: set(true),
      clearInterval: clear,
      setImmediate: (act: (...args: unknown[]) => void, ...args: unknown[]) => set(false)(act, 0, ...args),
      clearImmediate: clear,
      performance: { now },
    });
  }

  uninstall(): void {
    Object.assign(globalThis, real);
  }

  /** Sets a timer that belongs to the world, not to any worker. @returns a function that clears it. */
  after(ms: number, act: () => void): () => void {
    const timer = this.#add(act, ms, false, undefined);
    return () => void (timer.gone = true);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Drops the timers of a killed process: none of them fires any more. */
  drop(owner: unknown): void {
    this.#held.delete(owner);
    for (const timer of this.#heap) if (timer.owner === owner) timer.gone = true;
  }

  /** Holds the timers of a stopped process: they wait until `release`. */
  hold(owner: unknown): void {
    if (!this.#held.has(owner)) this.#held.set(owner, []);
  }

  release(owner: unknown): void {
    const waiting = this.#held.get(owner) ?? [];
    this.#held.delete(owner);
    for (const timer of waiting) this.#push({ ...timer, at: Math.max(timer.at, this.now) });
  }

  /** Lets time pass, each thing that happens in its turn. */
  async advance(ms: number): Promise<void> {
    await this.runUntil(() => false, this.now + ms);
  }

  /** Lets time pass until something holds. @returns whether it does; false when `deadline` came first. */
  async runUntil(holds: () => boolean, deadline: number): Promise<boolean> {
    for (;;) {
      await settled();
      if (holds()) return true;
      const next = this.#peek();
      if (next === undefined || next.at > deadline) {
        this.now = Math.max(this.now, deadline);
        return false;
      }
      this.#pop();
      this.now = Math.max(this.now, next.at);
      const waiting = this.#held.get(next.owner);
      if (waiting) waiting.push(next);
      else this.#fire(next);
    }
  }

  #fire(timer: Timer): void {
    if (timer.everyMs !== null) {
      timer.at = this.now + timer.everyMs;
      this.#push(timer);
    }
    if (timer.owner instanceof Context) asyncLocalStorage.run(timer.owner, timer.act);
    else timer.act();
  }

  #add(act: () => void, ms: number, repeats: boolean, owner: unknown): Timer {
    const wait = Number.isFinite(ms) ? Math.max(repeats ? 1 : 0, Math.trunc(ms)) : 0;
    const timer: Timer = {
      id: this.#nextId,
      owner,
      at: this.now + wait,
      everyMs: repeats ? wait : null,
      act,
      gone: false,
    };
    this.#nextId += 1;
    this.#push(timer);
    return timer;
  }

  #peek(): Timer | undefined {
    while (this.#heap[0]?.gone === true) this.#pop();
    return this.#heap[0];
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(timer);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.id < b.id);
