/** Finding and proving restore points in S3. */
import { hasRun, type Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError, isCode } from '../../domain/errors/errors.ts';
import {
  METADATA_HEAD_BYTES,
  newestFirst,
  readMetadataHead,
  type From,
  type RestorePoint,
} from '../../domain/restore-points/restore-point.ts';
import {
  checkpointsOf,
  isCheckpointPath,
  METADATA_FILE,
  savepointMark,
  savepointsPrefix,
} from '../../domain/identity/storage-keys.ts';
import { lineageOf } from '../../domain/restore-points/lineage.ts';
import { readDeployments } from '../../records/deployments.ts';
import { clusterOf, flinkUri, keyOfUri, type Dependencies } from '../dependencies/dependencies.ts';

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

/** Snapshots below a prefix, proven, newest first; broken ones are left out, and those in whose key `part` is not. */
async function pointsBelow(deps: Dependencies, prefix: string, known: Known, part = ''): Promise<RestorePoint[]> {
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
  return points.sort(newestFirst);
}

/** What a deployment says of the points that it wrote. Savepoints are asked for in the canonical format. */
export const knownOf = (deployment: Deployment, kind: RestorePoint['kind'], taken: RestorePoint['taken']): Known => ({
  kind,
  taken,
  epoch: deployment.epoch,
  deployment: deployment.number,
  flinkVersion: deployment.flinkVersion,
  format: kind === 'savepoint' ? 'canonical' : null,
  stateBackend: deployment.stateBackend,
  maxParallelism: deployment.maxParallelism,
});

/** Where an instance keeps its checkpoints: what somebody else had started has its own place. Null: not in our bucket. */
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

/** The savepoint in an operation's own folder: where it is found when the answer was lost. */
export async function savepointIn(
  deps: Dependencies,
  prefix: string,
  deployment: Deployment,
  taken: 'stop' | 'manual' | 'periodic',
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

type Tried = Pick<Resolve, 'last' | 'before'>;

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
      return { point: await newestOnTheWay(deps, job, { last, before }, 'savepoint'), warnings: [] };
    case 'latest-checkpoint':
      return { point: await newestOnTheWay(deps, job, { last, before }, 'checkpoint'), warnings: [] };
    default:
      return { point: await givenPoint(deps, job, from), warnings: [] };
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
  const own = (await leftBy(deps, job, last)).at(0);
  if (own) return { point: own, warnings: [] };
  if (last.completedCheckpoint !== null) {
    throw new SluiceError(
      'RestorePointNotFound',
      `deployment ${last.number} completed checkpoint ${last.completedCheckpoint}, but none is left in its folder`,
    );
  }
  // It left nothing, so that only its record can tell that it ran.
  const base = hasRun(last) ? null : await baseBefore(deps, job, last, before);
  if (base) {
    const { point, warnings } = await latest(deps, job, base, null);
    // Between the two there may have been one that was never seen running and completed a checkpoint all the same.
    const isOlder = last.restorePoint !== null && (point === null || newestFirst(last.restorePoint, point) < 0);
    if (!isOlder) {
      return {
        point,
        warnings: [`deployment ${last.number} never ran: goes on from deployment ${base.number}`, ...warnings],
      };
    }
  }
  const none = `deployment ${last.number} completed no checkpoint`;
  if (!last.restorePoint) return { point: null, warnings: [`${none} and began without state: so does this one`] };
  const { path, ...known } = last.restorePoint;
  return { point: await provePoint(deps, path, known), warnings: [`${none}: starts from where it started`] };
}

/** Savepoints that one instance took: Flink names their folders after its job id. */
function savepointsBy(deps: Dependencies, job: string, deployment: Deployment): Promise<RestorePoint[]> {
  const known = knownOf(deployment, 'savepoint', 'manual');
  return pointsBelow(deps, savepointsPrefix(job), known, savepointMark(deployment.flinkJobId));
}

/** What one instance left for others to go on from, newest first. */
const leftBy = async (deps: Dependencies, job: string, deployment: Deployment): Promise<RestorePoint[]> =>
  [...(await retainedCheckpoints(deps, deployment)), ...(await savepointsBy(deps, job, deployment))].sort(newestFirst);

/** One may have run although its record does not tell so, since whoever saw that had lost the job by then. */
const provesItself = async (deps: Dependencies, job: string, deployment: Deployment): Promise<boolean> =>
  Boolean(deployment.ended?.savepoint) || (await leftBy(deps, job, deployment)).length > 0;

/** A deployment that never ran is no base: then the one before it counts, or one between the two that left something. */
async function baseBefore(
  deps: Dependencies,
  job: string,
  last: Deployment,
  before: Deployment | null,
): Promise<Deployment | null> {
  const between = (await readDeployments(deps.s3, job))
    .filter(({ number }) => number > (before?.number ?? 0) && number < last.number)
    .reverse();
  for (const deployment of between) if (await provesItself(deps, job, deployment)) return deployment;
  return before;
}

async function baseOf(deps: Dependencies, job: string, { last, before }: Tried): Promise<Deployment | null> {
  if (!last || hasRun(last) || (await provesItself(deps, job, last))) return last;
  return (await baseBefore(deps, job, last, before)) ?? last;
}

/** The newest of a kind that is on the way to the base: what was left behind by going back is never chosen. */
async function newestOnTheWay(
  deps: Dependencies,
  job: string,
  tried: Tried,
  kind: RestorePoint['kind'],
): Promise<RestorePoint> {
  const base = await baseOf(deps, job, tried);
  const hops = base ? lineageOf(await readDeployments(deps.s3, job), base).hops : [];
  for (const { deployment, upTo } of hops) {
    const points =
      kind === 'checkpoint' ? await retainedCheckpoints(deps, deployment) : await savepointsBy(deps, job, deployment);
    const newest = points.find(({ checkpointId }) => upTo === null || (checkpointId !== null && checkpointId <= upTo));
    if (newest) return newest;
  }
  throw new SluiceError(
    'RestorePointNotFound',
    `${job} has no ${kind} on the way to its last deployment; name one by its path`,
  );
}

/** A path that somebody names; what is known of it when one of our own deployments wrote it. */
export async function givenPoint(deps: Dependencies, job: string, path: string): Promise<RestorePoint> {
  const kind = isCheckpointPath(path) ? 'checkpoint' : 'savepoint';
  const writer = (await readDeployments(deps.s3, job)).find(
    ({ flinkJobId, adopted }) =>
      path.includes(`/${checkpointsOf(job, flinkJobId)}`) ||
      (adopted?.checkpoints != null && path.startsWith(`${adopted.checkpoints}/`)) ||
      (path.includes(`/${savepointsPrefix(job)}`) && path.includes(savepointMark(flinkJobId))),
  );
  const known: Known = writer ? knownOf(writer, kind, 'given') : { ...UNKNOWN, kind, taken: 'given' };
  return provePoint(deps, path, known);
}

const UNKNOWN = {
  epoch: null,
  deployment: null,
  flinkVersion: null,
  format: null,
  stateBackend: null,
  maxParallelism: null,
} as const;

interface NewestCheckpoint {
  readonly id: number;
  readonly path: string;
  /** ISO 8601, by the JobManager's clock or S3's. */
  readonly completedAt: string;
}

export const createRestorePoints = (deps: Dependencies) => ({
  /** The newest completed checkpoint that an instance which is gone left behind. */
  async retainedCheckpoint({
    deployment,
  }: {
    readonly deployment: Deployment;
  }): Promise<{ highest: RestorePoint | null }> {
    return { highest: (await retainedCheckpoints(deps, deployment)).at(0) ?? null };
  },

  /**
   * The newest completed checkpoint of an instance that is about to be ended without a savepoint.
   * @throws SluiceError `RestorePointNotFound` when there is none, `CheckpointTooOld` when it is older than `maxAgeMs`.
   */
  async freshCheckpoint({
    deployment,
    maxAgeMs,
  }: {
    readonly deployment: Deployment;
    readonly maxAgeMs: number;
  }): Promise<NewestCheckpoint> {
    const newest = (await toldCheckpoint(deps, deployment)) ?? (await storedCheckpoint(deps, deployment));
    if (!newest) {
      throw new SluiceError(
        'RestorePointNotFound',
        `deployment ${deployment.number} has completed no checkpoint to stop with`,
      );
    }
    const ageMs = Date.now() - Date.parse(newest.completedAt);
    if (ageMs > maxAgeMs) {
      throw new SluiceError(
        'CheckpointTooOld',
        `checkpoint ${newest.id} of deployment ${deployment.number} is ${Math.round(ageMs / 1000)} s old; upgrade.maxCheckpointAge allows ${Math.round(maxAgeMs / 1000)} s`,
      );
    }
    return newest;
  },
});

/** What the JobManager says; null when it says nothing, since it is S3 that counts in the end. */
async function toldCheckpoint(deps: Dependencies, deployment: Deployment): Promise<NewestCheckpoint | null> {
  const { yarn } = clusterOf(deps, deployment.cluster);
  try {
    const address = (await yarn.application(deployment.applicationId))?.amAddress;
    const told = address ? await deps.flink.checkpoints(address, deployment.flinkJobId) : null;
    const newest = told?.latestCompleted;
    if (!newest?.path || newest.discarded) return null;
    return { id: newest.id, path: newest.path, completedAt: new Date(newest.completedAt).toISOString() };
  } catch (error) {
    if (isCode(error, 'ClusterUnreachable', 'FlinkUnreachable', 'FlinkRejected', 'NotFound')) return null;
    throw error;
  }
}

async function storedCheckpoint(deps: Dependencies, deployment: Deployment): Promise<NewestCheckpoint | null> {
  const newest = (await retainedCheckpoints(deps, deployment)).at(0);
  if (newest?.checkpointId == null || newest.completedAt === null) return null;
  return { id: newest.checkpointId, path: newest.path, completedAt: newest.completedAt };
}
