/** The claims of operations: `operations/<job>/<id>.json`. Each names its holder, later how the operation ended. */
import type { S3Client } from '../clients/s3/s3.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { claimKey, claimsPrefix, idOfClaimKey } from '../domain/identity/storage-keys.ts';
import type { Claim } from '../domain/lock/fence.ts';
import type { OperationRecord } from '../domain/operation/operation.ts';
import { bodyOf, getRecord, type StoredRecord } from './record.ts';

/** @throws SluiceError `RecordInvalid`. */
export const readClaim = (
  s3: Pick<S3Client, 'get'>,
  job: string,
  operationId: string,
): Promise<StoredRecord<Claim> | null> => getRecord(s3, claimKey(job, operationId), 'claim');

/**
 * Takes an operation unless it is taken.
 * @returns null when this claim is the one in S3, else the claim that was there before.
 * @throws SluiceError `RecordInvalid`, or `Conflict` when the other claim is gone again.
 */
export async function takeClaim(s3: Pick<S3Client, 'get' | 'putIfAbsent'>, claim: Claim): Promise<Claim | null> {
  const { job, id } = claim;
  const key = claimKey(job, id);
  if ((await s3.putIfAbsent(key, bodyOf(key, 'claim', claim))) === 'created') return null;
  const stored = await readClaim(s3, job, id);
  if (stored) return stored.value;
  throw new SluiceError('Conflict', `the claim of operation ${id} of ${job} was there and is gone`);
}

/** Adds the end of the operation. @returns false when somebody has changed the claim since it was read. */
export async function endClaim(
  s3: Pick<S3Client, 'putIfMatch'>,
  { value: claim, etag }: StoredRecord<Claim>,
  ended: OperationRecord,
): Promise<boolean> {
  const key = claimKey(claim.job, claim.id);
  return (await s3.putIfMatch(key, bodyOf(key, 'claim', { ...claim, ended }), etag)) === 'written';
}

/** Ids of all operations of a job that were ever claimed. */
export async function claimedOperations(s3: Pick<S3Client, 'list'>, job: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const entry of s3.list(claimsPrefix(job))) {
    const id = entry.kind === 'object' ? idOfClaimKey(entry.key) : null;
    if (id !== null) ids.push(id);
  }
  return ids;
}
