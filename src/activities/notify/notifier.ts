/** The notifier: looks at the jobs again and again, writes news into the ledger, and sends what the ledger holds. */
import { log, sleep } from '@temporalio/activity';
import { eachByItself } from '../../concurrency/each-by-itself.ts';
import { inTime } from '../../concurrency/in-time.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { auditedUntil, continued, openProblems, type Ledger } from '../../domain/notification/ledger.ts';
import { judgeProblems } from '../../domain/notification/problems.ts';
import { tellGone, tellOperation, tellProblems, tellRefusal, type Telling } from '../../domain/notification/tell.ts';
import { operationOfAuditKey } from '../../domain/identity/storage-keys.ts';
import { LedgerStore } from '../../records/notifications/ledger-store.ts';
import { readRefusals } from '../../records/notifications/refusals.ts';
import { DECLARED_NOTHING, DeclaredFiles, type Declared } from '../../releases/declared.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import type { FollowedJob, JobFeed, NotifierParts } from '../dependencies/notifier.ts';
import { Deliveries } from './deliveries.ts';
import { arrived, auditFloor, endedOperations, type EndedOperations } from './ended-operations.ts';

/** Operations that Sluice begins after a failure. People are told of the failure while they go on. */
const AFTER_FAILURE: ReadonlySet<string> = new Set(['restart', 'failover']);
/** After so many failures in a row S3 is taken to be away. */
const MOST_IN_A_ROW = 20;
/** A worker that shuts down waits so long for the answers of receivers, so that few messages are sent twice. */
const LAST_ANSWERS_MS = 1_000;

export class Notifier {
  readonly #deps: Pick<Dependencies, 's3'>;
  readonly #parts: NotifierParts;
  readonly #feed: JobFeed;
  readonly #declared: DeclaredFiles;
  readonly #store: LedgerStore;
  readonly #deliveries: Deliveries;
  readonly #installation: string;
  #ledger: Ledger;
  /** The ledger as it is in S3. */
  #stored: Ledger | null = null;
  /** Jobs to look at, each with whether its ended operations are to be read. */
  readonly #due = new Map<string, boolean>();
  /** When time alone may change the judgement of a job. */
  readonly #timers = new Map<string, number>();
  /** The last operation of each job whose record was looked for. */
  readonly #audited = new Map<string, string>();
  #isFirst = true;
  readonly #away = new Set<string>();

  private constructor(
    deps: Pick<Dependencies, 's3' | 'installation'>,
    parts: NotifierParts,
    store: LedgerStore,
    ledger: Ledger,
  ) {
    this.#deps = deps;
    this.#installation = deps.installation;
    this.#parts = parts;
    this.#feed = parts.follow();
    this.#declared = new DeclaredFiles(deps.s3);
    this.#store = store;
    this.#ledger = ledger;
    this.#deliveries = new Deliveries(parts);
  }

  /** @throws SluiceError while S3 does not answer, and `RecordInvalid` for a ledger of a newer Sluice. */
  static async begin(deps: Pick<Dependencies, 's3' | 'installation'>, parts: NotifierParts): Promise<Notifier> {
    const store = new LedgerStore(deps.s3, deps.installation);
    const ledger = continued(await store.load(), Date.now());
    return new Notifier(deps, parts, store, withoutOthers(ledger, parts));
  }

  /** Goes on for a turn. */
  async turn(): Promise<void> {
    const { lookEveryMs, tickMs, inboxEveryMs, turnAfterMs } = this.#parts.pace;
    const endsAt = Date.now() + turnAfterMs;
    let [lookAt, inboxAt] = [0, 0];
    try {
      while (Date.now() < endsAt) {
        const now = Date.now();
        if (now >= lookAt) {
          lookAt = now + lookEveryMs;
          await this.#unlessAway('the jobs', () => this.#look());
        }
        if (now >= inboxAt) {
          inboxAt = now + inboxEveryMs;
          await this.#unlessAway('what was left for the notifier', () => this.#readInbox());
        }
        await this.#deliver();
        await sleep(tickMs);
      }
    } finally {
      await inTime(this.#deliveries.settled(), LAST_ANSWERS_MS);
      this.#ledger = this.#deliveries.prepare(this.#ledger, Date.now());
      await inTime(this.#save(), LAST_ANSWERS_MS).catch(() => undefined); // else a few messages are sent again
    }
  }

  /** Makes messages and sends them once they are in S3. */
  async #deliver(): Promise<void> {
    this.#ledger = this.#deliveries.prepare(this.#ledger, Date.now());
    await this.#unlessAway('the ledger', () => this.#save());
    if (this.#stored === this.#ledger) this.#deliveries.begin(this.#ledger, Date.now());
  }

  async #look(): Promise<void> {
    const now = Date.now();
    for (const job of await this.#feed.look()) this.#due.set(job, this.#isToAudit(job) || this.#due.get(job) === true);
    if (this.#isFirst) this.#lookForGone(now);
    this.#isFirst = false;
    for (const [job, at] of this.#timers) if (at <= now && !this.#due.has(job)) this.#due.set(job, false);
    const { failed, left } = await eachByItself([...this.#due], ([job, isToAudit]) => this.#judge(job, isToAudit), {
      mostInARow: MOST_IN_A_ROW,
    });
    const [first] = failed;
    if (first) throw first.error;
    if (left.length === 0 && this.#due.size === 0) this.#mark(now);
  }

  /** A job with a problem may have gone while nobody looked, or its run continued while the first look was under way. */
  #lookForGone(now: number): void {
    const unseen = Object.keys(this.#ledger.open).filter((job) => this.#feed.see(job) === null);
    for (const job of unseen) this.#timers.set(job, now + this.#parts.pace.goneAfterMs);
  }

  /** Notes now and then that nothing before this look is news any more. */
  #mark(now: number): void {
    const isDue = now - Date.parse(this.#ledger.auditedUntil) >= this.#parts.pace.markEveryMs;
    if (isDue || this.#ledger !== this.#stored) this.#ledger = auditedUntil(this.#ledger, now);
  }

  #isToAudit(job: string): boolean {
    const seen = this.#feed.see(job);
    if (seen === null) return false;
    const { operation, lastOperation, changedAt } = seen;
    if (operation !== null && !AFTER_FAILURE.has(operation)) return false;
    if (lastOperation !== null && this.#audited.get(job) === lastOperation.id) return false;
    if (!this.#isFirst) return true;
    const floor = auditFloor(this.#ledger);
    const isRecent =
      changedAt >= floor || (lastOperation?.endedAt != null && Date.parse(lastOperation.endedAt) >= floor);
    if (!isRecent && lastOperation !== null) this.#audited.set(job, lastOperation.id);
    return isRecent;
  }

  /** Reads all that is needed first, so that a failure of S3 leaves the ledger as it was. */
  async #judge(job: string, isToAudit: boolean): Promise<void> {
    const seen = this.#feed.see(job);
    const said = await this.#said(seen);
    const ended = isToAudit ? await this.#endedOf(job, seen) : NOTHING_ENDED;
    const now = Date.now();
    const telling = this.#telling(seen, said, now);
    if (seen === null) {
      this.#ledger = tellGone(this.#ledger, job, telling);
      this.#timers.delete(job);
    }
    if (seen !== null) this.#tellOf(job, seen, telling);
    for (const record of ended.records) this.#ledger = tellOperation(this.#ledger, record, telling);
    if (ended.missing !== null)
      this.#ledger = { ...this.#ledger, missing: { ...this.#ledger.missing, [ended.missing]: now } };
    const last = seen?.lastOperation ?? null;
    if (isToAudit && last !== null) this.#audited.set(job, last.id);
    if (this.#due.get(job) === isToAudit) this.#due.delete(job);
  }

  #tellOf(job: string, { facts }: FollowedJob, telling: Telling): void {
    const told = new Map([...openProblems(this.#ledger, job)].map(([problem, { toldAt }]) => [problem, toldAt]));
    const judged = judgeProblems(facts, told, telling.now);
    this.#ledger = tellProblems(this.#ledger, facts, judged, telling);
    if (judged.nextAt === null) this.#timers.delete(job);
    else this.#timers.set(job, judged.nextAt);
  }

  async #endedOf(job: string, seen: FollowedJob | null): Promise<EndedOperations> {
    const last = seen?.lastOperation ?? null;
    const before = this.#audited.get(job);
    const isKnownNew = last !== null && before !== undefined && before !== last.id;
    return await endedOperations(this.#deps.s3, this.#ledger, { job, last, isKnownNew });
  }

  /** @throws SluiceError `StorageUnavailable` while S3 does not give the file: it says who is told. */
  async #said(seen: FollowedJob | null): Promise<Declared> {
    const file = seen?.file ?? null;
    if (file === null) return DECLARED_NOTHING;
    await this.#declared.read([file]);
    const said = this.#declared.of(file);
    if (said !== null) return said;
    throw new SluiceError('StorageUnavailable', `the deployment file ${file} cannot be read`);
  }

  #telling(seen: FollowedJob | null, { contacts, runbook }: Declared, now: number): Telling {
    return { settings: this.#parts.settings, now, facts: seen?.facts ?? null, contacts, runbook };
  }

  /** Reads records that were missing, and refusals of automatic deploys. */
  async #readInbox(): Promise<void> {
    for (const [key, record] of await arrived(this.#deps.s3, Object.keys(this.#ledger.missing))) {
      const job = operationOfAuditKey(key)?.job ?? '';
      const seen = this.#feed.see(job);
      const telling = this.#telling(seen, await this.#said(seen), Date.now());
      const { [key]: _arrived, ...missing } = this.#ledger.missing;
      this.#ledger = { ...this.#ledger, missing };
      if (record !== null) this.#ledger = tellOperation(this.#ledger, record, telling);
    }
    const { values, unreadable } = await readRefusals(this.#deps.s3, this.#installation);
    for (const { key, problem } of unreadable) log.warn('a refusal cannot be read', { key, problem });
    for (const { refusal } of values) {
      const seen = this.#feed.see(refusal.job);
      this.#ledger = tellRefusal(this.#ledger, refusal, this.#telling(seen, await this.#said(seen), Date.now()));
    }
    if (values.length === 0) return;
    await this.#save();
    await this.#deps.s3.removeAll(values.map(({ key }) => key));
  }

  async #save(): Promise<void> {
    const ledger = this.#ledger;
    if (ledger === this.#stored) return;
    await this.#store.save(ledger);
    this.#stored = ledger;
  }

  /** A system that is away is named once. Nothing is told meanwhile, and nothing is lost. */
  async #unlessAway(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.#away.delete(what);
    } catch (error) {
      const isAway = error instanceof SluiceError && error.code !== 'Conflict' && error.code !== 'RecordInvalid';
      if (!isAway) throw error;
      if (!this.#away.has(what))
        log.warn(`the notifier cannot read or write ${what} at the moment`, { reason: error.message });
      this.#away.add(what);
    }
  }
}

const NOTHING_ENDED: EndedOperations = { records: [], missing: null };

/** Forgets channels that are configured no more, with what waited for them. */
function withoutOthers(ledger: Ledger, { settings }: NotifierParts): Ledger {
  const entries = Object.entries(ledger.channels);
  const kept = entries.filter(([name]) => Object.hasOwn(settings.channels, name));
  return kept.length === entries.length ? ledger : { ...ledger, channels: Object.fromEntries(kept) };
}
