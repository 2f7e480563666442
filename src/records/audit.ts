/** The audit log: `audit/<job>/<time>-<operation id>.json`, one record for each operation that has ended. */
import type { S3Client } from '../clients/s3/s3.ts';
import { AUDIT_ROOT, auditKey, auditPrefix, operationOfAuditKey } from '../domain/identity/storage-keys.ts';
import type { OperationRecord } from '../domain/operation/operation.ts';
import { inTurns } from '../concurrency/in-turns.ts';
import { bodyOf, getRecord } from './record.ts';

/** Key of a record, with what the key says of the operation. */
export interface AuditEntry {
  readonly key: string;
  readonly job: string;
  readonly endedAt: string;
  readonly id: string;
}

/** Writes a record once; a second attempt leaves the first one as it is. */
export async function writeAudit(s3: Pick<S3Client, 'putIfAbsent'>, record: OperationRecord): Promise<void> {
  const key = auditKey(record.job, record.endedAt ?? record.acceptedAt, record.id);
  await s3.putIfAbsent(key, bodyOf(key, 'operation', record));
}

/** @throws SluiceError `RecordInvalid`. */
export async function readAudit(s3: Pick<S3Client, 'get'>, key: string): Promise<OperationRecord | null> {
  return (await getRecord(s3, key, 'operation'))?.value ?? null;
}

/** Entries of one job, or of all, that ended at a time or later; of each job oldest first, as S3 lists them. */
export async function listAudit(
  s3: Pick<S3Client, 'list'>,
  job?: string,
  since: string | null = null,
): Promise<readonly AuditEntry[]> {
  const prefixes = job === undefined ? await foldersOf(s3) : [auditPrefix(job)];
  return (await inTurns(prefixes, (prefix) => entriesBelow(s3, prefix, since))).flat();
}

/** Lists directly below a prefix: the delimiter leaves the evidence in the folders beside the records out. */
async function entriesBelow(s3: Pick<S3Client, 'list'>, prefix: string, since: string | null): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  const startAfter = since === null ? undefined : prefix + since;
  for await (const entry of s3.list(prefix, { delimiter: '/', startAfter })) {
    const operation = entry.kind === 'object' ? operationOfAuditKey(entry.key) : null;
    if (entry.kind === 'object' && operation) entries.push({ key: entry.key, ...operation });
  }
  return entries;
}

async function foldersOf(s3: Pick<S3Client, 'list'>): Promise<string[]> {
  return (await auditedJobs(s3)).map(auditPrefix);
}

/** Names of all jobs that have an audit log. */
export async function auditedJobs(s3: Pick<S3Client, 'list'>): Promise<string[]> {
  const jobs: string[] = [];
  for await (const entry of s3.list(AUDIT_ROOT, { delimiter: '/' })) {
    if (entry.kind === 'prefix') jobs.push(entry.prefix.slice(AUDIT_ROOT.length).replace(/\/$/, ''));
  }
  return jobs;
}
