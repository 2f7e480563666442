/** Makes the history that people see: the workflow's memory merged with the audit log in S3, newest first. */
import { recordOfClaim } from '../../domain/lock/claimed-operation.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import type { Page } from '../contract.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { JobItem } from '../job-list-contract.ts';
import { DEFAULT_LIMIT, descending, pageOf } from '../http/paging.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { AuditEntry } from '../../records/audit.ts';
import { readEach } from '../../records/read-each.ts';
import type { RecordStore } from '../../records/record-store.ts';

interface HistoryQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

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
  return live === null && isEmpty && query.cursor === undefined ? null : page;
}

/**
 * Reads operations of all jobs. Operations in progress come from the jobs that are busy; the index says in which jobs an
 * operation can have ended lately, so that the audit logs of all others are not listed.
 */
export async function readAllHistories(
  jobs: Jobs,
  records: RecordStore,
  query: HistoryQuery,
  isVisible: (job: string) => boolean,
): Promise<Page<OperationRecord>> {
  const index = (await jobs.index()).filter(({ name }) => isVisible(name));
  const busy = index.filter(({ operationKind }) => operationKind !== null);
  const views = await inTurns(busy, ({ name }) => jobs.view(name).catch(() => null));
  const live = views.flatMap((view) => (view?.operation ? [view.operation] : []));
  const lastOf = new Map(index.map((item) => [item.name, jobs.all.isSettled(item.name) ? lastEndIn(item) : null]));
  const audited = (await records.auditedJobs()).filter(isVisible);
  const audit = async (since: string | null) => {
    const may = audited.filter((job) => since === null || (lastOf.get(job) ?? since) >= since);
    return (await inTurns(may, (job) => records.audit(job, since))).flat();
  };
  const first = sinceThatFills([...lastOf.values()], query);
  return await newest(records, live, query, audit, first === null ? [] : [first]);
}

/** When something of a job ended last, by its own word; null for a job that has not told of any operation. */
function lastEndIn({ lastOperation, deployment, stateSince }: JobItem): string | null {
  if (!lastOperation?.endedAt) return null;
  const times = [lastOperation.endedAt, deployment?.ended?.at ?? '', stateSince ?? ''];
  return times.reduce((latest, time) => (time > latest ? time : latest));
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
  const before = Date.parse((query.cursor ?? '').slice(0, ISO_LENGTH));
  const until = Number.isNaN(before) ? Date.now() : before;
  const windows = WINDOWS_MS.map((window) => new Date(until - window).toISOString());
  for (const since of [...first, ...windows]) {
    const page = await merge(records, live, await auditSince(since), query);
    if (page.nextCursor !== null) return page;
  }
  return await merge(records, live, await auditSince(null), query);
}

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
  const sorted = [...lines.values()].sort((a, b) => (a.key < b.key ? 1 : -1));
  const page = pageOf(sorted, ({ key }) => key, descending, query);
  const placed = page.items.map((line) => ({ ...line, key: line.entry?.key ?? line.key }));
  const { values, unreadable } = await readEach(placed, async ({ known, entry }) =>
    known?.endedAt != null || !entry ? known : ((await records.operation(entry)) ?? known),
  );
  return { items: values, nextCursor: page.nextCursor, unreadable };
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
