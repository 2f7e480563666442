/** Choosing the restore point that a start goes on from. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { checkpointsOf, isCheckpointPath } from '../../domain/identity/storage-keys.ts';
import { lineageOf } from '../../domain/restore-points/lineage.ts';
import { newerThan } from '../../domain/restore-points/progress.ts';
import { newestPointFirst, type From, type RestorePoint } from '../../domain/restore-points/restore-point.ts';
import type { DeploymentsOnce } from '../../records/deployments.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { Past } from './past.ts';
import { takingOf } from './savepoint-writer.ts';
import { knownOf, provePoint, type Known } from './stored-points.ts';

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
  /** Somebody accepts a start from older state than the job has had. */
  readonly discardNewerState: boolean;
}

interface Resolved {
  readonly point: RestorePoint | null;
  readonly warnings: string[];
}

/**
 * The point to start from. Null means without state: only a first start, `fresh`, and a deployment that itself began
 * without state and never completed a checkpoint get null.
 * @throws SluiceError `RestorePointNotFound`, `RestorePointBroken`; `JobFinished` or `DiscardsNewerState` when the job has
 * had newer state than the point, unless `discardNewerState` accepts that.
 */
export async function resolvePoint(deps: Dependencies, asked: Resolve): Promise<Resolved> {
  const { from, last, before, discardNewerState, job, deployments } = asked;
  if (from === 'fresh') return { point: null, warnings: last ? ['starts without state, as asked for'] : [] };
  if (last === null) return { point: await firstPoint(deps, asked), warnings: [] };
  const past = new Past(deps, job, deployments);
  const base = await past.baseOf(last, before);
  const { point, warnings } = await choose(deps, past, { from, last, base });
  const loss = await lossOf(past, { from, base, point });
  if (loss !== null && !discardNewerState) throw loss;
  const accepted = loss === null ? [] : [`older state than the job has had, as accepted: ${loss.message}`];
  return { point: point && (await prove(deps, point)), warnings: [...warnings, ...accepted] };
}

/** The point of a job that was never started. */
async function firstPoint(deps: Dependencies, { from, job, deployments }: Resolve): Promise<RestorePoint | null> {
  if (from === 'latest') return null;
  if (from === 'latest-savepoint' || from === 'latest-checkpoint') throw noneOnTheWay(job, from);
  return givenPoint(deps, { job, deployments }, from);
}

const noneOnTheWay = (job: string, from: 'latest-savepoint' | 'latest-checkpoint'): SluiceError =>
  new SluiceError(
    'RestorePointNotFound',
    `${job} has no ${from.replace('latest-', '')} on the way to its last deployment; name one by its path`,
  );

interface Choice {
  readonly from: Exclude<From, 'fresh'>;
  readonly last: Deployment;
  readonly base: Deployment;
}

function choose(deps: Dependencies, past: Past, { from, last, base }: Choice): Promise<Resolved> {
  if (from === 'latest') return latest(past, last, base);
  if (from === 'latest-savepoint' || from === 'latest-checkpoint') return newestOnTheWay(past, base, from);
  return givenPoint(deps, past, from).then((point) => ({ point, warnings: [] }));
}

/**
 * The stop-savepoint of the base, else its highest retained checkpoint or savepoint, else what it was started from. A
 * deployment that never ran is no base: then the one before it counts.
 */
async function latest(past: Past, last: Deployment, base: Deployment): Promise<Resolved> {
  if (base.number === last.number) return newestOf(past, base);
  const { point, warnings } = await newestOf(past, base);
  // A deployment between the two may have completed a checkpoint without being seen running.
  const isOlder = last.restorePoint !== null && (point === null || newestPointFirst(last.restorePoint, point) < 0);
  if (isOlder) return newestOf(past, last);
  return {
    point,
    warnings: [`deployment ${last.number} never ran: goes on from deployment ${base.number}`, ...warnings],
  };
}

async function newestOf(past: Past, deployment: Deployment): Promise<Resolved> {
  const { number, ended, restorePoint } = deployment;
  const stop = ended?.savepoint;
  if (stop) return { point: { ...stop, ...knownOf(deployment, 'savepoint', 'stop', stop.drained) }, warnings: [] };
  const own = await past.newestLeftBy(deployment);
  if (own) return { point: own, warnings: [] };
  const none = `deployment ${number} completed no checkpoint`;
  if (!restorePoint) return { point: null, warnings: [`${none} and began without state: so does this one`] };
  return { point: restorePoint, warnings: [`${none}: starts from where it started`] };
}

/** The newest point of a kind on the way to the base; points that a rollback has left behind are never chosen. */
async function newestOnTheWay(
  past: Past,
  base: Deployment,
  from: 'latest-savepoint' | 'latest-checkpoint',
): Promise<Resolved> {
  for (const { deployment, upTo } of lineageOf(await past.deployments(), base).hops) {
    const newest = await (from === 'latest-checkpoint'
      ? past.checkpointOf(deployment, upTo)
      : past.savepointOf(deployment, upTo));
    if (newest) return { point: newest, warnings: [] };
  }
  throw noneOnTheWay(past.job, from);
}

/** Explains which newer state a start from the point would lose; null when it loses none. */
async function lossOf(
  past: Past,
  { from, base, point }: Pick<Choice, 'from' | 'base'> & Pick<Resolved, 'point'>,
): Promise<SluiceError | null> {
  const { number, ended, flinkJobId } = base;
  const isByPath = !from.startsWith('latest');
  if (ended?.how === 'finished' && !ended.savepoint && !isByPath && hadState(base))
    return new SluiceError(
      'JobFinished',
      `Flink job ${flinkJobId} of deployment ${number} is FINISHED, and Flink deletes the checkpoints of a finished job`,
    );
  // The latest point is on the way to the base by itself.
  const newer = newerThan(from === 'latest' ? [base] : await past.deployments(), base, point);
  if (newer !== null) {
    if (from === 'latest') return new SluiceError('RestorePointNotFound', `${newer}, but none is left that is as new`);
    const chosen = point === null ? 'no state' : point.path;
    return new SluiceError('DiscardsNewerState', `${newer}, and ${chosen} is older`);
  }
  if (await past.isSettled(base)) return null;
  return new SluiceError(
    'DiscardsNewerState',
    `how far deployment ${number} had come is not known: its JobManager could not be asked at the end, and none of its checkpoints is left; the newest state known is ${point?.path ?? 'none'}`,
  );
}

/** Tells whether the job can have had any state. */
const hadState = ({ restorePoint, completedCheckpoint, ended }: Deployment): boolean =>
  restorePoint !== null || completedCheckpoint !== null || ended?.counted !== true;

/** Proves a point that only a record names. */
const prove = (deps: Dependencies, { path, ...known }: RestorePoint): Promise<RestorePoint> =>
  provePoint(deps, path, known);

/** The point at a path that the asker names, with the facts of the deployment that wrote it, if Sluice knows that. */
export async function givenPoint(deps: Dependencies, { job, deployments }: OfJob, path: string): Promise<RestorePoint> {
  const kind = isCheckpointPath(path) ? 'checkpoint' : 'savepoint';
  const recorded = await deployments();
  const taking = kind === 'savepoint' ? await takingOf(deps, { job, path, deployments: recorded }) : null;
  const writer = recorded.find((one) => (taking ? one.number === taking.deployment : hasInItsFolder(job, one, path)));
  const drained = taking?.drained ?? false;
  const facts: Known = writer
    ? knownOf(writer, kind, 'given', drained)
    : { ...UNKNOWN, ...(drained ? { drained } : {}), kind, taken: 'given' };
  return provePoint(deps, path, facts);
}

/** Tells whether a path is in the folder of the deployment's checkpoints. */
export const hasInItsFolder = (job: string, { flinkJobId, adopted }: Deployment, path: string): boolean =>
  path.includes(`/${checkpointsOf(job, flinkJobId)}`) ||
  (adopted?.checkpoints != null && path.startsWith(`${adopted.checkpoints}/`));

const UNKNOWN = {
  epoch: null,
  deployment: null,
  flinkVersion: null,
  format: null,
  stateBackend: null,
  maxParallelism: null,
} as const;
