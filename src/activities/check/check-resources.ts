/** Whether the cluster has room for what is asked for: its queue, its largest container, its nodes. */
import type { YarnClient } from '../../clients/yarn/yarn.ts';
import type { DeploymentFile } from '../../domain/deployment-file/deployment-file.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { memoryMegabytes } from '../../domain/input/memory-size.ts';
import type { Cluster } from '../dependencies/dependencies.ts';

interface Container {
  readonly memoryMb: number;
  readonly vcores: number;
}

/** Asks for the largest container that a cluster gives. */
export type LargestContainer = (yarn: YarnClient) => Promise<Container>;

/** Asks with a new application id, which is then taken. */
export const toldWithAnId: LargestContainer = async (yarn) => (await yarn.newApplication()).maximum;

/**
 * The same, without taking an id: what the configuration of the scheduler allows, and no more than the largest node has,
 * as the ResourceManager reckons (ClusterNodeTracker.getMaxAllowedAllocation, Hadoop 3.4). Schedulers that do not tell
 * count by their nodes alone.
 */
export const toldByTheScheduler: LargestContainer = async (yarn) => {
  const [queues, nodes] = await Promise.all([yarn.queues(), yarn.nodes()]);
  const allowed = queues[0]?.maximum ?? { memoryMb: Infinity, vcores: Infinity };
  const usable = nodes.filter(({ state }) => state === 'RUNNING');
  // No node has reported yet; `checkResources` refuses such a cluster by its total size.
  if (usable.length === 0) return allowed;
  const largest = (sizes: readonly number[], most: number) => Math.min(most, Math.max(...sizes));
  return {
    memoryMb: largest(
      usable.map(({ usedMb, availableMb }) => usedMb + availableMb),
      allowed.memoryMb,
    ),
    vcores: largest(
      usable.map(({ usedVcores, availableVcores }) => usedVcores + availableVcores),
      allowed.vcores,
    ),
  };
};

/** The memory of all containers of a job, in MiB. */
export function neededMb({ job, jobManager, taskManager }: DeploymentFile): number {
  const taskManagers = Math.ceil(job.parallelism / taskManager.slots);
  return memoryMegabytes(jobManager.memory) + taskManagers * memoryMegabytes(taskManager.memory);
}

/** Refuses a file that asks for more than the cluster has, or for a larger container than it gives. */
export async function checkResources(
  cluster: Cluster,
  file: DeploymentFile,
  largestContainer: LargestContainer,
): Promise<string[]> {
  const { name, yarn, elastic = false } = cluster;
  const [maximum, metrics] = await Promise.all([largestContainer(yarn), yarn.metrics()]);
  // After a restart nodes take some seconds to come back, so this is tried again like a silent cluster.
  if (metrics.totalMb === 0 && !elastic)
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
  const needed = neededMb(file);
  if (needed > metrics.totalMb && !elastic) {
    throw new SluiceError(
      'ResourcesTooLarge',
      `the job needs ${needed} MiB in all; cluster ${name} has ${metrics.totalMb} MiB and does not grow by its configuration (elastic)`,
    );
  }
  return needed > metrics.availableMb
    ? [`cluster ${name} has ${metrics.availableMb} MiB free now, the job needs ${needed} MiB`]
    : [];
}
