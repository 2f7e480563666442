/** Asks the clusters how they are, for people. */
import type { YarnClient } from '../../clients/yarn/yarn.ts';
import type { ClusterConfig } from '../../config.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import type { ClusterItem } from '../cluster-contract.ts';

/** Short, because a page must not hang with a cluster. */
const ASK_DEADLINE_MS = 2_000;

/** Makes an item for each configured cluster; the item of a silent cluster says why. */
export function createClusterList(
  clusters: readonly ClusterConfig[],
  clientOf: (cluster: ClusterConfig) => Pick<YarnClient, 'info' | 'metrics'>,
): () => Promise<ClusterItem[]> {
  const clients = clusters.map((cluster) => ({ cluster, client: clientOf(cluster) }));
  return async () =>
    await Promise.all(
      clients.map(async ({ cluster, client }): Promise<ClusterItem> => {
        const { name, zone, resourceManager, launchers } = cluster;
        const fields = { name, zone, resourceManager, launchers: [...launchers] };
        try {
          const options = { deadlineMs: ASK_DEADLINE_MS };
          const [info, metrics] = await Promise.all([client.info(options), client.metrics(options)]);
          return {
            ...fields,
            reachable: true,
            problem: null,
            version: info.version,
            activeNodes: metrics.activeNodes,
            runningApplications: metrics.runningApplications,
            memoryMb: { total: metrics.totalMb, available: metrics.availableMb },
          };
        } catch (failure) {
          const problem = messageOf(failure);
          return {
            ...fields,
            reachable: false,
            problem,
            version: null,
            activeNodes: null,
            runningApplications: null,
            memoryMb: null,
          };
        }
      }),
    );
}
