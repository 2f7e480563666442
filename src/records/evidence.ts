/** Evidence: what was saved of an instance before an operation ended it, below `audit/<job>/<operation id>/logs/`. */
import type { S3Client } from '../clients/s3/s3.ts';
import {
  auditPrefix,
  evidenceKey,
  evidenceOfKey,
  logsPrefix,
  type EvidenceName,
} from '../domain/identity/storage-keys.ts';
import type { RecordOf } from './kinds.ts';
import { getRecord } from './record.ts';

/** A saved file of an instance; the operation is the one that ended it. */
export interface Evidence extends EvidenceName {
  readonly key: string;
  readonly size: number;
  readonly savedAt: string;
}

/** Keeps a text unless the file is there: what an earlier attempt saved of a living instance says more. */
export async function keepEvidence(s3: Pick<S3Client, 'putIfAbsent'>, name: EvidenceName, text: string): Promise<void> {
  await s3.putIfAbsent(evidenceKey(name), text, 'text/plain');
}

/** Writes a text in place of an earlier one: a log only grows. */
export async function replaceEvidence(s3: Pick<S3Client, 'put'>, name: EvidenceName, text: string): Promise<void> {
  await s3.put(evidenceKey(name), text, 'text/plain');
}

/** The saved files of a job's instances, or of one operation; newest first. */
export async function listEvidence(
  s3: Pick<S3Client, 'list'>,
  job: string,
  operation?: string,
): Promise<readonly Evidence[]> {
  const files: Evidence[] = [];
  const prefix = operation === undefined ? auditPrefix(job) : logsPrefix(job, operation);
  for await (const entry of s3.list(prefix)) {
    const name = entry.kind === 'object' ? evidenceOfKey(entry.key) : null;
    if (entry.kind !== 'object' || name === null) continue;
    files.push({ key: entry.key, ...name, size: entry.size, savedAt: new Date(entry.lastModified).toISOString() });
  }
  return files.sort((a, b) => (a.savedAt === b.savedAt ? (a.key < b.key ? -1 : 1) : a.savedAt < b.savedAt ? 1 : -1));
}

export type SavedException = RecordOf<'exceptions'>[number];

/** @returns null when the file is gone. @throws SluiceError `RecordInvalid`. */
export async function readSavedExceptions(
  s3: Pick<S3Client, 'get'>,
  key: string,
): Promise<readonly SavedException[] | null> {
  return (await getRecord(s3, key, 'exceptions'))?.value ?? null;
}
