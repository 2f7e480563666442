/** Asks the clusters how they are, for people. */
import type { QueueReport } from '../../clients/yarn/queues.ts';
import type { YarnClient } from '../../clients/yarn/yarn.ts';
import type { ClusterConfig } from '../../config.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import type { ClusterItem, QueueItem } from '../cluster-contract.ts';

/** Short, because a page must not hang with a cluster. */
const ASK_DEADLINE_MS = 2_000;
const QUEUES_DEADLINE_MS = 4_000;

type Asked = Pick<YarnClient, 'info' | 'metrics'>;

/** Makes an item for each configured cluster, or for the named one; the item of a silent cluster says why. */
export function createClusterList(
  clusters: readonly ClusterConfig[],
  clientOf: (cluster: ClusterConfig) => Asked,
  now: () => number = Date.now,
): (name?: string) => Promise<ClusterItem[]> {
  const clients = clusters.map((cluster) => ({ cluster, client: clientOf(cluster) }));
  /** Since when each silent cluster has not answered. */
  const silent = new Map<string, string>();
  return async (wanted) => {
    const asked = clients.filter(({ cluster }) => wanted === undefined || cluster.name === wanted);
    return await Promise.all(
      asked.map(async ({ cluster, client }): Promise<ClusterItem> => {
        const { name, zone, resourceManager, launchers } = cluster;
        const fields = { name, zone, resourceManager, launchers: [...launchers] };
        const askedAt = new Date(now()).toISOString();
        try {
          const answer = await ask(client);
          silent.delete(name);
          return { ...fields, ...answer };
        } catch (failure) {
          const unreachableSince = silent.get(name) ?? askedAt;
          silent.set(name, unreachableSince);
          return { ...fields, ...SILENT, problem: messageOf(failure), unreachableSince };
        }
      }),
    );
  };
}

const SILENT = {
  reachable: false,
  version: null,
  activeNodes: null,
  nodes: null,
  runningApplications: null,
  memoryMb: null,
  vcores: null,
} as const;

async function ask(client: Asked) {
  const options = { deadlineMs: ASK_DEADLINE_MS };
  const [info, metrics] = await Promise.all([client.info(options), client.metrics(options)]);
  const { activeNodes: active, unhealthyNodes, lostNodes, decommissionedNodes } = metrics;
  return {
    reachable: true,
    ...{ problem: null, unreachableSince: null },
    version: info.version,
    activeNodes: active,
    nodes: { active, unhealthy: unhealthyNodes, lost: lostNodes, decommissioned: decommissionedNodes },
    runningApplications: metrics.runningApplications,
    memoryMb: { total: metrics.totalMb, available: metrics.availableMb },
    vcores: { total: metrics.totalVcores, available: metrics.availableVcores },
  };
}

/** The queues from the root down; null when the cluster does not tell them in time. */
export async function readQueues(client: Pick<YarnClient, 'queues'>): Promise<QueueItem[] | null> {
  const queues = await client.queues({ deadlineMs: QUEUES_DEADLINE_MS }).catch(() => null);
  return queues?.map(itemOf) ?? null;
}

function itemOf({ mayCreate: _mayCreate, nodeLabels: _nodeLabels, maximum, load, ...queue }: QueueReport): QueueItem {
  return { ...queue, ...load, maxContainer: maximum };
}
