/** The past of a job, as a start that looks for a restore point reads it: its deployments, and what each has left. */
import { hasRun, type Deployment } from '../../domain/deployment/deployment.ts';
import { canonicalJson } from '../../domain/identity/fingerprint.ts';
import { higherOf, isMarkFinal, withCheckpoint } from '../../domain/restore-points/progress.ts';
import { newestPointFirst, type RestorePoint } from '../../domain/restore-points/restore-point.ts';
import type { DeploymentsOnce } from '../../records/deployments.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { savepointFolders, type NamedFolder } from './listing.ts';
import { takingOf } from './savepoint-writer.ts';
import { knownOf, provenPoints, retainedCheckpoint } from './stored-points.ts';

/** Tells whether two deployments run the same program with the same declared configuration. */
const runsTheSame = (a: Deployment, b: Deployment): boolean =>
  a.adopted === null &&
  a.jar.sha256 === b.jar.sha256 &&
  a.file === b.file &&
  canonicalJson(a.hotfix) === canonicalJson(b.hotfix);

const isWithin =
  (upTo: number | null) =>
  ({ checkpointId }: RestorePoint): boolean =>
    upTo === null || (checkpointId !== null && checkpointId <= upTo);

/**
 * Tells whether the deployment took the place of one whose end nobody counted, so that the other may have gone on since: what
 * it completed after that is abandoned.
 */
const isLeftFor = ({ restorePoint }: Deployment, { epoch, ended }: Deployment): boolean =>
  ended?.how === 'replaced' &&
  ended.counted === false &&
  ended.savepoint === null &&
  restorePoint?.epoch === epoch &&
  restorePoint.taken !== 'given';

export class Past {
  readonly job: string;
  /** The newest records of the job's deployments. */
  readonly deployments: DeploymentsOnce;
  readonly #deps: Dependencies;
  readonly #checkpoints = new Map<string, Promise<RestorePoint | null>>();
  readonly #savepoints = new Map<string, Promise<readonly RestorePoint[]>>();
  #folders: Promise<readonly NamedFolder[]> | null = null;

  constructor(deps: Dependencies, job: string, deployments: DeploymentsOnce) {
    this.#deps = deps;
    this.job = job;
    this.deployments = deployments;
  }

  /** The newest checkpoint that the deployment left, up to an id. */
  async checkpointOf(deployment: Deployment, upTo: number | null = null): Promise<RestorePoint | undefined> {
    const looking = once(this.#checkpoints, `${deployment.flinkJobId} ${upTo ?? ''}`, () =>
      retainedCheckpoint(this.#deps, deployment, upTo),
    );
    return (await looking) ?? undefined;
  }

  /** The newest savepoint that is known to be of the deployment, up to an id and newer than another point. */
  async savepointOf(
    deployment: Deployment,
    upTo: number | null = null,
    beyond?: RestorePoint,
  ): Promise<RestorePoint | undefined> {
    for (const point of (await this.#alike(deployment)).filter(isWithin(upTo))) {
      if (beyond && newestPointFirst(beyond, point) <= 0) return undefined;
      const taking = await takingOf(this.#deps, {
        job: this.job,
        path: point.path,
        deployments: [deployment, ...(await this.deployments())],
      });
      if (taking?.deployment === deployment.number) return taking.drained ? { ...point, drained: true } : point;
    }
    return undefined;
  }

  async newestLeftBy(deployment: Deployment): Promise<RestorePoint | undefined> {
    const checkpoint = await this.checkpointOf(deployment);
    return (await this.savepointOf(deployment, null, checkpoint)) ?? checkpoint;
  }

  /**
   * The deployment whose state is the newest of the job: `last`, unless it is known to have completed nothing. A
   * deployment between the two may have run without its record saying so, because its run had lost the lock.
   */
  async baseOf(last: Deployment, before: Deployment | null): Promise<Deployment> {
    const reached = await this.reachedBy(last);
    if (!(await this.#isNoBase(reached)) || (before && isLeftFor(last, before))) return reached;
    const between = (await this.deployments())
      .filter(({ number }) => number > (before?.number ?? 0) && number < last.number)
      .reverse();
    for (const deployment of between) {
      if (deployment.ended?.savepoint || (await this.newestLeftBy(deployment))) return await this.reachedBy(deployment);
    }
    return before === null ? reached : await this.reachedBy(before);
  }

  /** Tells whether it is known how far the deployment had come. */
  async isSettled(deployment: Deployment): Promise<boolean> {
    return (
      isMarkFinal(deployment, false) ||
      isMarkFinal(deployment, Boolean(await this.checkpointOf(deployment))) ||
      (await this.#hasLeftNone(deployment))
    );
  }

  /**
   * Tells whether an empty folder proves that the deployment completed no checkpoint: it began from a checkpoint that the same
   * program, with the same file and hotfix, had left in its own folder. Flink keeps the checkpoints of a job that failed or
   * was killed (CheckpointProperties, 1.20), so the folder of this one would have them too.
   */
  async #hasLeftNone(deployment: Deployment): Promise<boolean> {
    const { ended, restorePoint, completedCheckpoint } = deployment;
    if (ended === null || ended.how === 'finished' || completedCheckpoint !== null) return false;
    if (restorePoint?.kind !== 'checkpoint' || restorePoint.deployment === null) return false;
    const writer = (await this.deployments()).find(({ number }) => number === restorePoint.deployment);
    return writer !== undefined && runsTheSame(writer, deployment) && !(await this.checkpointOf(deployment));
  }

  /** The deployment with everything that S3 knows of its progress beside what the workflow remembers. */
  async reachedBy(deployment: Deployment): Promise<Deployment> {
    if (deployment.ended?.savepoint) return deployment;
    const found = { ...deployment, ...withCheckpoint(deployment, await this.checkpointOf(deployment)) };
    if (await this.isSettled(found)) return found;
    // An earlier attempt may have recorded the end whose answer was lost.
    const recorded = (await this.deployments()).find(({ startKey }) => startKey === deployment.startKey);
    if (!recorded) return found;
    const { ended } = found;
    const counted = ended?.counted === true || recorded.ended?.counted === true || ended?.counted;
    const savepoint = ended?.savepoint ?? recorded.ended?.savepoint ?? null;
    return { ...found, ...higherOf(found, recorded), ended: ended && { ...ended, savepoint, counted } };
  }

  async #isNoBase(deployment: Deployment): Promise<boolean> {
    if (hasRun(deployment) || deployment.ended?.savepoint || (await this.newestLeftBy(deployment))) return false;
    return this.isSettled(deployment);
  }

  /** The savepoints whose folder has the first six digits of the deployment's Flink job id, which two jobs may share. */
  #alike(deployment: Deployment): Promise<readonly RestorePoint[]> {
    const digits = deployment.flinkJobId.slice(0, 6);
    return once(this.#savepoints, deployment.flinkJobId, async () => {
      const folders = await (this.#folders ??= savepointFolders(this.#deps.s3, this.job));
      const alike = folders.filter(({ writer }) => writer === digits);
      return provenPoints(this.#deps, alike, knownOf(deployment, 'savepoint', 'manual'));
    });
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, look: () => Promise<T>): Promise<T> {
  const looking = known.get(key) ?? look();
  known.set(key, looking);
  return looking;
}
