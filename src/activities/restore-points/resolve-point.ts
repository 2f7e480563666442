/** Choosing the restore point that a start goes on from. */
import { hasRun, type Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import {
  checkpointsOf,
  isCheckpointPath,
  savepointMark,
  savepointsPrefix,
} from '../../domain/identity/storage-keys.ts';
import { lineageOf } from '../../domain/restore-points/lineage.ts';
import { newestPointFirst, type From, type RestorePoint } from '../../domain/restore-points/restore-point.ts';
import type { DeploymentsOnce } from '../../records/deployments.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { knownOf, pointsBelow, provePoint, retainedCheckpoints, type Known } from './stored-points.ts';

/** The job that a point is looked for, with its records. */
interface OfJob {
  readonly job: string;
  readonly deployments: DeploymentsOnce;
}

interface Resolve extends OfJob {
  readonly from: From;
  /** The last deployment, which has ended. */
  readonly last: Deployment | null;
  /** The one before it that ran. */
  readonly before: Deployment | null;
}

type Tried = Pick<Resolve, 'last' | 'before'>;

interface Resolved {
  readonly point: RestorePoint | null;
  readonly warnings: string[];
}

/**
 * The point to start from. Null means without state: only a first start, `fresh`, and a deployment that itself began
 * without state and never completed a checkpoint get null.
 */
export async function resolvePoint(deps: Dependencies, { from, last, before, ...of }: Resolve): Promise<Resolved> {
  switch (from) {
    case 'fresh':
      return { point: null, warnings: last ? ['starts without state, as asked for'] : [] };
    case 'latest':
      return latest(deps, of, last, before);
    case 'latest-savepoint':
      return { point: await newestOnTheWay(deps, of, { last, before }, 'savepoint'), warnings: [] };
    case 'latest-checkpoint':
      return { point: await newestOnTheWay(deps, of, { last, before }, 'checkpoint'), warnings: [] };
    default:
      return { point: await givenPoint(deps, of, from), warnings: [] };
  }
}

/**
 * The stop-savepoint of the last deployment, else its highest retained checkpoint or savepoint, else what it was started
 * from. A deployment that never ran is no base: then the one before it counts.
 */
async function latest(
  deps: Dependencies,
  of: OfJob,
  last: Deployment | null,
  before: Deployment | null,
): Promise<Resolved> {
  if (!last) return { point: null, warnings: [] };
  const stop = last.ended?.savepoint;
  if (stop) return { point: await provePoint(deps, stop.path, knownOf(last, 'savepoint', 'stop')), warnings: [] };
  const own = (await leftBy(deps, of.job, last)).at(0);
  if (own) return { point: own, warnings: [] };
  if (last.completedCheckpoint !== null) {
    throw new SluiceError(
      'RestorePointNotFound',
      `deployment ${last.number} completed checkpoint ${last.completedCheckpoint}, but none is left in its folder`,
    );
  }
  // The deployment left nothing, so only its record tells whether it ran.
  const base = hasRun(last) ? null : await baseBefore(deps, of, last, before);
  if (base) {
    const { point, warnings } = await latest(deps, of, base, null);
    // A deployment between the two may have completed a checkpoint without being seen running.
    const isOlder = last.restorePoint !== null && (point === null || newestPointFirst(last.restorePoint, point) < 0);
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
  const facts = knownOf(deployment, 'savepoint', 'manual');
  return pointsBelow(deps, savepointsPrefix(job), facts, savepointMark(deployment.flinkJobId));
}

/** Checkpoints and savepoints that one instance left for later starts, newest first. */
const leftBy = async (deps: Dependencies, job: string, deployment: Deployment): Promise<RestorePoint[]> =>
  [...(await retainedCheckpoints(deps, deployment)), ...(await savepointsBy(deps, job, deployment))].sort(
    newestPointFirst,
  );

/** A deployment may have run without its record saying so: the run that saw it may have lost the lock before writing. */
const provesItself = async (deps: Dependencies, job: string, deployment: Deployment): Promise<boolean> =>
  Boolean(deployment.ended?.savepoint) || (await leftBy(deps, job, deployment)).length > 0;

/** The base of a deployment that never ran: a later one that left a point, else the one before it that ran. */
async function baseBefore(
  deps: Dependencies,
  { job, deployments }: OfJob,
  last: Deployment,
  before: Deployment | null,
): Promise<Deployment | null> {
  const between = (await deployments())
    .filter(({ number }) => number > (before?.number ?? 0) && number < last.number)
    .reverse();
  for (const deployment of between) if (await provesItself(deps, job, deployment)) return deployment;
  return before;
}

async function baseOf(deps: Dependencies, of: OfJob, { last, before }: Tried): Promise<Deployment | null> {
  if (!last || hasRun(last) || (await provesItself(deps, of.job, last))) return last;
  return (await baseBefore(deps, of, last, before)) ?? last;
}

/** The newest point of a kind on the way to the base; points that a rollback has left behind are never chosen. */
async function newestOnTheWay(
  deps: Dependencies,
  of: OfJob,
  tried: Tried,
  kind: RestorePoint['kind'],
): Promise<RestorePoint> {
  const { job, deployments } = of;
  const base = await baseOf(deps, of, tried);
  const hops = base ? lineageOf(await deployments(), base).hops : [];
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

/** The point at a path that the asker names, with the facts of the deployment that wrote it, if Sluice knows that. */
export async function givenPoint(deps: Dependencies, { job, deployments }: OfJob, path: string): Promise<RestorePoint> {
  const kind = isCheckpointPath(path) ? 'checkpoint' : 'savepoint';
  const writer = (await deployments()).find(
    ({ flinkJobId, adopted }) =>
      path.includes(`/${checkpointsOf(job, flinkJobId)}`) ||
      (adopted?.checkpoints != null && path.startsWith(`${adopted.checkpoints}/`)) ||
      (path.includes(`/${savepointsPrefix(job)}`) && path.includes(savepointMark(flinkJobId))),
  );
  const facts: Known = writer ? knownOf(writer, kind, 'given') : { ...UNKNOWN, kind, taken: 'given' };
  return provePoint(deps, path, facts);
}

const UNKNOWN = {
  epoch: null,
  deployment: null,
  flinkVersion: null,
  format: null,
  stateBackend: null,
  maxParallelism: null,
} as const;
