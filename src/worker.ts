/** The worker: makes what activities use, and polls Temporal. `npm run stack` starts it. */
import { fileURLToPath } from 'node:url';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './activities/index.ts';
import { notifierPace, type NotifierParts } from './activities/dependencies/notifier.ts';
import { campaignSettings } from './activities/dependencies/campaign-settings.ts';
import { releaseWatchSettings } from './activities/dependencies/release-watch-settings.ts';
import { watchSettings } from './activities/dependencies/watch-settings.ts';
import type { Cluster, Dependencies } from './activities/dependencies/dependencies.ts';
import { createChannels } from './clients/channels/channels.ts';
import { createFlinkClient } from './clients/flink/flink.ts';
import { createS3Client } from './clients/s3/s3.ts';
import { createYarnClient } from './clients/yarn/yarn.ts';
import {
  channelSecretsFromEnvironment,
  loadConfig,
  signingKeyFromEnvironment,
  temporalApiKeyFromEnvironment,
  type Config,
} from './config.ts';
import { waitsQueueOf } from './domain/identity/task-queues.ts';
import { messageOf } from './domain/errors/message-of.ts';
import { durationMs } from './domain/input/durations.ts';
import { timeLimits } from './domain/time-limits.ts';
import { createLaunchers, warmUpsOf } from './launchers/create-launchers.ts';
import { createDistributions } from './launchers/distribution.ts';
import { createCampaignJobs } from './temporal/campaigns/campaign-jobs.ts';
import { createTemporalClient } from './temporal/connection/client.ts';
import { whyNoConnection } from './temporal/connection/connection-failures.ts';
import { connectWorker } from './temporal/connection/connection.ts';
import { createJobFeed } from './temporal/jobs/job-feed.ts';
import { createReleasedJobs } from './temporal/jobs/released-jobs.ts';
import { createSigning } from './temporal/connection/signer.ts';
import { createSchedules } from './temporal/schedules.ts';
import { ensureSearchAttributes } from './temporal/search-attributes.ts';
import { createWatchedJobs } from './temporal/jobs/watched-jobs.ts';
import { keepWatching } from './temporal/watches.ts';
import { bundleWorkflows, payloadConverterPath, versionOf } from './temporal/worker-options.ts';

function createDependencies(config: Config, client: Client, signing: Dependencies['signing']): Dependencies {
  const { signer } = signing;
  const s3 = createS3Client(config.s3);
  const distributions = createDistributions(s3, config.flink.distributions, config.agent ?? null);
  const clusters = config.clusters.map((cluster): Cluster => {
    const yarn = createYarnClient(cluster);
    const { name, flinkConfig, elastic } = cluster;
    const launchers = createLaunchers(config, cluster, { s3, yarn, distributions });
    const warmUps = warmUpsOf(config, cluster, { s3, yarn, distributions });
    return { name, yarn, launchers, flinkConfig, elastic, warmUps };
  });
  return {
    installation: config.installation,
    s3,
    flink: createFlinkClient(),
    clusters: new Map(clusters.map((cluster) => [cluster.name, cluster])),
    flinkVersions: Object.keys(config.flink.distributions),
    flinkConfig: config.flink.config,
    submitWindowMs: timeLimits.submitWindow,
    signing,
    jobs: createWatchedJobs(client, signer),
    schedules: createSchedules(client, config.temporal.taskQueue, signer !== null),
    watch: {
      ...watchSettings,
      goneAfterMs: durationMs(config.failover.goneAfter),
      witnesses: config.failover.witnesses.map((url) => new URL(url)),
    },
    releasedJobs: createReleasedJobs(client, config.temporal.taskQueue, signer),
    releaseWatch: { ...releaseWatchSettings, everyMs: durationMs(config.releases.watchEvery) },
    notifier: createNotifier(config, client),
    campaignJobs: createCampaignJobs(client, config.temporal.taskQueue),
    campaign: campaignSettings,
    lookEveryMs: 5_000,
    nodesReportWithinMs: 15 * 60_000,
    runningAgainMs: 30_000,
  };
}

/** Null where no channel is configured. */
function createNotifier({ notifications: settings, installation, api }: Config, client: Client): NotifierParts | null {
  const names = Object.keys(settings.channels);
  if (names.length === 0) return null;
  const secrets = channelSecretsFromEnvironment(names);
  const channels = createChannels({ settings, installation, publicUrl: api.publicUrl ?? null, secrets });
  return { settings, channels, follow: () => createJobFeed(client), pace: notifierPace };
}

async function main(): Promise<void> {
  const config = loadConfig();
  const { namespace, taskQueue } = config.temporal;
  const signing = createSigning(config.signing, signingKeyFromEnvironment());
  const access = { ...config.temporal, apiKey: temporalApiKeyFromEnvironment() };
  const { logger } = Runtime.instance();
  const [workflowBundle, temporal] = await Promise.all([bundleWorkflows(), connectWorker(access, logger)]);
  await ensureSearchAttributes(temporal.connection, namespace).catch(async (failure: unknown) => {
    throw isGrpcServiceError(failure) ? new Error(await whyNoConnection(access, failure), { cause: failure }) : failure;
  });
  const client = createTemporalClient(temporal.connection, namespace);
  const common = {
    connection: temporal.newest(),
    namespace,
    dataConverter: { payloadConverterPath },
    activities: createActivities(createDependencies(config, client, signing)),
    // Waits of operations are activities too.
    maxConcurrentActivityTaskExecutions: 2_000,
    shutdownGraceTime: '2s',
    ...versionOf(config.temporal),
  } as const;
  const worker = await Worker.create({
    ...common,
    taskQueue,
    workflowBundle,
    // Idle jobs need no place in memory: a run that is not kept is replayed at its next event. The SDK's own bound follows the
    // heap, and is some thousands, each of half a megabyte and more.
    maxCachedWorkflows: 500,
  });
  const waits = await Worker.create({ ...common, taskQueue: waitsQueueOf(taskQueue) });
  temporal.serve(worker);
  temporal.serve(waits);
  logger.info('worker ready', { taskQueue, namespace, buildId: config.temporal.buildId });
  const notified = Object.keys(config.notifications.channels).length === 0 ? null : config.installation;
  const watches = keepWatching({ client, taskQueue, clusters: config.clusters, bucket: config.s3.bucket, notified });
  await Promise.all([worker.run(), waits.run()]);
  watches.stop();
  await temporal.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((failure: unknown) => {
    Runtime.instance().logger.error(`the worker ends: ${messageOf(failure)}`, { error: failure });
    // The connection and the runtime of the SDK would keep the process.
    process.exit(1);
  });
}
