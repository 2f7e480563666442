/** Names that people bring along from the Flink Kubernetes operator, from Flink's CLI and from other deployers. */

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'flink.config': ['flinkConfiguration', 'flinkConfig', 'flinkConf', 'flinkProperties', 'configuration', 'conf'],
  'flink.version': ['flinkVersion'],
  'job.jar': ['jarURI', 'jarUri', 'jarUrl', 'jarFile', 'jarPath', 'jarName', 'jobJar'],
  'job.entryClass': [
    'mainClass',
    'entrypointClass',
    'entryPointClass',
    'entryPoint',
    'entrypoint',
    'className',
    'main',
  ],
  'job.args': ['programArgs', 'programArguments', 'arguments', 'mainArgs', 'argv'],
  'job.type': ['jobType', 'runtimeMode', 'executionMode'],
  'job.parallelism': ['defaultParallelism', 'jobParallelism'],
  name: ['jobName', 'applicationName', 'metadata'],
  environment: ['env', 'namespace', 'stage'],
  owner: ['owners', 'maintainer', 'maintainers'],
  'owner.team': ['teamName'],
  'placement.cluster': ['clusterName', 'yarnCluster', 'region', 'zone'],
  'placement.backups': ['backupClusters', 'failoverClusters'],
  jobManager: ['jobmanager', 'job_manager', 'jm'],
  taskManager: ['taskmanager', 'task_manager', 'tm', 'taskManagers'],
  'jobManager.memory': ['jobManagerMemory', 'jobmanagerMemory', 'jmMemory'],
  'taskManager.memory': ['taskManagerMemory', 'taskmanagerMemory', 'tmMemory'],
  'taskManager.slots': ['taskSlots', 'numberOfTaskSlots', 'slotsPerTaskManager', 'taskManagerSlots'],
  'yarn.queue': ['yarnQueue', 'queueName'],
  'yarn.tags': ['yarnTags', 'applicationTags'],
  'yarn.nodeLabel': ['nodeLabelExpression'],
  'upgrade.stopWith': ['upgradeMode'],
  'upgrade.launcher': ['deploymentMode', 'deploymentTarget', 'submitMode'],
  'upgrade.onFailedStart': ['onFailure', 'rollbackOnFailure'],
  'recovery.restart': ['restartPolicy', 'autoRestart'],
  'recovery.failover': ['failoverPolicy'],
  links: ['urls'],
  labels: ['annotations'],
};

const canonicalOf: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([ours, theirs]) => theirs.map((name) => [name, ours] as const)),
);

/** Names that stand for no field here, and what to do instead. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['savepointTriggerNonce', 'take a savepoint with `sluice savepoint <job>`'],
  ['restartNonce', 'restart with `sluice restart <job>`'],
  ['initialSavepointPath', 'a restore point is chosen by the operation: `sluice deploy --from <path>`'],
  ['savepointPath', 'a restore point is chosen by the operation: `sluice deploy --from <path>`'],
  ['allowNonRestoredState', 'it is decided for one operation: `sluice deploy --allow-non-restored-state`'],
  ['state', 'whether the job runs is asked for by operations: `sluice stop <job>`, `sluice resume <job>`'],
  ['suspended', 'whether the job runs is asked for by operations: `sluice stop <job>`, `sluice resume <job>`'],
  ['spec', 'there is no spec here: its fields stand at the top level'],
  ['image', 'there are no containers of your own on YARN: use flink.version and job.jar'],
  ['podTemplate', 'there are no pods on YARN: use jobManager, taskManager and yarn'],
  ['serviceAccount', 'there are no service accounts on YARN'],
  ['ingress', 'there is no ingress on YARN'],
  ['replicas', 'YARN starts as many TaskManagers as job.parallelism needs'],
  ['resource', 'use memory and vcores'],
  ['resources', 'use memory and vcores'],
  ['cpu', 'use vcores'],
  ['cpus', 'use vcores'],
  ['checkpointInterval', 'use flink.config: {execution.checkpointing.interval: 10s}'],
  ['checkpointing', 'use flink.config: {execution.checkpointing.interval: 10s}'],
  ['jvmOptions', 'use flink.config: {env.java.opts.all: …}'],
  ['envVars', 'use flink.config: {containerized.master.env.NAME: …, containerized.taskmanager.env.NAME: …}'],
]);

/** What to say of a foreign name: the field here, or what to do instead. Null for a name that is not known. */
export function adviceForForeignName(name: string): string | null {
  const ours = canonicalOf.get(name);
  return ours === undefined ? (INSTEAD.get(name) ?? null) : `here it is called "${ours}"`;
}

/** Edits between two words: insertions, deletions, replacements and swaps of neighbours. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const replaced = (last[column - 1] ?? 0) + (same ? 0 : 1);
      const swapped =
        a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? (beforeLast[column - 2] ?? Infinity) + 1
          : Infinity;
      current.push(Math.min(replaced, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** The word that somebody who wrote `word` most likely meant, or null when none is near. */
export function nearest(word: string, words: readonly string[]): string | null {
  if (word.length > 64) return null;
  const near = words
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.candidate ?? null;
}
