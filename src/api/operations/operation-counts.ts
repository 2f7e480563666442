/** Counts the operations of many jobs by hour, outcome and kind. Kind and outcome of an operation that has ended are read once. */
import { BoundedMap } from '../../concurrency/bounded-map.ts';
import { inTime } from '../../concurrency/in-time.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { isCode } from '../../domain/errors/errors.ts';
import type { AuditEntry } from '../../records/audit.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { OperationStats } from '../figures-contract.ts';

const MOST_KEPT = 100_000;
/** An answer waits so long for records; reading goes on behind it, so that the next answer counts more. */
const READ_MS = 1_500;
const HOUR_MS = 3_600_000;

interface Ended {
  readonly kind: string;
  readonly outcome: string;
}

interface Tally {
  total: number;
  readonly outcomes: Record<string, number>;
  readonly kinds: Record<string, number>;
}

export class OperationCounts {
  readonly #records: Pick<RecordStore, 'operation'>;
  /** By key of the record; null for a record that cannot be read. */
  readonly #known = new BoundedMap<string, Ended | null>(MOST_KEPT);
  #reading: Promise<void> | null = null;

  constructor(records: Pick<RecordStore, 'operation'>) {
    this.#records = records;
  }

  async of(entries: readonly AuditEntry[], since: Date, until: Date): Promise<OperationStats> {
    const unread = entries.filter(({ key }) => this.#known.get(key) === undefined);
    if (unread.length > 0) {
      this.#reading ??= this.#read(unread).finally(() => (this.#reading = null));
      await inTime(this.#reading, READ_MS).catch(() => undefined);
    }
    const hours = hoursBetween(since, until);
    const all = emptyTally();
    let uncounted = 0;
    for (const { key, endedAt } of entries) {
      const ended = this.#known.get(key);
      const hour = hours.get(hourOf(Date.parse(endedAt)));
      if (!hour) continue; // it ended after the answer was begun
      if (!ended) uncounted += 1;
      else for (const tally of [all, hour]) count(tally, ended);
    }
    return {
      ...{ since: since.toISOString(), until: until.toISOString(), ...all },
      hours: [...hours].map(([at, tally]) => ({ at: new Date(at).toISOString(), ...tally })),
      uncounted,
    };
  }

  async #read(entries: readonly AuditEntry[]): Promise<void> {
    await inTurns(entries, async (entry) => {
      try {
        const record = await this.#records.operation(entry);
        this.#known.set(entry.key, record?.outcome == null ? null : { kind: record.kind, outcome: record.outcome });
      } catch (failure) {
        if (!isCode(failure, 'RecordInvalid')) throw failure;
        this.#known.set(entry.key, null);
      }
    });
  }
}

const emptyTally = (): Tally => ({ total: 0, outcomes: {}, kinds: {} });

function count(tally: Tally, { kind, outcome }: Ended): void {
  tally.total += 1;
  tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
  tally.kinds[kind] = (tally.kinds[kind] ?? 0) + 1;
}

const hourOf = (time: number): number => Math.floor(time / HOUR_MS) * HOUR_MS;

function hoursBetween(since: Date, until: Date): Map<number, Tally> {
  const hours = new Map<number, Tally>();
  for (let at = hourOf(since.getTime()); at <= until.getTime(); at += HOUR_MS) hours.set(at, emptyTally());
  return hours;
}
