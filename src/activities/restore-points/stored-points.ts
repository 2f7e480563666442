/** Restore points as they lie in S3: each is proven by its `_metadata` before it counts. */
import type { S3Client } from '../../clients/s3/s3.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError, isCode } from '../../domain/errors/errors.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { checkpointsOf, METADATA_FILE } from '../../domain/identity/storage-keys.ts';
import {
  METADATA_HEAD_BYTES,
  newestPointFirst,
  readMetadataHead,
  type RestorePoint,
} from '../../domain/restore-points/restore-point.ts';
import { flinkUri, keyOfUri, type Dependencies } from '../dependencies/dependencies.ts';
import { checkpointsIn, savepointsIn, type NamedFolder } from './listing.ts';

/** Facts about a folder beside those of its `_metadata`. */
export type Known = Omit<RestorePoint, 'path' | 'checkpointId' | 'completedAt'>;

/** The facts in the head of a snapshot's `_metadata`. */
export interface Snapshot {
  readonly checkpointId: number;
  /** When Flink wrote `_metadata`, its last object; milliseconds since 1970. */
  readonly completedAt: number;
}

/** Reads the head of `_metadata`, which Flink writes last. @returns why the folder is no complete snapshot, as a predicate. */
export async function readSnapshot(
  s3: Pick<S3Client, 'head' | 'getBytes'>,
  folder: string,
): Promise<Snapshot | string> {
  const key = `${folder}/${METADATA_FILE}`;
  const [head, bytes] = await Promise.all([s3.head(key), s3.getBytes(key, { offset: 0, length: METADATA_HEAD_BYTES })]);
  if (!head || !bytes) return `has no ${METADATA_FILE}`;
  const content = readMetadataHead(bytes);
  if ('broken' in content) return `is no snapshot: ${content.broken}`;
  return { checkpointId: content.checkpointId, completedAt: head.lastModified };
}

/**
 * Proves that a folder is a complete Flink snapshot.
 * @throws SluiceError `RestorePointBroken` that names what is wrong.
 */
export async function provePoint(deps: Dependencies, path: string, known: Known): Promise<RestorePoint> {
  const folder = path.replace(/\/+$/, '').replace(/\/_metadata$/, '');
  const key = keyOfUri(deps, folder);
  if (key === null) throw new SluiceError('RestorePointBroken', `${path} is not in bucket ${deps.s3.bucket}`);
  const snapshot = await readSnapshot(deps.s3, key);
  if (typeof snapshot === 'string') throw new SluiceError('RestorePointBroken', `${folder} ${snapshot}`);
  const { checkpointId, completedAt } = snapshot;
  return { ...known, path: folder, checkpointId, completedAt: new Date(completedAt).toISOString() };
}

/** Proves a folder; null when it is no complete snapshot. */
async function provenPoint(deps: Dependencies, folder: string, known: Known): Promise<RestorePoint | null> {
  try {
    return await provePoint(deps, flinkUri(deps, folder), known);
  } catch (error) {
    if (isCode(error, 'RestorePointBroken')) return null;
    throw error;
  }
}

/** Facts of a deployment about the points that it wrote. Sluice asks for savepoints in the canonical format. */
export const knownOf = (
  deployment: Deployment,
  kind: RestorePoint['kind'],
  taken: RestorePoint['taken'],
  drained = false,
): Known => ({
  ...(drained ? { drained } : {}),
  kind,
  taken,
  epoch: deployment.epoch,
  deployment: deployment.number,
  flinkVersion: deployment.flinkVersion,
  format: kind === 'savepoint' ? 'canonical' : null,
  stateBackend: deployment.stateBackend,
  maxParallelism: deployment.maxParallelism,
});

/** Folder of an instance's checkpoints; an adopted program has its own. Null: in another bucket. */
function checkpointsFolder(deps: Dependencies, { job, flinkJobId, adopted }: Deployment): string | null {
  if (!adopted) return checkpointsOf(job, flinkJobId);
  const folder = adopted.checkpoints === null ? null : keyOfUri(deps, adopted.checkpoints);
  return folder === null ? null : `${folder}/`;
}

/** The newest retained checkpoint of one instance, up to an id; opens only as many as are broken. */
export async function retainedCheckpoint(
  deps: Dependencies,
  deployment: Deployment,
  upTo: number | null = null,
): Promise<RestorePoint | null> {
  const folder = checkpointsFolder(deps, deployment);
  if (folder === null) return null;
  for (const checkpoint of await checkpointsIn(deps.s3, folder)) {
    if (upTo !== null && checkpoint.id > upTo) continue;
    const point = await provenPoint(deps, checkpoint.folder, knownOf(deployment, 'checkpoint', 'retained'));
    if (point) return point;
  }
  return null;
}

/** The savepoint in an operation's own folder, where it is found when the answer was lost. */
export async function savepointIn(
  deps: Dependencies,
  prefix: string,
  deployment: Deployment,
  taken: 'stop' | 'manual' | 'periodic',
  drained = false,
): Promise<RestorePoint | null> {
  const folders = await savepointsIn(deps.s3, prefix);
  const known = knownOf(deployment, 'savepoint', taken, drained);
  return (await provenPoints(deps, folders, known)).at(0) ?? null;
}

/** The folders that are complete snapshots, newest first. */
export async function provenPoints(
  deps: Dependencies,
  folders: readonly NamedFolder[],
  known: Known,
): Promise<RestorePoint[]> {
  const points = await inTurns(folders, ({ folder }) => provenPoint(deps, folder, known));
  return points.filter((point) => point !== null).sort(newestPointFirst);
}
