/** Checks that the cluster has the queue and the node labels of a start, or creates the queue on demand. */
import type { QueueReport } from '../../clients/yarn/queues.ts';
import type { YarnClient } from '../../clients/yarn/yarn.ts';
import type { DeploymentFile } from '../../domain/deployment-file/deployment-file.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { FlinkConfig } from '../../domain/flink-options/flink-config.ts';
import type { Cluster } from '../dependencies/dependencies.ts';

/**
 * The queue takes applications, and may use the labels.
 * @returns warnings about what YARN decides only when the application comes.
 * @throws SluiceError `QueueNotFound`, `QueueFull`, `NodeLabelNotFound`.
 */
export async function checkQueue(
  { name, yarn }: Cluster,
  file: DeploymentFile,
  options: FlinkConfig | null,
): Promise<string[]> {
  const queues = await yarn.queues();
  const found = queueOf(queues, file.yarn.queue, name);
  if ('leaf' in found) refuseClosed(found, name);
  const labels = labelsOf(file, options ?? {});
  const ofLabels = labels.length === 0 ? [] : await checkLabels(yarn, labels, 'leaf' in found ? found : null);
  return ['leaf' in found ? [] : found.warning, ofLabels].flat();
}

function refuseClosed({ path, state, applications, maxApplications }: QueueReport, cluster: string): void {
  if (state !== 'RUNNING') throw new SluiceError('QueueNotFound', `queue ${path} of cluster ${cluster} is ${state}`);
  if (applications !== null && maxApplications !== null && applications >= maxApplications) {
    throw new SluiceError(
      'QueueFull',
      `queue ${path} of cluster ${cluster} has ${applications} applications, its maximum`,
    );
  }
}

/** Finds a queue by its path or its name, or a queue above it that may create it. */
function queueOf(queues: readonly QueueReport[], wanted: string, cluster: string): QueueReport | { warning: string } {
  const named = queues.filter(({ path, name }) => path === wanted || path === `root.${wanted}` || name === wanted);
  const queue = named.find(({ path }) => path === wanted) ?? named.find(({ path }) => path === `root.${wanted}`);
  const leaves = named.filter(({ leaf }) => leaf);
  const paths = leaves.map(({ path }) => path).join(', ');
  if (queue?.leaf !== true && leaves.length > 1) {
    throw new SluiceError(
      'QueueNotFound',
      `${wanted} names ${leaves.length} queues of cluster ${cluster}: write one of the paths ${paths}`,
    );
  }
  const leaf = queue?.leaf === true ? queue : leaves[0];
  if (leaf) return leaf;
  if (named.length === 0 && creatorOf(queues, wanted)) {
    return { warning: `cluster ${cluster} has no queue ${wanted} now, and may create it for the application` };
  }
  const parent = named[0];
  const known = queues.filter((one) => one.leaf).map((one) => one.path);
  const meant = known.filter((path) => path.endsWith(`.${wanted}`));
  throw new SluiceError(
    'QueueNotFound',
    parent
      ? `queue ${parent.path} of cluster ${cluster} is a parent, which takes no applications; there are ${known.join(', ')}`
      : `cluster ${cluster} has no queue ${wanted}; ${meant.length > 0 ? `write ${meant.join(' or ')}` : `there are ${known.join(', ')}`}`,
  );
}

/** Tells whether the nearest queue above that exists may create what is missing below it. */
function creatorOf(queues: readonly QueueReport[], wanted: string): boolean {
  const parts = (wanted.startsWith('root.') ? wanted : `root.${wanted}`).split('.');
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const path = parts.slice(0, length).join('.');
    const parent = queues.find((queue) => queue.path === path || (length === 2 && queue.name === parts[1]));
    if (parent) return parent.mayCreate;
  }
  return false;
}

interface WantedLabel {
  readonly field: string;
  readonly label: string;
}

/** Labels of the containers: of all, and of TaskManagers (Flink's `yarn.taskmanager.node-label`, which wins for them). */
function labelsOf({ yarn }: DeploymentFile, options: FlinkConfig): readonly WantedLabel[] {
  const all = yarn.nodeLabel ?? options['yarn.application.node-label'];
  const ofTaskManagers = options['yarn.taskmanager.node-label'];
  return [
    ...(all ? [{ field: 'yarn.nodeLabel', label: all }] : []),
    ...(ofTaskManagers ? [{ field: 'yarn.taskmanager.node-label', label: ofTaskManagers }] : []),
  ];
}

async function checkLabels(
  yarn: YarnClient,
  wanted: readonly WantedLabel[],
  queue: QueueReport | null,
): Promise<string[]> {
  const known = await yarn.nodeLabels();
  return wanted.flatMap(({ field, label }) => {
    const found = known.find(({ name }) => name === label);
    if (!found) {
      const there = known.length === 0 ? 'it has none' : `there are ${known.map(({ name }) => name).join(', ')}`;
      throw new SluiceError(
        'NodeLabelNotFound',
        `cluster ${yarn.name} has no node label ${label} (${field}); ${there}`,
      );
    }
    const usable = queue?.nodeLabels ?? ['*'];
    if (!usable.includes('*') && !usable.includes(label)) {
      throw new SluiceError(
        'NodeLabelNotFound',
        `queue ${queue?.path ?? ''} of cluster ${yarn.name} may not use the node label ${label} (${field})`,
      );
    }
    return found.activeNodes === 0
      ? [`no node with the label ${label} runs now on cluster ${yarn.name} (${field})`]
      : [];
  });
}
