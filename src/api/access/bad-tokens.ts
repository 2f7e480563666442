/**
 * Slows down whoever tries tokens. Guessing 256 random bits is hopeless at any pace, so this keeps the load off S3 and makes
 * the tries seen. A good token is let in at any time, because many people may share an address.
 */
import { BoundedMap } from '../../concurrency/bounded-map.ts';
import { isCode } from '../../domain/errors/errors.ts';
import { Problem } from '../http/problem.ts';

const MINUTE_MS = 60_000;
/** Bad tokens of an address in a minute; whoever sends more is told to wait. */
const MOST_BAD = 30;
/** Requests of such an address that wait for their turn to be looked up. */
const MOST_WAITING = 100;
/** Addresses that are remembered; the oldest is forgotten first. */
const MOST_ADDRESSES = 10_000;

interface Tries {
  readonly until: number;
  bad: number;
  waiting: number;
  turn: Promise<unknown>;
}

export class BadTokens {
  readonly #tries = new BoundedMap<string, Tries>(MOST_ADDRESSES);
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Looks a token up. Those of an address with too many bad ones have their turn one after the other, but for tokens whose
   * id is known to exist.
   * @throws the failure of `look`; Problem `TooManyRequests` in place of `Unauthenticated` for such an address.
   */
  async check<T>(address: string, isKnownId: boolean, look: () => Promise<T>): Promise<T> {
    const tries = this.#triesOf(address);
    const isOver = tries.bad >= MOST_BAD;
    try {
      return await (isOver && !isKnownId ? this.#inTurn(tries, look) : look());
    } catch (failure) {
      if (!isCode(failure, 'Unauthenticated')) throw failure;
      this.#count(address);
      throw isOver ? this.#tooMany(tries) : failure;
    }
  }

  async #inTurn<T>(tries: Tries, look: () => Promise<T>): Promise<T> {
    if (tries.waiting >= MOST_WAITING) throw this.#tooMany(tries);
    tries.waiting += 1;
    const turn = tries.turn.then(look);
    tries.turn = turn.catch(() => undefined); // the one behind goes on, whatever this one finds
    try {
      return await turn;
    } finally {
      tries.waiting -= 1;
    }
  }

  #triesOf(address: string): Tries {
    const known = this.#tries.get(address);
    if (known && known.until > this.#now()) return known;
    return { until: this.#now() + MINUTE_MS, bad: 0, waiting: 0, turn: Promise.resolve() };
  }

  #count(address: string): void {
    const tries = this.#triesOf(address);
    tries.bad += 1;
    if (this.#tries.get(address) !== tries) this.#tries.set(address, tries);
  }

  #tooMany({ until }: Tries): Problem {
    const seconds = Math.max(1, Math.ceil((until - this.#now()) / 1000));
    return new Problem('TooManyRequests', `${MOST_BAD} bad tokens came from this address within a minute`, {
      headers: { 'Retry-After': String(seconds), 'WWW-Authenticate': 'Bearer realm="sluice", error="invalid_token"' },
    });
  }
}
