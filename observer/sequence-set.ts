// Stores the numbers that were seen, one bit each, because a job may write millions of them.

const PAGE_BITS = 65_536;
const WORD_BITS = 32;
const FULL_WORD = 0xffffffff;

/** An inclusive range of sequence numbers. */
export interface SequenceRange {
  readonly from: number;
  readonly to: number;
}

/** A set of sequence numbers. Dense numbers take one bit each. */
export class SequenceSet {
  readonly #pages = new Map<number, Uint32Array>();
  #smallest = Infinity;
  #largest = -Infinity;

  /** The smallest and the largest number. Undefined while the set is empty. */
  get range(): SequenceRange | undefined {
    return this.#largest < this.#smallest ? undefined : { from: this.#smallest, to: this.#largest };
  }

  /** Adds a number. Returns false if the set had it already. */
  add(seq: number): boolean {
    const key = Math.floor(seq / PAGE_BITS);
    let page = this.#pages.get(key);
    if (page === undefined) this.#pages.set(key, (page = new Uint32Array(PAGE_BITS / WORD_BITS)));
    const bit = seq % PAGE_BITS;
    const index = bit >>> 5;
    const before = page[index] ?? 0;
    const after = (before | (1 << (bit & 31))) >>> 0;
    if (after === before) return false;
    page[index] = after;
    this.#smallest = Math.min(this.#smallest, seq);
    this.#largest = Math.max(this.#largest, seq);
    return true;
  }

  /** Yields the ranges between the smallest number and `last` (by default the largest) that the set lacks. */
  *gaps(last = this.#largest): Generator<SequenceRange> {
    let expected = this.#smallest;
    for (const seq of this.#edges()) {
      if (seq.from > last) break;
      if (seq.from > expected) yield { from: expected, to: seq.from - 1 };
      expected = seq.to + 1;
    }
  }

  /** Yields the runs of numbers in the set, ascending. Neighbouring runs may touch. */
  *#edges(): Generator<SequenceRange> {
    for (const key of [...this.#pages.keys()].sort((a, b) => a - b)) {
      for (const [index, word] of this.#pages.get(key)?.entries() ?? []) {
        const start = key * PAGE_BITS + index * WORD_BITS;
        if (word === FULL_WORD) yield { from: start, to: start + WORD_BITS - 1 };
        else if (word !== 0) yield* runsOfWord(word, start);
      }
    }
  }
}

function* runsOfWord(word: number, start: number): Generator<SequenceRange> {
  for (let bit = 0; bit < WORD_BITS; bit += 1) {
    if (((word >>> bit) & 1) === 1) yield { from: start + bit, to: start + bit };
  }
}
