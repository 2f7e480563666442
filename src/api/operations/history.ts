/** Makes the history that people see: the workflow's memory merged with the audit log in S3, newest first. */
import { recordOfClaim } from '../../domain/lock/claimed-operation.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import type { Page } from '../contract.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { JobItem } from '../job-list-contract.ts';
import { DEFAULT_LIMIT, descending } from '../http/paging.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { AuditEntry } from '../../records/audit.ts';
import { readEach, type Unreadable } from '../../records/read-each.ts';
import type { RecordStore } from '../../records/record-store.ts';
import { choosesJobs, filterOf, isOfJobs, type AllHistoriesQuery, type HistoryQuery } from './history-filter.ts';

/** A line of the merged history: the record itself, or its place in the audit log. */
interface Line {
  readonly key: string;
  readonly known: OperationRecord | null;
  readonly entry: AuditEntry | null;
}

const STILL_GOING = '~'; // sorts after every digit, so that what has not ended is newest

/** Makes one key for each operation of a job, which sorts by the end of the operation as the audit log has it. */
const keyOf = (job: string, id: string, endedAt: string | null): string => `${endedAt ?? STILL_GOING} ${job} ${id}`;

export async function readHistory(
  jobs: Jobs,
  records: RecordStore,
  job: string,
  query: HistoryQuery,
): Promise<Page<OperationRecord> | null> {
  const live = await jobs.history(job);
  const page = await newest(records, live ?? [], query, (since) => records.audit(job, since));
  const isEmpty = page.items.length === 0 && page.unreadable?.length === 0;
  if (live !== null || !isEmpty || query.cursor !== undefined) return page;
  // Nothing fits the filters, or nothing was ever asked of the job.
  return (await records.audit(job)).length > 0 ? page : null;
}

/**
 * Reads operations of all jobs. Operations in progress come from the jobs that are busy; the index says in which jobs an
 * operation can have ended lately, so that the audit logs of all others are not listed.
 */
export async function readAllHistories(
  jobs: Jobs,
  records: RecordStore,
  query: AllHistoriesQuery,
  isVisible: (job: string) => boolean,
): Promise<Page<OperationRecord>> {
  const index = (await jobs.index()).filter((item) => isVisible(item.name) && isOfJobs(query)(item));
  const chosen = choosesJobs(query) ? new Set(index.map(({ name }) => name)) : null;
  const busy = index.filter(({ operationKind }) => operationKind !== null);
  const views = await inTurns(busy, ({ name }) => jobs.view(name).catch(() => null));
  const live = views.flatMap((view) => (view?.operation ? [view.operation] : []));
  const audit = await auditOfMany({ jobs, records }, index, (job) => (chosen ? chosen.has(job) : isVisible(job)));
  const ends = index.map((item) => lastEndOf(jobs, item));
  const first = filterOf(query) === null ? sinceThatFills(ends, query) : null;
  return await newest(records, live, query, audit, first === null ? [] : [first]);
}

/**
 * Makes a list of what the audit logs of many jobs have since a time. The index says in which jobs an operation can have
 * ended since then, so that the audit logs of all others are not listed.
 */
export async function auditOfMany(
  { jobs, records }: { readonly jobs: Jobs; readonly records: RecordStore },
  index: readonly JobItem[],
  isIncluded: (job: string) => boolean,
): Promise<(since: string | null) => Promise<readonly AuditEntry[]>> {
  const quietAfter = new Map(index.map((item) => [item.name, quietAfterOf(item, lastEndOf(jobs, item))]));
  const audited = (await records.auditedJobs()).filter(isIncluded);
  return async (since) => {
    const may = audited.filter((job) => since === null || (quietAfter.get(job) ?? since) >= since);
    return (await inTurns(may, (job) => records.audit(job, since))).flat();
  };
}

/** Null where the index does not know all that the job has told. */
const lastEndOf = (jobs: Jobs, item: JobItem): string | null =>
  jobs.all.isSettled(item.name) ? lastEndIn(item) : null;

/** When something of a job ended last, by its own word; null for a job that has not told of any operation. */
function lastEndIn({ lastOperation, deployment, stateSince }: JobItem): string | null {
  if (!lastOperation?.endedAt) return null;
  const times = [lastOperation.endedAt, deployment?.ended?.at ?? '', stateSince ?? ''];
  return times.reduce((latest, time) => (time > latest ? time : latest));
}

/**
 * Sluice deletes restore points after an operation, and records it as something of its own: no news of the job tells of that
 * record. A pass of retention that takes longer, because S3 was away, is found by the history of the job itself.
 */
const AFTERMATH_MS = 30 * 60_000;

/** The time after which nothing of a job can have ended; null where that is not known. */
function quietAfterOf({ givenUp }: JobItem, lastEnd: string | null): string | null {
  // An instance that was given up is ended when its cluster shows it again, whenever that is.
  return lastEnd === null || givenUp > 0 ? null : new Date(Date.parse(lastEnd) + AFTERMATH_MS).toISOString();
}

/** A time since which at least one page of operations has ended; null where the index does not know one. */
function sinceThatFills(ends: readonly (string | null)[], { limit = DEFAULT_LIMIT, cursor }: HistoryQuery) {
  const until = (cursor ?? STILL_GOING).slice(0, ISO_LENGTH);
  const before = ends.filter((end): end is string => end !== null && end < until).sort();
  return before.at(-limit - 1) ?? null;
}

const ISO_LENGTH = new Date(0).toISOString().length;

const DAY_MS = 24 * 3_600_000;
/** Spans of the audit log that are listed, one after the other, until a page is full; after them, all of it. */
const WINDOWS_MS = [DAY_MS, 30 * DAY_MS];

/** Lists only the span of the audit log that fills a page, because its keys are in the order of time. */
async function newest(
  records: RecordStore,
  live: readonly OperationRecord[],
  query: HistoryQuery,
  auditSince: (since: string | null) => Promise<readonly AuditEntry[]>,
  first: readonly string[] = [],
): Promise<Page<OperationRecord>> {
  const until = endOf(query);
  const windows = WINDOWS_MS.map((window) => new Date(until - window).toISOString());
  const oldest = query.since ?? null;
  for (const since of [...first, ...windows]) {
    if (oldest !== null && since <= oldest) continue;
    const page = await merge(records, live, await auditSince(since), query);
    if (page.nextCursor !== null) return page;
  }
  return await merge(records, live, await auditSince(oldest), query);
}

/** The time that the page before has reached, by its cursor; the end that was asked for on the first page, and for a cursor without a time. */
function endOf({ cursor = '', until = new Date().toISOString() }: HistoryQuery): number {
  const reached = cursor.slice(0, ISO_LENGTH);
  return Date.parse(ISO.test(reached) && !Number.isNaN(Date.parse(reached)) ? reached : until);
}

/** A year of four digits: before the first that JavaScript knows, a window would have no beginning. */
const ISO = /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/;

/** Records that are read for one page at most: a search for something rare goes on with the next page. */
const MOST_READ = 1_000;
const READ_AT_ONCE = 50;

async function merge(
  records: RecordStore,
  live: readonly OperationRecord[],
  audit: readonly AuditEntry[],
  query: HistoryQuery,
): Promise<Page<OperationRecord>> {
  const lines = new Map<string, Line>();
  for (const entry of audit) {
    lines.set(`${entry.job} ${entry.id}`, { key: keyOf(entry.job, entry.id, entry.endedAt), known: null, entry });
  }
  for (const known of live) {
    const name = `${known.job} ${known.id}`;
    const entry = lines.get(name)?.entry ?? null;
    lines.set(name, { key: keyOf(known.job, known.id, known.endedAt ?? entry?.endedAt ?? null), known, entry });
  }
  const sorted = [...lines.values()].filter((line) => isInSpan(line, query)).sort((a, b) => (a.key < b.key ? 1 : -1));
  return await pageOfLines(records, sorted, query);
}

/** Reads records in the order of their lines until a page is full. With filters a page may have fewer items and a cursor. */
async function pageOfLines(records: RecordStore, sorted: readonly Line[], query: HistoryQuery) {
  const { limit = DEFAULT_LIMIT } = query;
  const fits = filterOf(query);
  const items: OperationRecord[] = [];
  const unreadable: Unreadable[] = [];
  let read = 0;
  while (read < sorted.length && read < MOST_READ) {
    const room = limit - items.length;
    const lines = sorted.slice(read, read + (fits ? READ_AT_ONCE : room));
    const placed = lines.map((line) => ({ ...line, key: line.entry?.key ?? line.key }));
    const found = await readEach(placed, async ({ known, entry }) =>
      known?.endedAt != null || !entry ? known : ((await records.operation(entry)) ?? known),
    );
    read += lines.length;
    const fitting = fits ? found.values.filter(fits) : found.values;
    items.push(...fitting.slice(0, room));
    unreadable.push(...found.unreadable);
    const last = fitting.length > room ? fitting[room - 1] : undefined;
    if (last) return { items, nextCursor: keyIn(lines, last), unreadable };
    if (items.length + (fits ? 0 : unreadable.length) >= limit) break;
  }
  const last = sorted[read - 1];
  return { items, nextCursor: last && read < sorted.length ? last.key : null, unreadable };
}

const keyIn = (lines: readonly Line[], { job, id }: OperationRecord): string | null =>
  lines.find(({ known, entry }) => (entry ?? known)?.id === id && (entry ?? known)?.job === job)?.key ?? null;

/** An operation in progress has no end yet, which is later than any time. */
function isInSpan({ key }: Line, { since, until, cursor }: HistoryQuery): boolean {
  const end = key.slice(0, ISO_LENGTH);
  return (
    (since === undefined || end >= since) &&
    (until === undefined || end < until) &&
    (cursor === undefined || descending(key, cursor))
  );
}

/** Reads an operation from the workflow, else from its claim in S3; null when neither knows it. */
export async function readOperation(
  jobs: Jobs,
  records: RecordStore,
  job: string,
  id: string,
): Promise<OperationRecord | null> {
  const live = await jobs.history(job);
  const liveOperation = live?.find((operation) => operation.id === id);
  if (liveOperation) return liveOperation;
  const claim = await records.claim(job, id);
  return claim === null ? null : recordOfClaim(claim);
}
