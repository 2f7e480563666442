/** The records of tokens. Removing the record is what revokes a token. */
import type { S3Client } from '../clients/s3/s3.ts';
import type { TokenRecord } from '../domain/access/tokens.ts';
import { idOfTokenKey, tokenKey, TOKENS_ROOT } from '../domain/identity/storage-keys.ts';
import { bodyOf, getRecord } from './record.ts';

/** @returns whether it was written; false when there is a token with this id already. */
export async function createToken(s3: Pick<S3Client, 'putIfAbsent'>, record: TokenRecord): Promise<boolean> {
  const key = tokenKey(record.id);
  return (await s3.putIfAbsent(key, bodyOf(key, 'token', record))) === 'created';
}

/** @throws SluiceError `RecordInvalid`. */
export async function readToken(s3: Pick<S3Client, 'get'>, id: string): Promise<TokenRecord | null> {
  return (await getRecord(s3, tokenKey(id), 'token'))?.value ?? null;
}

export const removeToken = (s3: Pick<S3Client, 'remove'>, id: string): Promise<void> => s3.remove(tokenKey(id));

/** Ids of all tokens, by id. */
export async function listTokens(s3: Pick<S3Client, 'list'>): Promise<string[]> {
  const ids: string[] = [];
  for await (const entry of s3.list(TOKENS_ROOT)) {
    const id = entry.kind === 'object' ? idOfTokenKey(entry.key) : null;
    if (id !== null) ids.push(id);
  }
  return ids;
}
