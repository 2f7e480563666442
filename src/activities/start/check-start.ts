/** Looks for everything that can be wrong with a start, while the old instance runs untouched. */
import type { StartSource } from './check-release.ts';
import type { Deployment, DeploymentPlan } from '../../domain/deployment/deployment.ts';
import type { Move } from '../../domain/deployment/placed.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { withoutLease } from '../../domain/deployment/gate-words.ts';
import { rulesOf } from '../../domain/deployment-file/job-type.ts';
import type { LauncherName } from '../../domain/identity/launcher-name.ts';
import type { Fence } from '../../domain/lock/fence.ts';
import { openingOf } from '../../domain/deployment-file/deploy-windows.ts';
import { refuseUnfenced, type Left } from '../../domain/lock/left.ts';
import type { HotfixChange } from '../../domain/hotfix/hotfix.ts';
import type { BackTo } from '../../domain/operation/back-to.ts';
import type { StopWith } from '../../domain/operation/operation.ts';
import type { Ownership } from '../../domain/identity/ownership.ts';
import { refuseRetiring } from '../../domain/lock/retiring.ts';
import { jointError, newFindings, type Preflight, type Problem } from '../../domain/plan/preflight.ts';
import { riskOf, type From } from '../../domain/restore-points/restore-point.ts';
import { deploymentsOnce } from '../../records/deployments.ts';
import type { FenceOnce } from '../../records/fences.ts';
import { keepDeploymentFile, keepShipped } from '../../records/texts.ts';
import { chooseClassArchive, findDistribution, type FoundDistribution } from '../distribution/class-archive.ts';
import { checkConfiguration, type Configuration } from './check-configuration.ts';
import { checkCordon } from './check-cordon.ts';
import { checkOwner, checkOwnState, handedOverSince, type OwnershipOfStart } from './check-owner.ts';
import { checkFiles, readSource, type Source } from './check-release.ts';
import { checkQueue } from './check-queue.ts';
import { checkRestorePoint, type ChosenPoint } from './check-restore-point.ts';
import { checkResources, toldWithAnId, type LargestContainer } from './check-resources.ts';
import { chosenLauncher, clusterOf, launcherOf, type Dependencies } from '../dependencies/dependencies.ts';
import { refuseWhileNotRunning } from '../instance/not-running-now.ts';
import { sha256Of } from '../../clients/s3/checksum.ts';
import { sweep } from './sweep.ts';

export interface CheckInput {
  readonly job: string;
  readonly operationId: string;
  readonly request: {
    readonly source: StartSource;
    /** Null: the newest state, where the job is of a type that keeps any. */
    readonly from: From | null;
    /** Null: as the deployment file says. */
    readonly stopWith: StopWith | null;
    readonly allowNonRestoredState: boolean;
    readonly discardNewerState: boolean;
    readonly acceptStateRisk: boolean;
    /** Absent, as a worker of an earlier release asked: no state of another job is accepted. */
    readonly foreignState?: boolean;
    /** Sluice itself restarts the job, so nothing begins without the state that it has had. Absent: a person decides. */
    readonly needsState?: boolean;
    /** Absent, as a worker of an earlier release asked: the hotfix is kept. */
    readonly hotfix?: HotfixChange;
    /** The move to another cluster; absent for an operation that moves nothing. */
    readonly move?: Move;
  };
  readonly last: Deployment | null;
  /** The one before it that ran. */
  readonly before: Deployment | null;
  readonly running: boolean;
  /** The instance that the job is to leave, because nobody can ask its cluster; absent where none is left. */
  readonly leaves?: Left;
  /** Whether the operation has passed these checks before, and has left the old instance since. */
  readonly isChecked?: boolean;
}

export interface Checked {
  readonly plan: DeploymentPlan;
  readonly stopWith: StopWith;
  /**
   * `from-stop`: the savepoint that stopping will take; with `stopWith: checkpoint` or `none`, the newest checkpoint of the
   * dead instance.
   */
  readonly restorePoint: ChosenPoint;
  /** To whom the job belongs once it is started. */
  readonly ownership: Ownership;
  readonly warnings: readonly string[];
  /** The target of a rollback; absent for other operations, and from workers of before it was named. */
  readonly backTo?: BackTo;
}

/** Differences between the checks of an operation, which goes on from them, and of a plan, which only tells of them. */
export interface Manner {
  readonly largestContainer: LargestContainer;
  /** Reads the fence of the job. */
  readonly readFence: FenceOnce;
  /** Keeps the deployment file and the list of the shipped files, where deployments find them. */
  readonly keep: (source: Source) => Promise<unknown>;
}

/** Results of all checks; null where a problem stood in the way. */
export interface Looked {
  readonly source: Source | null;
  readonly ownership: OwnershipOfStart | null;
  /** Another job whose state the asker accepts. */
  readonly foreignState: string | null;
  readonly stopWith: StopWith | null;
  readonly plan: DeploymentPlan | null;
  readonly restore: { readonly point: Checked['restorePoint'] } | null;
  readonly warnings: readonly string[];
  readonly looked: readonly Preflight[];
  readonly problems: readonly Problem[];
}

/** @throws SluiceError that names every problem there is, with the code of the first of them. */
export async function checkStart(
  deps: Dependencies,
  input: CheckInput,
  readFence: Manner['readFence'],
): Promise<Checked> {
  const { source, ownership, plan, stopWith, restore, warnings, problems } = await lookAtStart(deps, input, {
    largestContainer: toldWithAnId,
    readFence,
    keep: ({ text, shipped }) => Promise.all([keepDeploymentFile(deps.s3, text), keepShipped(deps.s3, shipped)]),
  });
  const error = jointError(problems);
  if (error) throw error;
  if (!ownership || !plan || !stopWith || !restore)
    throw new SluiceError('Internal', `what ${input.job} is to start is not known`);
  const back = source?.backTo ? { backTo: source.backTo } : {};
  return { plan, stopWith, restorePoint: restore.point, ownership: ownership.after, warnings, ...back };
}

/** @throws SluiceError `ForeignInstance`. */
const lookForStrangers = (
  deps: Dependencies,
  { job, last, running, leaves }: CheckInput,
  { plan: { cluster }, file }: Source,
  fence: Fence,
): Promise<string[]> => {
  const isThere = running || leaves !== undefined;
  return sweep(deps, {
    // The open starts of an instance that is to be left are closed before anything starts, so their silence is no problem.
    fence: leaves ? { ...fence, starts: fence.starts.filter(({ closed }) => closed !== null) } : fence,
    job,
    legacyNames: file.yarn.legacyNames,
    places: [cluster],
    known: [isThere ? last?.applicationId : undefined],
    knownStart: isThere ? last?.flinkJobId : undefined,
  });
};

/** @throws SluiceError `MoveRefused` outside of the windows of drills, where the deployment file names any. */
function refuseClosedWindows({ windows }: { readonly windows: readonly string[] }): void {
  const opening = openingOf(windows, Date.now());
  if (opening.isOpen) return;
  const until = opening.opensAt === null ? '' : `; the next one opens at ${new Date(opening.opensAt).toISOString()}`;
  throw new SluiceError('MoveRefused', `none of the windows for drills is open: ${windows.join('; ')}${until}`);
}

/** Goes on after a problem, so that an asker learns all problems at once. */
export async function lookAtStart(deps: Dependencies, input: CheckInput, manner: Manner): Promise<Looked> {
  const { job, request, last, running, leaves } = input;
  const change = request.hotfix ?? { kind: 'keep' };
  const { looked, problems, of } = newFindings();
  const deployments = deploymentsOnce(deps.s3, job);
  const source = await of('release', () =>
    readSource(deps, job, { source: request.source, change, last, deployments, move: request.move ?? null }),
  );
  const nothing = { ownership: null, foreignState: null, stopWith: null, plan: null, restore: null, warnings: [] };
  if (!source) return { source, ...nothing, looked, problems };
  const { file, plan: released, text } = source;
  const { readFence } = manner;
  const ownership = await of('owner', async () => checkOwner(input, await readFence(), source));
  if (leaves)
    await of('fenced', () => {
      refuseUnfenced(leaves);
      if (request.move?.kind === 'failover' && request.move.isDrill) refuseClosedWindows(file.recovery.failover.drills);
    });
  const cluster = await of('cluster', () => clusterOf(deps, released.cluster));
  const distribution = await of('flinkVersion', () => findDistribution(deps, file.flink.version));
  const stopWith = request.stopWith ?? file.upgrade.stopWith ?? rulesOf(file.job.type).stopWith;
  const launcher = cluster && (await of('launcher', () => chosenLauncher(cluster, source.launcher)));
  const configuration = cluster && (await of('configuration', () => checkConfiguration(deps, cluster, source)));
  // People hotfix jobs that crash. Such a job cannot be stopped with a savepoint, so this is said before it is tried.
  const isSick = change.kind !== 'keep' && running && last && request.stopWith === null && stopWith === 'savepoint';
  const [cordonWarnings, restore, resourceWarnings, sweepWarnings, foreignState, queueWarnings, flink] =
    await Promise.all([
      of('cordon', () => checkCordon(deps, released.cluster, input.isChecked === true)),
      of('restorePoint', () =>
        checkRestorePoint(deps, { ...input, stopWith, deployments }, file.job.type).then(unlessRetiring(readFence)),
      ),
      cluster && of('resources', () => checkResources(cluster, file, manner.largestContainer)),
      of('instances', async () => lookForStrangers(deps, input, source, await readFence())),
      of('ownState', () => checkOwnState(deps, request, { job, readFence, deployments })),
      cluster && of('queue', () => checkQueue(cluster, file, configuration?.options ?? null)),
      flinkOf(deps, { source, distribution, launcher, configuration }),
      of('jar', () => checkFiles(deps, source)),
      isSick && of('stop', () => refuseWhileNotRunning(deps, last)),
      manner.keep(source),
    ]);
  const asked = { file: sha256Of(text), allowNonRestoredState: request.allowNonRestoredState };
  const plan = launcher && configuration && { ...released, launcher, ...configuration.facts, ...asked, ...flink };
  const point = restore?.point === 'from-stop' ? last && pointOfStop(last, stopWith) : restore?.point;
  const risk = point && plan && riskOf(point, { ...plan, maxParallelism: configuration.maxParallelism });
  if (point) await of('stateRisk', () => (risk && !request.acceptStateRisk ? refuseRisk(risk) : null));
  const warnings = [
    source.warnings,
    ownership && handedOverSince(ownership.after, released),
    cordonWarnings,
    configuration?.warnings,
    restore?.warnings,
    foreignState && `starts from the state of ${foreignState}, as asked for`,
    resourceWarnings,
    queueWarnings,
    sweepWarnings,
    cluster && launcher && withoutLease(file, launcherOf(cluster, launcher).leaseOf(file)),
    risk,
  ].flatMap((some) => some ?? []);
  return { source, ownership, foreignState, stopWith, plan, restore, warnings, looked, problems };
}

interface Prepared {
  readonly source: Source;
  readonly distribution: FoundDistribution | null;
  readonly launcher: LauncherName | null;
  readonly configuration: Configuration | null;
}

/** The distribution of a start, and whether it uses class archives; null while a problem stands in the way of the start itself. */
async function flinkOf(
  deps: Dependencies,
  { source, distribution, launcher, configuration }: Prepared,
): Promise<Pick<DeploymentPlan, 'distribution' | 'classArchive'>> {
  if (!distribution || !launcher || !configuration) return { distribution: null, classArchive: null };
  const { file, shipped, plan } = source;
  const { cluster, jar } = plan;
  const { options } = configuration;
  const candidate = { cluster, launcher, file, jar, shipped, options };
  return {
    distribution: distribution.folder,
    classArchive: await chooseClassArchive(deps, distribution, candidate),
  };
}

function refuseRisk(risk: string): never {
  throw new SluiceError('StateRisk', risk);
}

/** Facts about the point that stopping the running instance will give. */
const pointOfStop = ({ flinkVersion, stateBackend, maxParallelism }: Deployment, stopWith: StopWith) => ({
  kind: stopWith === 'savepoint' ? ('savepoint' as const) : ('checkpoint' as const),
  flinkVersion,
  stateBackend,
  maxParallelism,
});

/** @throws SluiceError `RestorePointBroken` when retention is deleting the point. */
const unlessRetiring =
  (readFence: FenceOnce) =>
  async <T extends { readonly point: Checked['restorePoint'] }>(checked: T): Promise<T> => {
    if (checked.point !== 'from-stop') refuseRetiring((await readFence()).retiring, checked.point?.path ?? null);
    return checked;
  };
