/** Keeps the watches of every configured cluster and of the releases, and the notifier, running while there is a worker. */
import type { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { messageOf } from '../domain/errors/message-of.ts';
import { notificationWatchIdOf, releaseWatchIdOf, watchIdOf } from '../domain/identity/workflow-ids.ts';
import {
  CLUSTER_WATCH_WORKFLOW,
  NOTIFICATION_WATCH_WORKFLOW,
  RELEASE_WATCH_WORKFLOW,
  type ClusterWatchInput,
  type NotificationWatchInput,
  type ReleaseWatchInput,
} from '../workflows/messages.ts';

/** A watch that somebody ended, or that ran on a worker with an older configuration, is started again after this time. */
const AGAIN_MS = 300_000;
const RETRY_MS = 10_000;
const DEADLINE_MS = 10_000;

interface Watches {
  readonly client: Client;
  readonly taskQueue: string;
  readonly clusters: readonly string[];
  /** The bucket with the releases. */
  readonly bucket: string;
  /** The installation of which people are notified; null where no channel is configured. */
  readonly notified: string | null;
}

interface WatchToStart {
  readonly type: string;
  readonly workflowId: string;
  readonly input: ClusterWatchInput | ReleaseWatchInput | NotificationWatchInput;
  readonly summary: string;
}

/** Starts the watches that do not run, now and every few minutes, and sooner again while Temporal does not answer. */
export function keepWatching({ client, taskQueue, clusters, bucket, notified }: Watches): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const watches = [
    ...clusters.map(watchOfCluster),
    watchOfReleases(bucket),
    ...(notified === null ? [] : [watchForPeople(notified)]),
  ];

  const start = ({ type, workflowId, input, summary }: WatchToStart) =>
    client.workflow.start(type, {
      workflowId,
      taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: summary,
    });

  async function startAll(): Promise<void> {
    let next = AGAIN_MS;
    try {
      await client.withDeadline(Date.now() + DEADLINE_MS, () => Promise.all(watches.map(start)));
    } catch (error) {
      if (isStopped) return;
      next = RETRY_MS;
      const reason = messageOf(error);
      Runtime.instance().logger.warn('clusters and releases are not watched yet', { clusters, bucket, reason });
    }
    if (!isStopped) timer = setTimeout(() => void startAll(), next);
  }

  void startAll();
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

const watchOfCluster = (cluster: string): WatchToStart => ({
  type: CLUSTER_WATCH_WORKFLOW,
  workflowId: watchIdOf(cluster),
  input: { cluster },
  summary: `Watches every job on cluster ${cluster}`,
});

const watchOfReleases = (bucket: string): WatchToStart => ({
  type: RELEASE_WATCH_WORKFLOW,
  workflowId: releaseWatchIdOf(bucket),
  input: { bucket },
  summary: `Watches the releases in ${bucket} and asks jobs for those that are to deploy themselves`,
});

const watchForPeople = (installation: string): WatchToStart => ({
  type: NOTIFICATION_WATCH_WORKFLOW,
  workflowId: notificationWatchIdOf(installation),
  input: { installation },
  summary: `Notifies people of what happens to the jobs of ${installation}`,
});
