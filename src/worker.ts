/** The worker: composition, and the program that `npm run stack` starts. */
import { fileURLToPath } from 'node:url';
import {
  NativeConnection,
  Runtime,
  Worker,
  bundleWorkflowCode,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { createActivities } from './activities/index.ts';
import type { Cluster, Dependencies } from './activities/dependencies.ts';
import { createFlinkClient } from './clients/flink.ts';
import { createS3Client } from './clients/s3.ts';
import { createYarnClient } from './clients/yarn.ts';
import { loadConfig, type Config } from './config.ts';
import { createDirectLauncher } from './launchers/direct.ts';
import { createDistributions } from './launchers/distribution.ts';
import { ensureSearchAttributes } from './search-attributes.ts';

export function createDependencies(config: Config): Dependencies {
  const s3 = createS3Client(config.s3);
  const distributions = createDistributions(s3, config.flink.distributions);
  const clusters = config.clusters.map((cluster): Cluster => {
    const yarn = createYarnClient(cluster);
    const { name, zone, flinkConfig, resourceScheme: scheme, user, applicationClasspath } = cluster;
    const launcher = createDirectLauncher({ s3, yarn, distributions, scheme, user, applicationClasspath });
    return { name, zone, yarn, launcher, flinkConfig };
  });
  return {
    installation: config.installation,
    s3,
    flink: createFlinkClient(),
    clusters: new Map(clusters.map((cluster) => [cluster.name, cluster])),
    flinkVersions: Object.keys(config.flink.distributions),
    flinkConfig: config.flink.config,
    submitWindowMs: 15_000,
  };
}

export const payloadConverterPath = fileURLToPath(new URL('./payload-converter.ts', import.meta.url));

export const bundleWorkflows = (): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows/index.ts', import.meta.url)),
    payloadConverterPath,
    logger: Runtime.instance().logger,
  });

async function main(): Promise<void> {
  const config = loadConfig();
  const { address, namespace, taskQueue } = config.temporal;
  const [workflowBundle, connection] = await Promise.all([bundleWorkflows(), NativeConnection.connect({ address })]);
  await ensureSearchAttributes(connection, namespace);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    dataConverter: { payloadConverterPath },
    activities: createActivities(createDependencies(config)),
    shutdownGraceTime: '2s',
  });
  Runtime.instance().logger.info('worker ready', { taskQueue, namespace });
  await worker.run();
  await connection.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
