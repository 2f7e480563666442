/** Everything that can be wrong with a start is looked for here, while the old instance runs untouched. */
import type { StartSource } from './check-release.ts';
import type { Deployment, DeploymentPlan } from '../domain/deployment.ts';
import { SluiceError } from '../domain/errors.ts';
import { rulesOf, type JobType } from '../domain/job-type.ts';
import { memoryMegabytes } from '../domain/memory-size.ts';
import type { DeploymentFile } from '../domain/deployment-file.ts';
import { effectiveConfig } from '../domain/effective-config.ts';
import { jobManagerMemory } from '../domain/job-manager-memory.ts';
import type { HotfixChange } from '../domain/hotfix.ts';
import type { StopWith } from '../domain/operation.ts';
import { isWhatStoppingGives, riskOf, type From, type RestorePoint } from '../domain/restore-point.ts';
import { textKey } from '../domain/storage-keys.ts';
import { platformDefaults } from '../launchers/platform-defaults.ts';
import { checkJar, readSource, type Source } from './check-release.ts';
import { chosenLauncher, clusterOf, type Cluster, type Dependencies } from './dependencies.ts';
import { refuseWhileNotRunning } from './not-running-now.ts';
import { resolvePoint } from './restore-points.ts';
import { sha256Of } from './sha256.ts';
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
    /** Absent, as a worker of an earlier release asked: the hotfix is kept. */
    readonly hotfix?: HotfixChange;
  };
  readonly last: Deployment | null;
  /** The one before it that ran. */
  readonly before: Deployment | null;
  readonly running: boolean;
}

export interface Checked {
  readonly plan: DeploymentPlan;
  readonly stopWith: StopWith;
  /** `from-stop`: the savepoint that stopping will take, or with `stopWith: checkpoint` the newest checkpoint then. */
  readonly restorePoint: RestorePoint | null | 'from-stop';
  readonly warnings: readonly string[];
}

export async function checkStart(
  deps: Dependencies,
  { job, request, last, before, running }: CheckInput,
): Promise<Checked> {
  const change = request.hotfix ?? { kind: 'keep' };
  const source = await readSource(deps, job, { source: request.source, change, last });
  const { file, plan: released } = source;
  const cluster = clusterOf(deps, file.placement.cluster);
  if (!deps.flinkVersions.includes(file.flink.version)) {
    throw new SluiceError(
      'UnknownFlinkVersion',
      `Flink ${file.flink.version} is not provided; there are ${deps.flinkVersions.join(', ')}`,
    );
  }
  const stopWith = request.stopWith ?? file.upgrade.stopWith ?? rulesOf(file.job.type).stopWith;
  const launcher = chosenLauncher(cluster, source.launcher);
  const { stateBackend, maxParallelism } = checkConfiguration(deps, cluster, source);
  // A hotfix is what a job gets that dies again and again: why it cannot be stopped as usual is said before it is tried.
  if (change.kind !== 'keep' && running && last && request.stopWith === null && stopWith === 'savepoint')
    await refuseWhileNotRunning(deps, last);
  const [restore, resourceWarnings, sweepWarnings] = await Promise.all([
    checkRestorePoint(deps, { job, request, last, before, running, stopWith }, file.job.type),
    checkResources(cluster, file),
    sweep(deps, {
      job,
      legacyNames: file.yarn.legacyNames,
      places: [file.placement.cluster, last?.cluster],
      known: [running ? last?.applicationId : undefined],
      knownStart: running ? last?.flinkJobId : undefined,
    }),
    checkJar(deps, released.jar, file.job.entryClass),
    deps.s3.putIfAbsent(textKey(sha256Of(source.text)), source.text, 'application/yaml'),
  ]);
  const plan: DeploymentPlan = {
    ...released,
    launcher,
    file: sha256Of(source.text),
    stateBackend,
    allowNonRestoredState: request.allowNonRestoredState,
  };
  const point = restore.point === 'from-stop' ? last && pointOfStop(last, stopWith) : restore.point;
  const risk = point && riskOf(point, { ...plan, maxParallelism });
  if (risk && !request.acceptStateRisk) throw new SluiceError('StateRisk', risk);
  return {
    plan,
    stopWith,
    restorePoint: restore.point,
    warnings: [...source.warnings, ...restore.warnings, ...resourceWarnings, ...sweepWarnings, ...(risk ? [risk] : [])],
  };
}

/** What is known beforehand of the point that stopping the running instance gives. */
const pointOfStop = ({ flinkVersion, stateBackend, maxParallelism }: Deployment, stopWith: StopWith) => ({
  kind: stopWith === 'checkpoint' ? ('checkpoint' as const) : ('savepoint' as const),
  flinkVersion,
  stateBackend,
  maxParallelism,
});

/**
 * What the platform and the cluster add is merged and divided here once, before the old instance is touched.
 * @returns what decides which state can be read: the backend that Flink will use (`state.backend.type`, before 1.17
 * `state.backend`), and the maximum parallelism, null where the program or Flink decides it.
 */
function checkConfiguration(
  deps: Dependencies,
  { flinkConfig }: Cluster,
  { declared, file, plan: { hotfix } }: Source,
): { stateBackend: string; maxParallelism: number | null } {
  const platform = { ...platformDefaults, ...deps.flinkConfig };
  const { entries } = effectiveConfig({ platform, cluster: flinkConfig, file: declared, hotfix, framework: {} });
  const config = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  jobManagerMemory(memoryMegabytes(file.jobManager.memory), config);
  const maxParallelism = Number(config['pipeline.max-parallelism'] ?? -1);
  return {
    stateBackend: config['state.backend.type'] ?? config['state.backend'] ?? 'hashmap',
    maxParallelism: maxParallelism > 0 ? maxParallelism : null,
  };
}

async function checkRestorePoint(
  deps: Dependencies,
  { job, request, last, before, running, stopWith }: Omit<CheckInput, 'operationId'> & { stopWith: StopWith },
  type: JobType,
): Promise<{ point: Checked['restorePoint']; warnings: string[] }> {
  // There is nothing to go on from; whoever knows better names it.
  if (request.from === null && !rulesOf(type).keepsState) return { point: null, warnings: [] };
  const from = request.from ?? 'latest';
  if (!running) return resolvePoint(deps, { from, last, before, job });
  if (from === 'fresh') return { point: null, warnings: ['starts without state, as asked for'] };
  if (isWhatStoppingGives(from, stopWith)) {
    if (stopWith !== 'none') return { point: 'from-stop', warnings: [] };
    throw new SluiceError(
      'DiscardsNewerState',
      `${job} runs, and stopWith: none takes no savepoint to go on from; name from: fresh or a restore point`,
    );
  }
  if (!request.discardNewerState) {
    throw new SluiceError('DiscardsNewerState', `${job} runs, and ${from} is older than what it has done since`);
  }
  return resolvePoint(deps, { from, last, before, job });
}

/** The queue takes applications, and what is asked for fits the cluster's largest container. */
async function checkResources({ name, yarn }: Cluster, file: DeploymentFile): Promise<string[]> {
  const [queues, { maximum }, metrics] = await Promise.all([yarn.queues(), yarn.newApplication(), yarn.metrics()]);
  const leaves = queues.filter((queue) => queue.leaf);
  const queue = leaves.find((leaf) => leaf.path === file.yarn.queue || leaf.name === file.yarn.queue);
  const known = leaves.map((leaf) => leaf.name).join(', ');
  if (!queue)
    throw new SluiceError('QueueNotFound', `cluster ${name} has no queue ${file.yarn.queue}; there are ${known}`);
  if (queue.state !== 'RUNNING')
    throw new SluiceError('QueueNotFound', `queue ${queue.path} of cluster ${name} is ${queue.state}`);
  if (queue.applications !== null && queue.maxApplications !== null && queue.applications >= queue.maxApplications) {
    throw new SluiceError(
      'QueueFull',
      `queue ${queue.path} of cluster ${name} has ${queue.applications} applications, its maximum`,
    );
  }
  // After a restart it takes nodes some seconds to come back: it is asked again, as one that does not answer.
  if (metrics.totalMb === 0)
    throw new SluiceError('ClusterUnreachable', `no node of cluster ${name} has reported to its ResourceManager`);
  const wanted = [
    { what: 'jobManager', ...file.jobManager },
    { what: 'taskManager', ...file.taskManager },
  ];
  for (const { what, memory, vcores } of wanted) {
    const memoryMb = memoryMegabytes(memory);
    if (memoryMb > maximum.memoryMb) {
      throw new SluiceError(
        'ResourcesTooLarge',
        `${what}.memory is ${memory} (${memoryMb} MiB); a container of cluster ${name} has at most ${maximum.memoryMb} MiB`,
      );
    }
    if (vcores > maximum.vcores) {
      throw new SluiceError(
        'ResourcesTooLarge',
        `${what}.vcores is ${vcores}; a container of cluster ${name} has at most ${maximum.vcores}`,
      );
    }
  }
  const taskManagers = Math.ceil(file.job.parallelism / file.taskManager.slots);
  const needed = memoryMegabytes(file.jobManager.memory) + taskManagers * memoryMegabytes(file.taskManager.memory);
  if (needed > metrics.totalMb) {
    throw new SluiceError(
      'ResourcesTooLarge',
      `the job needs ${needed} MiB in all; cluster ${name} has ${metrics.totalMb} MiB`,
    );
  }
  return needed > metrics.availableMb
    ? [`cluster ${name} has ${metrics.availableMb} MiB free now, the job needs ${needed} MiB`]
    : [];
}
