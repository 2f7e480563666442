/** Counts the refusals of callers whom nobody knows, by address, code and minute: a flood of them is a few entries. */
import { emptyEntry, type AuditEntry } from '../../domain/access/audit.ts';

const MINUTE_MS = 60_000;
/** Addresses, each with a code, that are told apart in a minute; all beyond are counted as one. */
const MOST_ADDRESSES = 1_000;
const OTHERS = 'others';

interface Count {
  readonly address: string;
  readonly code: string;
  readonly minute: number;
  readonly since: string;
  at: string;
  count: number;
}

export class Strangers {
  #counts = new Map<string, Count>();

  get size(): number {
    return this.#counts.size;
  }

  count(address: string, code: string, now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    const at = new Date(now).toISOString();
    const keyOf = (place: string): string => `${minute} ${code} ${place}`;
    const isFull = this.#counts.size >= MOST_ADDRESSES && !this.#counts.has(keyOf(address));
    const place = isFull ? OTHERS : address;
    const known = this.#counts.get(keyOf(place)) ?? { address: place, code, minute, since: at, at, count: 0 };
    known.count += 1;
    known.at = at;
    this.#counts.set(keyOf(place), known);
  }

  /** Takes the entries of all minutes that are over at a time. */
  take(now: number): AuditEntry[] {
    const minute = Math.floor(now / MINUTE_MS);
    const over = [...this.#counts].filter(([, one]) => one.minute < minute);
    for (const [key] of over) this.#counts.delete(key);
    return over.map(([, { address, code, since, at, count }]) => ({
      ...emptyEntry,
      ...{ at, since, address, code, count },
      kind: 'strangers',
      action: 'access',
      outcome: 'denied',
    }));
  }
}
