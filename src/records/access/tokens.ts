/** The records of tokens. Removing the record is what revokes a token. */
import type { S3Client } from '../../clients/s3/s3.ts';
import type { TokenRecord } from '../../domain/access/tokens.ts';
import { isCode } from '../../domain/errors/errors.ts';
import {
  FIRST_TOKEN_MARK,
  idOfTokenKey,
  tokenKey,
  TOKENS_ROOT,
  tokenUseKey,
} from '../../domain/identity/storage-keys.ts';
import { bodyOf, getRecord } from '../record.ts';

/** @returns whether it was written; false when there is a token with this id already. */
export async function createToken(s3: Pick<S3Client, 'putIfAbsent'>, record: TokenRecord): Promise<boolean> {
  const key = tokenKey(record.id);
  return (await s3.putIfAbsent(key, bodyOf(key, 'token', record))) === 'created';
}

/** @throws SluiceError `RecordInvalid`. */
export async function readToken(s3: Pick<S3Client, 'get'>, id: string): Promise<TokenRecord | null> {
  return (await getRecord(s3, tokenKey(id), 'token'))?.value ?? null;
}

/** Tells whether the installation has made its first token, be it revoked meanwhile. */
export const wasFirstTokenMade = async (s3: Pick<S3Client, 'get'>): Promise<boolean> =>
  (await s3.get(FIRST_TOKEN_MARK)) !== null;

export async function markFirstToken(s3: Pick<S3Client, 'putIfAbsent'>): Promise<void> {
  await s3.putIfAbsent(FIRST_TOKEN_MARK, '{"version":1}');
}

/** Revokes a token. The record of its last use may stay behind; no list shows it then. */
export async function removeToken(s3: Pick<S3Client, 'remove'>, id: string): Promise<void> {
  await s3.remove(tokenKey(id));
  await s3.remove(tokenUseKey(id)).catch(() => undefined); // the token is revoked all the same
}

/** Replaces the time of the last use: of two processes, the later one is right. */
export async function writeTokenUse(s3: Pick<S3Client, 'put'>, id: string, usedAt: string): Promise<void> {
  const key = tokenUseKey(id);
  await s3.put(key, bodyOf(key, 'tokenUse', { version: 1, usedAt }));
}

/** The last use of a token; null when nobody noted one, also when its record cannot be read. */
export async function readTokenUse(s3: Pick<S3Client, 'get'>, id: string): Promise<string | null> {
  try {
    return (await getRecord(s3, tokenUseKey(id), 'tokenUse'))?.value.usedAt ?? null;
  } catch (failure) {
    if (isCode(failure, 'RecordInvalid')) return null;
    throw failure;
  }
}

/** Ids of all tokens, by id. */
export async function listTokens(s3: Pick<S3Client, 'list'>): Promise<string[]> {
  const ids: string[] = [];
  for await (const entry of s3.list(TOKENS_ROOT)) {
    const id = entry.kind === 'object' ? idOfTokenKey(entry.key) : null;
    if (id !== null) ids.push(id);
  }
  return ids;
}
