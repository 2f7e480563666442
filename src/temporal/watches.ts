/** Keeps the watches of every configured cluster and of the releases, and the notifier, running while there is a worker. */
import type { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { messageOf } from '../domain/errors/message-of.ts';
import { notificationWatchIdOf, releaseWatchIdOf, turnsIdOf, watchIdOf } from '../domain/identity/workflow-ids.ts';
import type { TurnLimits } from '../domain/turns/messages.ts';
import {
  CLUSTER_WATCH_WORKFLOW,
  NOTIFICATION_WATCH_WORKFLOW,
  RELEASE_WATCH_WORKFLOW,
  CLUSTER_TURNS_WORKFLOW,
  turnLimitsSignal,
  type ClusterTurnsInput,
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
  readonly clusters: readonly { readonly name: string; readonly recovery: TurnLimits }[];
  /** The bucket with the releases. */
  readonly bucket: string;
  /** The installation of which people are notified; null where no channel is configured. */
  readonly notified: string | null;
}

interface WatchToStart {
  readonly type: string;
  readonly workflowId: string;
  readonly input: ClusterWatchInput | ReleaseWatchInput | NotificationWatchInput | ClusterTurnsInput;
  readonly summary: string;
  /** Told to a watch that runs already, once for each worker, because the worker may have another configuration. */
  readonly limits?: TurnLimits;
}

/** Starts the watches that do not run, now and every few minutes, and sooner again while Temporal does not answer. */
export function keepWatching({ client, taskQueue, clusters, bucket, notified }: Watches): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const watches = [
    ...clusters.map(({ name }) => watchOfCluster(name)),
    ...clusters.map(turnsOfCluster),
    watchOfReleases(bucket),
    ...(notified === null ? [] : [watchForPeople(notified)]),
  ];

  const names = clusters.map(({ name }) => name);
  const told = new Set<string>();
  const start = async ({ type, workflowId, input, summary, limits }: WatchToStart): Promise<void> => {
    const options = {
      workflowId,
      taskQueue,
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: summary,
    } as const;
    if (limits === undefined || told.has(workflowId)) await client.workflow.start(type, { ...options, args: [input] });
    else {
      const signal = { signal: turnLimitsSignal, signalArgs: [limits] as [unknown] };
      await client.workflow.signalWithStart(type, { ...options, ...signal, args: [input] });
      told.add(workflowId);
    }
  };

  async function startAll(): Promise<void> {
    let next = AGAIN_MS;
    try {
      await client.withDeadline(Date.now() + DEADLINE_MS, () => Promise.all(watches.map(start)));
    } catch (error) {
      if (isStopped) return;
      next = RETRY_MS;
      const reason = messageOf(error);
      Runtime.instance().logger.warn('clusters and releases are not watched yet', { clusters: names, bucket, reason });
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

const turnsOfCluster = ({ name: cluster, recovery: limits }: Watches['clusters'][number]): WatchToStart => ({
  type: CLUSTER_TURNS_WORKFLOW,
  workflowId: turnsIdOf(cluster),
  input: { cluster, limits },
  summary: `Gives turns to jobs that Sluice brings up on cluster ${cluster} by itself`,
  limits,
});
