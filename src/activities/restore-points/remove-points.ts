/** Removes condemned restore points from S3: what nothing starts from any more, in pages that a turn can stop between. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { jobOfStateKey, METADATA_FILE } from '../../domain/identity/storage-keys.ts';
import { withRetired } from '../../domain/lock/fence.ts';
import type { Retiring } from '../../domain/lock/retiring.ts';
import { retiredRecord } from '../../domain/operation/retired.ts';
import { writeAudit } from '../../records/audit.ts';
import { changeFence } from '../../records/fences.ts';
import { flinkUri, type Dependencies } from '../dependencies/dependencies.ts';
import { checkpointsIn } from './listing.ts';

type Removes = Pick<S3Client, 'head' | 'list' | 'removeAll'>;

/** Objects that are removed between two looks at the clock. */
const PAGE = 1_000;
/** Slices of a page that are removed at the same time. */
const SLICE = 100;
const SLICES_AT_ONCE = 4;

/**
 * Removes what the fence condemns, records it, and takes it out of the fence, in this order. So an interrupted removal goes
 * on in the next turn, whoever takes it, and nothing goes without a record. Two removals of the same points do no harm.
 * @returns whether everything is gone; at `until` the rest is left.
 */
export async function removeRetiring(
  deps: Dependencies,
  job: string,
  retiring: Retiring,
  until: number,
): Promise<boolean> {
  const { s3 } = deps;
  const folders = retiring.locations.map((location) => folderOf(s3.bucket, job, location));
  let { bytes } = retiring;
  // A point that is deleted in part must never look whole.
  for (const folder of folders) bytes += await removeHeads(s3, folder);
  for (const folder of folders) {
    const removed = await removeBelow(s3, `${folder}/`, until);
    bytes += removed.bytes;
    if (removed.isAll) continue;
    await changeFence(s3, job, (fence) => withRetired(fence, retiring, { ...retiring, bytes }));
    return false;
  }
  const { at, operationId } = retiring;
  const paths = folders.map((folder) => flinkUri(deps, folder));
  await writeAudit(s3, retiredRecord({ job, at, operationId, paths, bytes }));
  await changeFence(s3, job, (fence) => withRetired(fence, retiring, null));
  return true;
}

/** The key of a condemned folder. @throws SluiceError `Internal` for a folder that is none of the job's restore points. */
function folderOf(bucket: string, job: string, location: string): string {
  const key = location.slice(bucket.length + 1);
  if (location.startsWith(`${bucket}/`) && jobOfStateKey(`${key}/`) === job && key.split('/').length > 2) return key;
  throw new SluiceError('Internal', `${location} is condemned in the fence of ${job}, and is no restore point of it`);
}

/** Removes `_metadata` of a savepoint, or of each checkpoint of a directory. @returns their bytes. */
async function removeHeads(s3: Removes, folder: string): Promise<number> {
  const checkpoints = await checkpointsIn(s3, `${folder}/`);
  const keys = [folder, ...checkpoints.map((checkpoint) => checkpoint.folder)].map((one) => `${one}/${METADATA_FILE}`);
  const heads = await inTurns(keys, (key) => s3.head(key));
  await s3.removeAll(keys);
  return heads.reduce((sum, head) => sum + (head?.size ?? 0), 0);
}

async function removeBelow(
  s3: Removes,
  prefix: string,
  until: number,
): Promise<{ readonly isAll: boolean; readonly bytes: number }> {
  let bytes = 0;
  for (;;) {
    const page: string[] = [];
    let size = 0;
    for await (const entry of s3.list(prefix, { limit: PAGE })) {
      if (entry.kind !== 'object') continue;
      page.push(entry.key);
      size += entry.size;
    }
    if (page.length === 0) return { isAll: true, bytes };
    await removePage(s3, page);
    bytes += size;
    if (page.length < PAGE) return { isAll: true, bytes };
    if (Date.now() >= until) return { isAll: false, bytes };
  }
}

async function removePage(s3: Removes, page: readonly string[]): Promise<void> {
  const slices = Array.from({ length: Math.ceil(page.length / SLICE) }, (_, index) =>
    page.slice(index * SLICE, (index + 1) * SLICE),
  );
  await inTurns(slices, (slice) => s3.removeAll(slice), SLICES_AT_ONCE);
}
