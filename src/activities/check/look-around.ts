/** The checks of a start that ask S3, YARN and the JobManager at the same time. */
import type { StopWith } from '../../domain/operation/operation.ts';
import type { Fence } from '../../domain/lock/fence.ts';
import type { LauncherName } from '../../domain/identity/launcher-name.ts';
import { refuseRetiring } from '../../domain/lock/retiring.ts';
import type { newFindings } from '../../domain/plan/preflight.ts';
import type { DeploymentsOnce } from '../../records/deployments.ts';
import type { FenceOnce } from '../../records/fences.ts';
import type { Cluster, Dependencies } from '../dependencies/dependencies.ts';
import type { DeploymentPlan } from '../../domain/deployment/deployment.ts';
import { chooseClassArchive, type FoundDistribution } from '../distribution/class-archive.ts';
import { refuseWhileNotRunning } from '../instance/not-running-now.ts';
import type { Configuration } from './check-configuration.ts';
import { checkCordon } from './check-cordon.ts';
import { checkHandover } from './check-handover.ts';
import { checkOwnState } from './check-owner.ts';
import { checkQueue } from './check-queue.ts';
import { checkFiles, type Source } from './check-release.ts';
import { checkResources } from './check-resources.ts';
import { checkRestorePoint } from './check-restore-point.ts';
import type { Checked, CheckInput, Manner } from './checked.ts';
import { sweep } from './sweep.ts';

interface Around extends Manner {
  readonly of: ReturnType<typeof newFindings>['of'];
  readonly deployments: DeploymentsOnce;
  readonly source: Source;
  readonly stopWith: StopWith;
  readonly cluster: Cluster | null;
  readonly launcher: LauncherName | null;
  readonly configuration: Configuration | null;
  readonly distribution: FoundDistribution | null;
}

/** Asks S3, YARN and the JobManager at the same time what none of them needs to know from another. */
export async function lookAround(deps: Dependencies, input: CheckInput, around: Around) {
  const { job, request, last, running, isChecked = false } = input;
  const { of, deployments, source, stopWith, cluster, launcher, configuration, readFence, keep } = around;
  const { file, plan } = source;
  const old = running ? last : null;
  // People hotfix jobs that crash. Such a job cannot be stopped with a savepoint, so this is said before it is tried.
  const changes = (request.hotfix ?? { kind: 'keep' }).kind !== 'keep';
  const isSick = changes && request.stopWith === null && stopWith === 'savepoint';
  const upgrade = old && cluster && launcher && configuration ? { cluster, launcher, file, old } : null;
  const options = configuration?.options ?? null;
  const [cordon, restore, resources, strangers, foreignState, queue, handover, flink] = await Promise.all([
    of('cordon', () => checkCordon(deps, plan.cluster, isChecked)),
    of('restorePoint', () =>
      checkRestorePoint(deps, { ...input, stopWith, deployments }, file.job.type).then(unlessRetiring(readFence)),
    ),
    cluster && of('resources', () => checkResources(cluster, file, around.largestContainer)),
    of('instances', async () => lookForStrangers(deps, input, source, await readFence())),
    of('ownState', () => checkOwnState(deps, request, { job, readFence, deployments })),
    cluster && of('queue', () => checkQueue(cluster, file, options)),
    upgrade && of('handover', () => checkHandover({ ...upgrade, options: options ?? {} })),
    flinkOf(deps, around),
    of('jar', () => checkFiles(deps, source)),
    isSick && old && of('stop', () => refuseWhileNotRunning(deps, old)),
    keep(source),
  ]);
  return { cordon, restore, resources, strangers, foreignState, queue, handover, flink };
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

/** @throws SluiceError `RestorePointBroken` when retention is deleting the point. */
const unlessRetiring =
  (readFence: FenceOnce) =>
  async <T extends { readonly point: Checked['restorePoint'] }>(checked: T): Promise<T> => {
    if (checked.point !== 'from-stop') refuseRetiring((await readFence()).retiring, checked.point?.path ?? null);
    return checked;
  };

/** The distribution of a start, and whether it uses class archives; null while a problem stands in the way of the start itself. */
async function flinkOf(
  deps: Dependencies,
  {
    source,
    distribution,
    launcher,
    configuration,
  }: Pick<Around, 'source' | 'distribution' | 'launcher' | 'configuration'>,
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
