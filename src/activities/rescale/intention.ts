/**
 * The intention to rescale, in the record of the deployment. Attempts may freeze and go on late, so each of these changes the record
 * only where it still is as it was read: an end or a revision that came meanwhile stays.
 */
import type { S3Client } from '../../clients/s3/s3.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { knowsLess, type Rescaling } from '../../domain/deployment/revision.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { replaceDeployment, storedDeployment } from '../../records/deployments.ts';
import type { StoredRecord } from '../../records/record.ts';

const TRIES = 5;

interface Noting {
  /** The deployment as the memory has it: with values that the record may wait for. */
  readonly deployment: Deployment;
  readonly rescaling: Rescaling;
}

/**
 * Writes the intention down.
 * @param isHeld throws when the operation is not held any more; asked after the record is read, so that whoever took over finds
 * this change in the record, or this change finds theirs.
 * @throws SluiceError `LockLost` when the record says that others, or this very operation, have decided since.
 */
export async function noteIntention(
  s3: Pick<S3Client, 'get' | 'putIfMatch'>,
  { deployment, rescaling }: Noting,
  isHeld: () => Promise<void>,
): Promise<void> {
  const { job, number } = deployment;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const stored = await storedDeployment(s3, job, number);
    await isHeld();
    const why = stored ? decidedSince(stored.value, deployment, rescaling) : 'its record is missing';
    if (stored && why === null && (await replaceDeployment(s3, stored, { ...deployment, rescaling }))) return;
    if (why !== null)
      throw new SluiceError('LockLost', `deployment ${number} of ${job} is not rescaled any more: ${why}`);
  }
  throw new SluiceError(
    'Conflict',
    `the record of deployment ${number} of ${job} keeps being changed by somebody else`,
  );
}

function decidedSince(record: Deployment, memory: Deployment, { operation }: Rescaling): string | null {
  if (record.ended) return `it has ended: ${record.ended.how}`;
  if (record.startKey !== memory.startKey) return 'its record is of another start';
  if (record.rescaling && record.rescaling.operation !== operation)
    return `operation ${record.rescaling.operation} rescales it`;
  return knowsLess(memory, record) ? 'it has a revision since' : null;
}

type Whose =
  { readonly ours: StoredRecord<Deployment>; readonly why: null } | { readonly ours: null; readonly why: string };

/** The record, where it has the intention of this operation and no end. */
export async function whoseIntention(
  s3: Pick<S3Client, 'get'>,
  { job, number }: Deployment,
  { operation }: Rescaling,
): Promise<Whose> {
  const stored = await storedDeployment(s3, job, number);
  const none = (why: string): Whose => ({ ours: null, why });
  if (!stored) return none(`deployment ${number} has no record`);
  const { ended, rescaling } = stored.value;
  if (ended) return none(`deployment ${number} has ended: ${ended.how}`);
  if (rescaling?.operation === operation) return { ours: stored, why: null };
  return none(
    rescaling
      ? `operation ${rescaling.operation} rescales deployment ${number}`
      : `the record of deployment ${number} has no rescaling that is not decided`,
  );
}

/** Takes the intention out of the record, and changes nothing else. @returns false when somebody has changed the record since. */
export const takeBackIntention = (
  s3: Pick<S3Client, 'putIfMatch'>,
  stored: StoredRecord<Deployment>,
): Promise<boolean> => replaceDeployment(s3, stored, { ...stored.value, rescaling: null });
