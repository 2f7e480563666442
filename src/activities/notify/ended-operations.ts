/** Reads the operations of a job that have ended and that nobody was told of, from the audit log. */
import { log } from '@temporalio/activity';
import { auditKey } from '../../domain/identity/storage-keys.ts';
import { AUDIT_OVERLAP_MS, isNews, type Ledger } from '../../domain/notification/ledger.ts';
import { seenKeyOf } from '../../domain/notification/tell.ts';
import type { LastOperation } from '../../domain/operation/last-operation.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { listAudit, readAudit } from '../../records/audit.ts';
import { readEach } from '../../records/read-each.ts';
import type { ReadableBucket } from '../../records/record.ts';

/** The time from which records may be news: milliseconds since 1970. */
export const auditFloor = (ledger: Ledger): number => Date.parse(ledger.auditedUntil) - AUDIT_OVERLAP_MS;

export interface EndedOperations {
  /** Oldest first. */
  readonly records: readonly OperationRecord[];
  /** The key of the record of its last operation where that is not in S3 yet, as after an outage; else null. */
  readonly missing: string | null;
}

/**
 * @param known whether the last operation is one that ended since the job was looked at before.
 * @throws SluiceError while S3 does not answer.
 */
export async function endedOperations(
  s3: ReadableBucket,
  ledger: Ledger,
  {
    job,
    last,
    isKnownNew,
  }: { readonly job: string; readonly last: LastOperation | null; readonly isKnownNew: boolean },
): Promise<EndedOperations> {
  const floor = new Date(auditFloor(ledger)).toISOString();
  const entries = await listAudit(s3, job, floor);
  const news = entries.filter(({ id, endedAt }) => isNews(ledger, seenKeyOf(job, id), endedAt));
  const { values, unreadable } = await readEach(news, ({ key }) => readAudit(s3, key));
  for (const { key, problem } of unreadable)
    log.warn('nobody is told of an operation whose record cannot be read', { key, problem });
  return { records: values, missing: missingOf(ledger, entries, { job, last, isKnownNew, floor }) };
}

interface Last {
  readonly job: string;
  readonly last: LastOperation | null;
  readonly isKnownNew: boolean;
  readonly floor: string;
}

function missingOf(
  ledger: Ledger,
  entries: readonly { readonly id: string }[],
  { job, last, isKnownNew, floor }: Last,
): string | null {
  if (last?.endedAt == null || entries.some(({ id }) => id === last.id)) return null;
  if (!isNews(ledger, seenKeyOf(job, last.id), last.endedAt)) return null;
  return isKnownNew || last.endedAt >= floor ? auditKey(job, last.endedAt, last.id) : null;
}

/** Reads records that were missing before. @returns those that are there now, by key. */
export async function arrived(
  s3: ReadableBucket,
  keys: readonly string[],
): Promise<ReadonlyMap<string, OperationRecord | null>> {
  const there = new Map<string, OperationRecord | null>();
  const entries = keys.map((key) => ({ key }));
  const { unreadable } = await readEach(entries, async ({ key }) => {
    const record = await readAudit(s3, key);
    if (record !== null) there.set(key, record);
    return record;
  });
  for (const { key } of unreadable) there.set(key, null);
  return there;
}
