/** Restore points as they lie in S3: each is proven by its `_metadata` before it counts. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError, isCode } from '../../domain/errors/errors.ts';
import { checkpointsOf, METADATA_FILE } from '../../domain/identity/storage-keys.ts';
import {
  METADATA_HEAD_BYTES,
  newestPointFirst,
  readMetadataHead,
  type RestorePoint,
} from '../../domain/restore-points/restore-point.ts';
import { flinkUri, keyOfUri, type Dependencies } from '../dependencies/dependencies.ts';

/** Facts about a folder beside those of its `_metadata`. */
export type Known = Omit<RestorePoint, 'path' | 'checkpointId' | 'completedAt'>;

/**
 * Proves that a folder is a complete Flink snapshot by the head of its `_metadata`, which Flink writes last.
 * @throws SluiceError `RestorePointBroken` that names what is wrong.
 */
export async function provePoint(deps: Dependencies, path: string, known: Known): Promise<RestorePoint> {
  const folder = path.replace(/\/+$/, '').replace(/\/_metadata$/, '');
  const key = keyOfUri(deps, folder);
  if (key === null) throw new SluiceError('RestorePointBroken', `${path} is not in bucket ${deps.s3.bucket}`);
  const metadata = `${key}/${METADATA_FILE}`;
  const [head, bytes] = await Promise.all([
    deps.s3.head(metadata),
    deps.s3.getBytes(metadata, { offset: 0, length: METADATA_HEAD_BYTES }),
  ]);
  if (!head || !bytes) throw new SluiceError('RestorePointBroken', `${folder} has no ${METADATA_FILE}`);
  const content = readMetadataHead(bytes);
  if ('broken' in content) throw new SluiceError('RestorePointBroken', `${folder}: ${content.broken}`);
  return {
    ...known,
    path: folder,
    checkpointId: content.checkpointId,
    completedAt: new Date(head.lastModified).toISOString(),
  };
}

/** Snapshots below a prefix whose key contains `part`, proven, newest first; broken ones are left out. */
export async function pointsBelow(
  deps: Dependencies,
  prefix: string,
  known: Known,
  part = '',
): Promise<RestorePoint[]> {
  const points: RestorePoint[] = [];
  for await (const entry of deps.s3.list(prefix)) {
    if (entry.kind !== 'object' || !entry.key.endsWith(`/${METADATA_FILE}`) || !entry.key.includes(part)) continue;
    const path = flinkUri(deps, entry.key.slice(0, -METADATA_FILE.length - 1));
    try {
      points.push(await provePoint(deps, path, known));
    } catch (error) {
      if (!isCode(error, 'RestorePointBroken')) throw error;
    }
  }
  return points.sort(newestPointFirst);
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

/** The retained checkpoints of one instance, newest first. */
export const retainedCheckpoints = async (deps: Dependencies, deployment: Deployment): Promise<RestorePoint[]> => {
  const folder = checkpointsFolder(deps, deployment);
  return folder === null ? [] : pointsBelow(deps, folder, knownOf(deployment, 'checkpoint', 'retained'));
};

/** The savepoint in an operation's own folder, where it is found when the answer was lost. */
export async function savepointIn(
  deps: Dependencies,
  prefix: string,
  deployment: Deployment,
  taken: 'stop' | 'manual' | 'periodic',
  drained = false,
): Promise<RestorePoint | null> {
  return (await pointsBelow(deps, prefix, knownOf(deployment, 'savepoint', taken, drained))).at(0) ?? null;
}
