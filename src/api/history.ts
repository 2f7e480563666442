/** The history that people see: what a job's workflow remembers, merged with the audit log in S3. Newest first. */
import type { Claim } from '../domain/fence.ts';
import { operationKinds } from '../domain/lifecycle.ts';
import { OperationRecord } from '../domain/operation.ts';
import type { Page } from './contract.ts';
import type { Jobs } from './jobs.ts';
import { descending, pageOf } from './paging.ts';
import { inTurns, type AuditEntry, type RecordStore } from './record-store.ts';

interface HistoryQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** One line of the merged history: the record, or where it is. */
interface Line {
  readonly key: string;
  readonly known: OperationRecord | null;
  readonly entry: AuditEntry | null;
}

const STILL_GOING = '~'; // sorts after every digit, so that what has not ended is newest

/** An operation counts once for each job; the audit log tells when it ended, which orders those that have. */
const keyOf = (job: string, id: string, endedAt: string | null): string => `${endedAt ?? STILL_GOING} ${job} ${id}`;

export async function readHistory(
  jobs: Jobs,
  records: RecordStore,
  job: string,
  query: HistoryQuery,
): Promise<Page<OperationRecord> | null> {
  const [live, audit] = await Promise.all([jobs.history(job), records.audit(job)]);
  if (live === null && audit.length === 0) return null;
  return await merge(records, live ?? [], audit, query);
}

/** Operations of all jobs; what is in progress comes from the jobs that visibility says are busy. */
export async function readAllHistories(
  jobs: Jobs,
  records: RecordStore,
  query: HistoryQuery,
): Promise<Page<OperationRecord>> {
  const [index, audit] = await Promise.all([jobs.index(), records.audit()]);
  const busy = index.filter(({ operation }) => operation !== null);
  const views = await inTurns(busy, ({ name }) => jobs.view(name).catch(() => null));
  const live = views.flatMap((view) => (view?.operation ? [view.operation] : []));
  return await merge(records, live, audit, query);
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
  const read = await inTurns(page.items, async ({ known, entry }) =>
    known?.endedAt != null || !entry ? known : ((await records.operation(entry)) ?? known),
  );
  return { items: read.filter((operation) => operation !== null), nextCursor: page.nextCursor };
}

/** One operation, from the workflow, else from its claim in S3; null when nobody knows it. */
export async function readOperation(
  jobs: Jobs,
  records: RecordStore,
  job: string,
  id: string,
): Promise<OperationRecord | null> {
  const live = await jobs.history(job);
  const known = live?.find((operation) => operation.id === id);
  if (known) return known;
  const claim = await records.claim(job, id);
  return claim === null ? null : recordOfClaim(claim);
}

/** What a claim tells of its operation; without an end nobody has recorded more than who took it and when. */
export function recordOfClaim(claim: Claim): OperationRecord | null {
  const ended = OperationRecord.safeParse(claim.ended);
  if (ended.success) return ended.data;
  const kind = operationKinds.find((known) => known === claim.kind);
  if (kind === undefined) return null;
  return {
    id: claim.id,
    job: claim.job,
    kind,
    actor: claim.actor,
    via: 'unknown',
    reason: null,
    acceptedAt: claim.claimedAt,
    endedAt: null,
    phase: null,
    phases: [],
    outcome: null,
    error: null,
    deployment: null,
    request: {},
    fingerprint: claim.fingerprint,
    savepoint: null,
    warnings: ['only the claim of this operation is known: its workflow is gone, or its end is not recorded yet'],
  };
}
