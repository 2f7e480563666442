/** Every configured cluster is watched, as long as there is a worker. */
import type { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { watchIdOf } from './domain/identity.ts';
import { CLUSTER_WATCH_WORKFLOW } from './workflows/messages.ts';

/** A watch that somebody ended, or that met a worker with an older configuration, is back after this. */
const AGAIN_MS = 300_000;
const RETRY_MS = 10_000;
const DEADLINE_MS = 10_000;

interface Watches {
  readonly client: Client;
  readonly taskQueue: string;
  readonly clusters: readonly string[];
}

/** Starts what is not there, now and every few minutes; a Temporal that is slow or away is asked again. */
export function keepWatching({ client, taskQueue, clusters }: Watches): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const start = (cluster: string) =>
    client.workflow.start(CLUSTER_WATCH_WORKFLOW, {
      workflowId: watchIdOf(cluster),
      taskQueue,
      args: [{ cluster }],
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `Watches every job on cluster ${cluster}`,
    });

  async function startAll(): Promise<void> {
    let next = AGAIN_MS;
    try {
      await client.withDeadline(Date.now() + DEADLINE_MS, () => Promise.all(clusters.map(start)));
    } catch (error) {
      if (isStopped) return;
      next = RETRY_MS;
      const reason = error instanceof Error ? error.message : String(error);
      Runtime.instance().logger.warn('clusters are not watched yet', { clusters, reason });
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
