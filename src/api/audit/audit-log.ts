/**
 * Writes the audit log of the installation. Requests leave their entries here and go on; every few seconds they become one
 * object in S3. While S3 is silent they wait in memory up to a bound, and beyond it they are counted.
 */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { S3Client } from '../../clients/s3/s3.ts';
import { inTime } from '../../concurrency/in-time.ts';
import { emptyEntry, slotOf, type AuditEntry, type AuditOutcome } from '../../domain/access/audit.ts';
import { withoutSecrets } from '../../domain/secrets/secret-text.ts';
import { isCode } from '../../domain/errors/errors.ts';
import { writeAuditSegment, type NamedSegment } from '../../records/access/audit-log.ts';
import type { Metrics } from '../http/metrics.ts';
import { Strangers } from './strangers.ts';

const WRITE_EVERY_MS = 5_000;
const CLOSE_MS = 3_000;
/** Entries that wait for S3; one has less than 1 KiB. */
const MOST_WAITING = 10_000;
const MOST_IN_SEGMENT = 1_000;

interface Parts {
  readonly s3: Pick<S3Client, 'get' | 'list' | 'putIfAbsent'>;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly now?: () => number;
}

/** A person who came or went. A login that fails for nobody known is refused, and counted with all refusals of strangers. */
export interface Login {
  readonly action: 'login' | 'logout';
  readonly subject: string;
  /** The proof of the name, such as `session`. */
  readonly method: string;
  readonly address: string;
  /** Id of the session. */
  readonly target: string | null;
  readonly outcome: AuditOutcome;
  readonly status: number;
  readonly code?: string | null;
  readonly requestId: string;
}

export class AuditLog {
  /** The bucket, to read the log. */
  readonly s3: Parts['s3'];
  readonly #log: Parts['log'];
  readonly #now: () => number;
  readonly #process = randomBytes(8).toString('hex');
  #number = 0;
  #entries: AuditEntry[] = [];
  /** Segments keep their names and entries until S3 has them, because a try whose answer was lost may have written one. */
  readonly #segments: NamedSegment[] = [];
  /** Entries in the segments. */
  #queued = 0;
  readonly #strangers = new Strangers();
  #dropped = { count: 0, since: '', at: '' };
  #droppedEver = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | null = null;
  #isSilent = false;

  constructor({ s3, log, now = Date.now }: Parts) {
    this.s3 = s3;
    this.#log = log;
    this.#now = now;
  }

  /** Leaves an entry. It is written within seconds, and nothing waits for it. */
  add(entry: AuditEntry): void {
    const clean = cleaned(entry);
    if (this.#waiting < MOST_WAITING) this.#entries.push(clean);
    else this.#drop(1, clean.at);
    this.#arm();
  }

  /** Writes an entry now. @throws SluiceError `StorageUnavailable`; then it may be in the log or not. */
  async write(entry: AuditEntry): Promise<void> {
    await writeAuditSegment(this.s3, this.#segment([cleaned(entry)]));
  }

  /** Counts a refusal of a caller whom nobody knows. */
  stranger(address: string, code: string): void {
    this.#strangers.count(address, code, this.#now());
    this.#arm();
  }

  login({ action, subject, method, address, target, outcome, status, code = null, requestId }: Login): void {
    const at = new Date(this.#now()).toISOString();
    const about = { at, action, subject, method, address, target, outcome, status, code, requestId };
    this.add({ ...emptyEntry, kind: 'login', ...about });
  }

  /** The installation itself has made its first token. */
  firstToken(id: string): void {
    const about = { at: new Date(this.#now()).toISOString(), subject: 'sluice', method: 'start', target: id };
    this.add({ ...emptyEntry, kind: 'act', action: 'tokens', outcome: 'accepted', ...about });
  }

  measure(metrics: Metrics): void {
    metrics.gauge(
      'sluice_api_audit_waiting',
      'Entries of the audit log that S3 does not have yet',
      () => this.#waiting,
    );
    metrics.gauge('sluice_api_audit_dropped', 'Entries of the audit log that were dropped', () => this.#droppedEver);
  }

  /** Writes what waits, as far as S3 takes it. Never throws. */
  async flush(): Promise<void> {
    await (this.#writing ??= this.#writeAll().finally(() => (this.#writing = null)));
  }

  /** Writes all that is left, the counts of this minute too, within a bound. */
  async close(): Promise<void> {
    this.#entries.push(...this.#strangers.take(Infinity));
    await inTime(
      this.flush().then(() => this.flush()),
      CLOSE_MS,
    );
    clearTimeout(this.#timer);
    if (this.#waiting > 0) this.#log.error({ entries: this.#waiting }, 'entries of the audit log are lost');
  }

  get #waiting(): number {
    return this.#entries.length + this.#queued;
  }

  #drop(count: number, at: string): void {
    this.#droppedEver += count;
    this.#dropped = { count: this.#dropped.count + count, since: this.#dropped.since || at, at };
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      void this.flush().then(() => {
        this.#timer = undefined;
        if (this.#waiting + this.#strangers.size + this.#dropped.count > 0) this.#arm();
      });
    }, WRITE_EVERY_MS).unref();
  }

  async #writeAll(): Promise<void> {
    this.#seal();
    for (let [segment] = this.#segments; segment !== undefined; [segment] = this.#segments) {
      try {
        await writeAuditSegment(this.s3, segment);
        if (this.#isSilent) this.#log.info({}, 'the audit log is written again');
        this.#isSilent = false;
      } catch (failure) {
        if (isCode(failure, 'StorageUnavailable') || isCode(failure, 'StorageDenied')) {
          if (!this.#isSilent) this.#log.warn({ err: failure }, 'the audit log waits for S3');
          this.#isSilent = true;
          return;
        }
        // No later try would do better, and the segments behind this one must not wait for ever.
        this.#log.error({ err: failure, ...segment.name }, 'entries of the audit log are dropped');
        this.#drop(segment.entries.length, new Date(this.#now()).toISOString());
      }
      this.#segments.shift();
      this.#queued -= segment.entries.length;
    }
  }

  /** Makes segments of the entries, one for each slot. The count of those that were dropped goes first. */
  #seal(): void {
    for (const entry of this.#strangers.take(this.#now())) this.add(entry);
    const { count, since, at } = this.#dropped;
    if (count > 0 && this.#waiting < MOST_WAITING) {
      this.#entries.push({ ...emptyEntry, at, since, count, kind: 'dropped', action: 'audit', outcome: 'failed' });
      this.#dropped = { count: 0, since: '', at: '' };
    }
    const slots = new Map<string, AuditEntry[]>();
    for (const entry of this.#entries) {
      const slot = slotOf(entry.at);
      const others = slots.get(slot);
      if (others) others.push(entry);
      else slots.set(slot, [entry]);
    }
    this.#queued += this.#entries.length;
    this.#entries = [];
    for (const entries of slots.values())
      for (let from = 0; from < entries.length; from += MOST_IN_SEGMENT)
        this.#segments.push(this.#segment(entries.slice(from, from + MOST_IN_SEGMENT)));
  }

  #segment(entries: readonly AuditEntry[]): NamedSegment {
    this.#number += 1;
    const slot = slotOf(entries[0]?.at ?? '');
    return { name: { slot, process: this.#process, number: this.#number }, entries };
  }
}

/** Ids and names come from requests, so that somebody may have put a token there. */
const cleaned = (entry: AuditEntry): AuditEntry => {
  const hide = (text: string | null): string | null => text && withoutSecrets(text);
  const { subject, operation, target, asked, requestId } = entry;
  return {
    ...entry,
    ...{
      subject: hide(subject),
      operation: hide(operation),
      target: hide(target),
      asked: hide(asked),
      requestId: hide(requestId),
    },
  };
};
