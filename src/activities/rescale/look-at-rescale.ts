/** Looks whether a change of the hotfix can reach the running job in place. Only reads. */
import type { Checkpoints } from '../../clients/flink/checkpoints.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import {
  onlyParallelismDiffers,
  problemOfScheduler,
  problemOfVertices,
  type RescaleAnswer,
} from '../../domain/deployment/rescale.ts';
import { isCode, SluiceError } from '../../domain/errors/errors.ts';
import { hotfixedFile } from '../../domain/hotfix/apply.ts';
import type { HotfixChange } from '../../domain/hotfix/hotfix.ts';
import { formatDuration } from '../../domain/input/durations.ts';
import { deploymentsOnce } from '../../records/deployments.ts';
import { readConfiguration } from '../../records/texts.ts';
import { clusterOf, clusterOfInstance, type Dependencies } from '../dependencies/dependencies.ts';
import { checkConfiguration } from '../check/check-configuration.ts';
import { readSource, type Source } from '../check/check-release.ts';
import { checkResources, toldByTheScheduler } from '../check/check-resources.ts';

export interface RescaleQuestion {
  /** The deployment that runs. */
  readonly deployment: Deployment;
  readonly change: HotfixChange;
}

const restarted = (why: string, isAdaptive: boolean): RescaleAnswer => ({
  how: 'restarted',
  why,
  ...(isAdaptive ? { isAdaptive } : {}),
});

/** Failures after which a start is tried, whose own checks say all that is wrong. */
const LEFT_TO_A_START = [
  'HotfixRefused',
  'InvalidDeploymentFile',
  'DeploymentFileNotFound',
  'JarMissing',
  'UnknownCluster',
  'ResourcesTooLarge',
  'MoveRefused',
  'ClusterUnreachable',
  'ClusterRejected',
  'FlinkUnreachable',
  'FlinkRejected',
  'NotFound',
] as const;

/** Decides by the deployment file, the configuration of the running instance, and by what Flink says of it now. */
export async function lookAtRescale(
  deps: Dependencies,
  { deployment, change }: RescaleQuestion,
): Promise<RescaleAnswer> {
  let isAdaptive = false;
  try {
    const { job } = deployment;
    const deployments = deploymentsOnce(deps.s3, job);
    const source = await readSource(deps, job, {
      source: { again: deployment },
      change,
      last: deployment,
      deployments,
    });
    const problem = problemOfFile(deployment, source) ?? (await problemOfConfiguration(deps, deployment, source));
    isAdaptive = problem === null;
    const why = problem ?? (await problemOfInstance(deps, deployment, source.file.job.parallelism));
    if (why !== null) return restarted(why, isAdaptive);
    await checkResources(clusterOf(deps, deployment.cluster), source.file, toldByTheScheduler);
    const { hotfix, parallelism: to } = source.plan;
    return { how: 'rescaled', from: deployment.parallelism, to, hotfix, warnings: source.warnings };
  } catch (error) {
    if (error instanceof SluiceError && isCode(error, ...LEFT_TO_A_START)) return restarted(error.message, isAdaptive);
    throw error;
  }
}

function problemOfFile({ parallelism, hotfix }: Deployment, { declared, file }: Source): string | null {
  if (!onlyParallelismDiffers(hotfixedFile(declared, hotfix, 'accepted'), file))
    return 'more than the parallelism changes';
  return file.job.parallelism === parallelism ? `the parallelism stays ${parallelism}` : null;
}

/** @throws SluiceError `InvalidDeploymentFile` where the parallelism does not fit the configuration. */
async function problemOfConfiguration(
  deps: Dependencies,
  { cluster, configuration }: Deployment,
  source: Source,
): Promise<string | null> {
  const entries = configuration === null ? null : await readConfiguration(deps.s3, configuration);
  if (entries === null) return 'the configuration of the running instance is not known';
  const problem = problemOfScheduler(entries);
  if (problem === null) checkConfiguration(deps, clusterOf(deps, cluster), source);
  return problem;
}

async function problemOfInstance(deps: Dependencies, deployment: Deployment, to: number): Promise<string | null> {
  const { cluster, applicationId, flinkJobId, parallelism: from, maxCheckpointAge } = deployment;
  const address = (await clusterOfInstance(deps, cluster).yarn.application(applicationId))?.amAddress ?? null;
  if (address === null) return `application ${applicationId} has no JobManager now`;
  const [job, checkpoints, requirements] = await Promise.all([
    deps.flink.job(address, flinkJobId),
    deps.flink.checkpoints(address, flinkJobId),
    deps.flink.requirements(address, flinkJobId),
  ]);
  if (requirements === null) return 'Flink says that the scheduler of the running job cannot rescale it';
  if (!job?.allTasksRunning)
    return `Flink job ${flinkJobId} is ${job?.state ?? 'unknown'}, and not all of its tasks run`;
  return problemOfVertices({ from, to }, requirements, job.vertices) ?? problemOfAge(checkpoints, maxCheckpointAge);
}

/** Flink brings the tasks up from the newest checkpoint, so that one is bound by the same age as for a stop with it. */
function problemOfAge(checkpoints: Checkpoints | null, mostMs: number): string | null {
  const newest = checkpoints?.latestCompleted ?? null;
  if (newest === null) return 'no checkpoint has completed yet, and Flink would go back to the beginning';
  const ageMs = Date.now() - newest.completedAt;
  return ageMs > mostMs
    ? `checkpoint ${newest.id} is ${formatDuration(Math.round(ageMs / 1000) * 1000)} old; upgrade.maxCheckpointAge allows ${formatDuration(mostMs)}`
    : null;
}
