/** Finding and proving restore points in S3. */
import type { Deployment } from '../domain/deployment.ts';
import { SluiceError } from '../domain/errors.ts';
import {
  METADATA_HEAD_BYTES,
  newestFirst,
  readMetadataHead,
  type From,
  type RestorePoint,
} from '../domain/restore-point.ts';
import { checkpointsOf, METADATA_FILE, savepointsPrefix } from '../domain/storage-keys.ts';
import { flinkUri, keyOfUri, type Dependencies } from './dependencies.ts';

/** What is known of a folder apart from what its `_metadata` says. */
type Known = Omit<RestorePoint, 'path' | 'checkpointId' | 'completedAt'>;

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
  const read = readMetadataHead(bytes);
  if ('broken' in read) throw new SluiceError('RestorePointBroken', `${folder}: ${read.broken}`);
  return {
    ...known,
    path: folder,
    checkpointId: read.checkpointId,
    completedAt: new Date(head.lastModified).toISOString(),
  };
}

/** Snapshots below a prefix, proven, newest first; broken ones are left out. */
async function pointsBelow(deps: Dependencies, prefix: string, known: Known): Promise<RestorePoint[]> {
  const points: RestorePoint[] = [];
  for await (const entry of deps.s3.list(prefix)) {
    if (entry.kind !== 'object' || !entry.key.endsWith(`/${METADATA_FILE}`)) continue;
    const path = flinkUri(deps, entry.key.slice(0, -METADATA_FILE.length - 1));
    try {
      points.push(await provePoint(deps, path, known));
    } catch (error) {
      if (!(error instanceof SluiceError && error.code === 'RestorePointBroken')) throw error;
    }
  }
  return points.sort(newestFirst);
}

const knownOf = (deployment: Deployment, kind: RestorePoint['kind'], taken: RestorePoint['taken']): Known => ({
  kind,
  taken,
  epoch: deployment.epoch,
  deployment: deployment.number,
  flinkVersion: deployment.flinkVersion,
});

/** The retained checkpoints of one instance, newest first. */
const retainedCheckpoints = (deps: Dependencies, deployment: Deployment): Promise<RestorePoint[]> =>
  pointsBelow(
    deps,
    checkpointsOf(deployment.job, deployment.flinkJobId),
    knownOf(deployment, 'checkpoint', 'retained'),
  );

/** The savepoint in an operation's own folder: where it is found when the answer was lost. */
export async function savepointIn(
  deps: Dependencies,
  prefix: string,
  deployment: Deployment,
  taken: 'stop' | 'manual',
): Promise<RestorePoint | null> {
  return (await pointsBelow(deps, prefix, knownOf(deployment, 'savepoint', taken))).at(0) ?? null;
}

interface Resolve {
  readonly from: From;
  /** The last deployment, which does not run (any more). */
  readonly last: Deployment | null;
  /** The one before it that ran. */
  readonly before: Deployment | null;
  readonly job: string;
}

interface Resolved {
  readonly point: RestorePoint | null;
  readonly warnings: string[];
}

/**
 * The point to start from; null means without state, which only a first start, `fresh` or a deployment that itself began
 * so and never completed a checkpoint get.
 */
export async function resolvePoint(deps: Dependencies, { from, last, before, job }: Resolve): Promise<Resolved> {
  switch (from) {
    case 'fresh':
      return { point: null, warnings: last ? ['starts without state, as asked for'] : [] };
    case 'latest':
      return latest(deps, job, last, before);
    case 'latest-savepoint':
      return { point: await latestSavepoint(deps, job, last, before), warnings: [] };
    case 'latest-checkpoint': {
      const checkpoint = last && (await retainedCheckpoints(deps, last)).at(0);
      if (checkpoint) return { point: checkpoint, warnings: [] };
      throw new SluiceError('RestorePointNotFound', `${job} has no retained checkpoint of its last deployment`);
    }
    default:
      return { point: await givenPoint(deps, from), warnings: [] };
  }
}

/**
 * The stop-savepoint of the last deployment, else its highest retained checkpoint or savepoint, else what it was started
 * from. A deployment that never ran is no base: then the one before it counts.
 */
async function latest(
  deps: Dependencies,
  job: string,
  last: Deployment | null,
  before: Deployment | null,
): Promise<Resolved> {
  if (!last) return { point: null, warnings: [] };
  const stop = last.ended?.savepoint;
  if (stop) return { point: await provePoint(deps, stop.path, knownOf(last, 'savepoint', 'stop')), warnings: [] };
  const own = [...(await retainedCheckpoints(deps, last)), ...(await savepointsBy(deps, job, last))]
    .sort(newestFirst)
    .at(0);
  if (own) return { point: own, warnings: [] };
  if (last.completedCheckpoint !== null) {
    throw new SluiceError(
      'RestorePointNotFound',
      `deployment ${last.number} completed checkpoint ${last.completedCheckpoint}, but none is left in its folder`,
    );
  }
  if (last.runningAt === null && before) {
    const { point, warnings } = await latest(deps, job, before, null);
    return {
      point,
      warnings: [`deployment ${last.number} never ran: goes on from deployment ${before.number}`, ...warnings],
    };
  }
  const none = `deployment ${last.number} completed no checkpoint`;
  if (!last.restorePoint) return { point: null, warnings: [`${none} and began without state: so does this one`] };
  const { path, ...known } = last.restorePoint;
  return { point: await provePoint(deps, path, known), warnings: [`${none}: starts from where it started`] };
}

/** Savepoints that one instance took: Flink names their folders after its job id. */
async function savepointsBy(deps: Dependencies, job: string, deployment: Deployment): Promise<RestorePoint[]> {
  const all = await pointsBelow(deps, savepointsPrefix(job), knownOf(deployment, 'savepoint', 'manual'));
  return all.filter(({ path }) => path.includes(`/savepoint-${deployment.flinkJobId.slice(0, 6)}-`));
}

async function latestSavepoint(
  deps: Dependencies,
  job: string,
  last: Deployment | null,
  before: Deployment | null,
): Promise<RestorePoint> {
  for (const deployment of [last, before]) {
    const stop = deployment?.ended?.savepoint;
    if (deployment && stop) return provePoint(deps, stop.path, knownOf(deployment, 'savepoint', 'stop'));
    const own = deployment && (await savepointsBy(deps, job, deployment)).at(0);
    if (own) return own;
  }
  throw new SluiceError(
    'RestorePointNotFound',
    `${job} has no savepoint of its last two deployments; name one by its path`,
  );
}

const givenPoint = (deps: Dependencies, path: string): Promise<RestorePoint> =>
  provePoint(deps, path, {
    kind: /\/chk-\d+\/?$/.test(path) ? 'checkpoint' : 'savepoint',
    taken: 'given',
    epoch: null,
    deployment: null,
    flinkVersion: null,
  });

export const createRestorePoints = (deps: Dependencies) => ({
  /** Whether an instance that is gone left a completed checkpoint behind. */
  async retainedCheckpoint({
    deployment,
  }: {
    readonly deployment: Deployment;
  }): Promise<{ highest: RestorePoint | null }> {
    return { highest: (await retainedCheckpoints(deps, deployment)).at(0) ?? null };
  },
});
