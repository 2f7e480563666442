/**
 * Takes over an application that a person has started: looks at it from all sides, then writes it down. The application
 * runs on untouched.
 */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { refuseOtherEpoch } from '../../domain/lock/epoch.ts';
import { sameHolder, withStart, withStateFolder, type Fence, type Start } from '../../domain/lock/fence.ts';
import { ownershipOf, type Ownership } from '../../domain/identity/ownership.ts';
import { boundOf, refuseForeign, withOwnership } from '../../domain/lock/ownership.ts';
import { readAdoption, takeAdoption } from '../../records/adoptions.ts';
import { createDeployment, deploymentsOnce } from '../../records/deployments.ts';
import { keepDeploymentFile, keepShipped } from '../../records/texts.ts';
import { timesOf } from '../check/check-configuration.ts';
import { adoptedFolder } from '../check/check-owner.ts';
import { checkFiles, readSource } from '../check/check-release.ts';
import { noteTraces } from '../instance/traces.ts';
import { chosenLauncher, clusterOf, holderIn, now, type Dependencies } from '../dependencies/dependencies.ts';
import { changeFence, readFence } from '../../records/fences.ts';
import { findStranger } from './find-stranger.ts';
import { readProgram } from './read-program.ts';
import { settleStarts } from '../end/settle-starts.ts';

export interface AdoptInput {
  readonly job: string;
  readonly operationId: string;
  readonly request: {
    readonly release: string;
    readonly cluster: string | null;
    readonly application: string | null;
  };
  readonly startKey: string;
  readonly number: number;
  readonly runId: string;
  /** Newest epoch that the workflow knows: the next one is taken only right after it. */
  readonly knownEpoch: number;
  /** The deployment that ran last; absent, as a worker of an earlier release asked. */
  readonly last?: Deployment | null;
}

export interface AdoptionAnswer {
  readonly deployment: Deployment;
  readonly start: Start;
  readonly ownership: Ownership;
  readonly warnings: readonly string[];
}

export const createAdoptApplication = (deps: Dependencies) => ({
  /**
   * @throws SluiceError `NothingToAdopt`, `AdoptionRefused`, `ForeignInstance` when another one of the job lives too, or
   * `LockLost` when somebody else has acted on the job.
   */
  async adoptApplication(input: AdoptInput): Promise<AdoptionAnswer> {
    const { job, startKey, runId } = input;
    const { fence } = await readFence(deps.s3, job);
    const taken = fence.starts.find((start) => start.startKey === startKey);
    // An earlier attempt has taken the application, and its answer may be lost.
    const adoption =
      taken && sameHolder(taken.holder, holderIn(deps, runId)) ? await readAdoption(deps.s3, taken) : null;
    if (taken && adoption) return await writeDown(deps, adoption, taken, []);
    await settleStarts(deps, fence, { running: null, startKey });
    const { deployment, warnings } = await lookAt(deps, input, fence);
    await takeAdoption(deps.s3, deployment);
    return await writeDown(deps, deployment, await takeStart(deps, input, deployment), warnings);
  },
});

/** Asks YARN, Flink and the release for everything that the record of a deployment says. */
async function lookAt(
  deps: Dependencies,
  { job, operationId, request, startKey, number, last = null }: AdoptInput,
  fence: Fence,
): Promise<Pick<AdoptionAnswer, 'deployment' | 'warnings'>> {
  const deployments = deploymentsOnce(deps.s3, job);
  const source = await readSource(deps, job, {
    source: { release: request.release, launcher: null },
    change: { kind: 'drop' }, // the person who started it knew of no hotfix
    last: null,
    deployments,
  });
  const { text, file, plan, launcher } = source;
  refuseForeign(job, boundOf(fence, last), ownershipOf(plan));
  const stranger = await findStranger(deps, { job, file, fence, ...request });
  const cluster = clusterOf(deps, stranger.cluster);
  const [program, sha256] = await Promise.all([
    readProgram(deps, { job, file, report: stranger.report, deployments }),
    keepDeploymentFile(deps.s3, text),
    keepShipped(deps.s3, source.shipped),
    checkFiles(deps, source),
  ]);
  await noteTraces(deps, { job, cluster: cluster.name, applicationId: stranger.report.id }, stranger.report);
  const elsewhere =
    file.placement.cluster === cluster.name
      ? []
      : [`it runs on ${cluster.name}; the next deploy moves it to ${file.placement.cluster}, as the file says`];
  const { name, user, startedAt } = stranger.report;
  const { warnings, checkpoints, ...ofProgram } = program;
  return {
    deployment: {
      ...plan,
      ...timesOf(file, file.flink.config),
      ...ofProgram,
      ...{ distribution: null, classArchive: null, cluster: cluster.name },
      // The launcher of the next start.
      launcher: chosenLauncher(cluster, launcher),
      runner: null,
      file: sha256,
      allowNonRestoredState: false,
      number,
      operationId,
      startKey,
      epoch: Math.max(fence.epoch, stranger.epoch) + 1,
      applicationId: stranger.report.id,
      startedAt: startedAt === null ? now() : new Date(startedAt).toISOString(),
      configuration: null,
      verifiedAt: null,
      maxParallelism: null,
      nodes: [],
      ended: null,
      gated: false,
      lease: null,
      adopted: { name, user, checkpoints },
    },
    warnings: [...stranger.warnings, ...elsewhere, ...warnings],
  };
}

/** Enters the application into the fence as an open start, so that no other start may be submitted beside it. */
async function takeStart(deps: Dependencies, input: AdoptInput, deployment: Deployment): Promise<Start> {
  const { job, startKey, runId, knownEpoch } = input;
  const { number, cluster, applicationId, flinkJobId, epoch } = deployment;
  const fence = await changeFence(deps.s3, job, (before) => {
    refuseOtherEpoch(before, knownEpoch);
    const start = { startKey, deployment: number, flinkJobId, cluster, applicationId, adopted: true };
    const launcher = 'direct' as const; // its application is the one that the fence knows
    const bound = withOwnership(before, ownershipOf(deployment));
    const folder = adoptedFolder(deps, deployment);
    const following = withStateFolder({ ...bound, epoch: epoch - 1 }, folder);
    return withStart(following, { ...start, launcher, holder: holderIn(deps, runId), takenAt: now() }).fence;
  });
  const start = fence.starts.find((known) => known.startKey === startKey);
  if (!start) throw new SluiceError('Internal', `start ${startKey} of ${job} is missing from its own fence`);
  return start;
}

async function writeDown(
  { s3 }: Dependencies,
  deployment: Deployment,
  start: Start,
  warnings: readonly string[],
): Promise<AdoptionAnswer> {
  await createDeployment(s3, deployment);
  return { deployment, start, ownership: ownershipOf(deployment), warnings };
}
