/** The records of sessions. Removing the record is what ends a session. */
import type { S3Client } from '../../clients/s3/s3.ts';
import type { SessionRecord } from '../../domain/access/sessions.ts';
import { idOfSessionKey, sessionKey, sessionsPrefix } from '../../domain/identity/storage-keys.ts';
import { bodyOf, getRecord, type StoredRecord } from '../record.ts';

/** @returns whether it was written; false when there is a session with this id already. */
export async function createSession(s3: Pick<S3Client, 'putIfAbsent'>, record: SessionRecord): Promise<boolean> {
  const key = sessionKey(record.id);
  return (await s3.putIfAbsent(key, bodyOf(key, 'session', record))) === 'created';
}

/** @throws SluiceError `RecordInvalid`. */
export const readSession = (s3: Pick<S3Client, 'get'>, id: string): Promise<StoredRecord<SessionRecord> | null> =>
  getRecord(s3, sessionKey(id), 'session');

/** Writes the time of the last use, unless the record has changed or is gone: a write must bring no session back. */
export async function writeUse(
  s3: Pick<S3Client, 'putIfMatch'>,
  { value, etag }: StoredRecord<SessionRecord>,
  usedAt: string,
): Promise<void> {
  const key = sessionKey(value.id);
  await s3.putIfMatch(key, bodyOf(key, 'session', { ...value, usedAt }), etag);
}

export const removeSession = (s3: Pick<S3Client, 'remove'>, id: string): Promise<void> => s3.remove(sessionKey(id));

/** Ids of the sessions whose ids begin so. */
export async function listSessions(s3: Pick<S3Client, 'list'>, beginning: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const entry of s3.list(sessionsPrefix(beginning))) {
    const id = entry.kind === 'object' ? idOfSessionKey(entry.key) : null;
    if (id !== null) ids.push(id);
  }
  return ids;
}
