/** Everything that can be wrong with a start is looked for here, while the old instance runs untouched. */
import { createHash } from 'node:crypto';
import type { StartSource } from './check-release.ts';
import { isTerminal, LIVE_STATES } from '../clients/yarn-replies.ts';
import type { Deployment, DeploymentPlan } from '../domain/deployment.ts';
import { SluiceError } from '../domain/errors.ts';
import { unclosed } from '../domain/fence.ts';
import { jobTagOf } from '../domain/identity.ts';
import { memoryMegabytes } from '../domain/memory-size.ts';
import type { DeploymentFile } from '../domain/deployment-file.ts';
import { effectiveConfig } from '../domain/effective-config.ts';
import { jobManagerMemory } from '../domain/job-manager-memory.ts';
import { isOlderThanStopSavepoint, type From, type RestorePoint } from '../domain/restore-point.ts';
import { textKey } from '../domain/storage-keys.ts';
import { platformDefaults } from '../launchers/platform-defaults.ts';
import { checkJar, readSource } from './check-release.ts';
import { clusterOf, type Cluster, type Dependencies } from './dependencies.ts';
import { readFence } from './fence-store.ts';
import { resolvePoint } from './restore-points.ts';

export interface CheckInput {
  readonly job: string;
  readonly operationId: string;
  readonly request: {
    readonly source: StartSource;
    readonly from: From;
    /** Null: as the deployment file says. */
    readonly stopWith: StopWith | null;
    readonly allowNonRestoredState: boolean;
    readonly discardNewerState: boolean;
  };
  readonly last: Deployment | null;
  /** The one before it that ran. */
  readonly before: Deployment | null;
  readonly running: boolean;
}

/** How the running instance is taken down. */
export type StopWith = 'savepoint' | 'none';

export interface Checked {
  readonly plan: DeploymentPlan;
  readonly stopWith: StopWith;
  /** `stop-savepoint`: the one that stopping the running instance will take. */
  readonly restorePoint: RestorePoint | null | 'stop-savepoint';
  readonly warnings: readonly string[];
}

export const createCheckStart = (deps: Dependencies) => ({
  async checkStart({ job, request, last, before, running }: CheckInput): Promise<Checked> {
    const source = await readSource(deps, job, request.source);
    const { file, plan: released } = source;
    const cluster = clusterOf(deps, file.placement.cluster);
    if (!deps.flinkVersions.includes(file.flink.version)) {
      throw new SluiceError(
        'UnknownFlinkVersion',
        `Flink ${file.flink.version} is not provided; there are ${deps.flinkVersions.join(', ')}`,
      );
    }
    const stopWith = request.stopWith ?? declaredStop(file);
    refuseUnknownLauncher(cluster, file);
    checkConfiguration(deps, cluster, file);
    const [restore, resourceWarnings, sweepWarnings] = await Promise.all([
      checkRestorePoint(deps, { job, request, last, before, running, stopWith }),
      checkResources(cluster, file),
      sweep(deps, { job, file, last, running }),
      checkJar(deps, released.jar, file.job.entryClass),
      deps.s3.putIfAbsent(textKey(sha256(source.text)), source.text, 'application/yaml'),
    ]);
    return {
      plan: { ...released, file: sha256(source.text), allowNonRestoredState: request.allowNonRestoredState },
      stopWith,
      restorePoint: restore.point,
      warnings: [...restore.warnings, ...resourceWarnings, ...sweepWarnings],
    };
  },
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a deployment file may ask for that this version does not do is refused, never replaced by something else. */
function declaredStop({ name, upgrade }: DeploymentFile): StopWith {
  if (upgrade.stopWith !== 'checkpoint') return upgrade.stopWith;
  throw new SluiceError(
    'InvalidDeploymentFile',
    `upgrade.stopWith of ${name} is checkpoint, which is not supported yet; use savepoint`,
  );
}

function refuseUnknownLauncher({ name }: Cluster, { upgrade }: DeploymentFile): void {
  if (upgrade.launcher === 'auto' || upgrade.launcher === 'direct') return;
  throw new SluiceError(
    'LauncherUnavailable',
    `upgrade.launcher is ${upgrade.launcher}; cluster ${name} offers direct`,
  );
}

/** What the platform and the cluster add is merged and divided here once, before the old instance is touched. */
function checkConfiguration(deps: Dependencies, { flinkConfig }: Cluster, file: DeploymentFile): void {
  const platform = { ...platformDefaults, ...deps.flinkConfig };
  const { entries } = effectiveConfig({ platform, cluster: flinkConfig, file, hotfix: null, framework: {} });
  const config = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  jobManagerMemory(memoryMegabytes(file.jobManager.memory), config);
}

async function checkRestorePoint(
  deps: Dependencies,
  { job, request, last, before, running, stopWith }: Omit<CheckInput, 'operationId'> & { stopWith: StopWith },
): Promise<{ point: Checked['restorePoint']; warnings: string[] }> {
  const { from } = request;
  if (!running) return resolvePoint(deps, { from, last, before, job });
  if (from === 'fresh') return { point: null, warnings: ['starts without state, as asked for'] };
  if (!isOlderThanStopSavepoint(from)) {
    if (stopWith === 'savepoint') return { point: 'stop-savepoint', warnings: [] };
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

/**
 * No application of this job lives anywhere but the one that we know: found by tag, by application name, and by the
 * names that the job had before. A cluster that does not answer is a warning, unless the job is placed there or has a
 * start there that nobody closed.
 */
async function sweep(
  deps: Dependencies,
  { job, file, last, running }: { job: string; file: DeploymentFile; last: Deployment | null; running: boolean },
): Promise<string[]> {
  const names = [job, ...file.yarn.legacyNames];
  const { fence } = await readFence(deps.s3, job);
  const places = new Set([file.placement.cluster, last?.cluster, ...unclosed(fence).map(({ cluster }) => cluster)]);
  const warnings = await Promise.all(
    [...deps.clusters.values()].map(async ({ name, yarn }) => {
      const live = await yarn.applications({ states: [...LIVE_STATES] }).catch((error: unknown) => {
        if (!places.has(name) && error instanceof SluiceError && error.code === 'ClusterUnreachable') return null;
        throw error;
      });
      if (!live) return [`cluster ${name} does not answer; nothing of ${job} was ever left open there`];
      const stranger = live.find(
        (app) =>
          !isTerminal(app.state) &&
          (app.tags.includes(jobTagOf(job)) || names.includes(app.name)) &&
          !(running && app.id === last?.applicationId),
      );
      if (stranger) {
        throw new SluiceError(
          'ForeignInstance',
          `application ${stranger.id} of user ${stranger.user} on cluster ${name} is ${stranger.state} and carries the name or tag of ${job}`,
        );
      }
      return [];
    }),
  );
  return warnings.flat();
}
