/** Foreign names: fields that people know from the Flink Kubernetes operator, Flink's CLI and other deployers. */

/** Foreign names by the field that means the same here. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'flink.config': ['flinkConfiguration', 'flinkConfig', 'flinkConf', 'flinkProperties', 'configuration', 'conf'],
  'flink.version': ['flinkVersion'],
  'job.jar': ['jarURI', 'jarUri', 'jarUrl', 'jarFile', 'jarPath', 'jarName', 'jobJar'],
  'job.jars': ['additionalJars', 'extraJars', 'dependencyJars', 'libJars', 'libs', 'classpaths', 'classpath'],
  'job.files': ['shipFiles', 'artifacts', 'additionalFiles', 'resourceFiles'],
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

/** Foreign names without a field here, each with what to do instead. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['savepointTriggerNonce', 'take a savepoint with `sluice savepoint <job>`'],
  ['restartNonce', 'restart with `sluice restart <job>`'],
  ['initialSavepointPath', 'each operation chooses its restore point: use `sluice deploy --from <path>`'],
  ['savepointPath', 'each operation chooses its restore point: use `sluice deploy --from <path>`'],
  ['allowNonRestoredState', 'each operation decides it: use `sluice deploy --allow-non-restored-state`'],
  ['state', 'operations start and stop a job: use `sluice stop <job>` and `sluice resume <job>`'],
  ['suspended', 'operations start and stop a job: use `sluice stop <job>` and `sluice resume <job>`'],
  ['spec', 'there is no spec here: write its fields at the top level'],
  ['image', 'YARN runs no images of your own: use flink.version and job.jar'],
  ['podTemplate', 'YARN has no pods: use jobManager, taskManager and yarn'],
  ['serviceAccount', 'YARN has no service accounts: remove the field'],
  ['ingress', 'YARN has no ingress: remove the field'],
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

/** Translates a foreign name into the field here, or into advice; null for any other name. */
export function adviceForForeignName(name: string): string | null {
  const ours = canonicalOf.get(name);
  return ours === undefined ? (INSTEAD.get(name) ?? null) : `here it is called "${ours}"`;
}
