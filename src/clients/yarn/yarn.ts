/** Client of one YARN cluster: the ResourceManager's REST API, and of the NodeManagers what the ResourceManager lacks. */
import { parseReply } from '../http.ts';
import { createApplications } from './applications.ts';
import { createNodeManagers } from './node-managers.ts';
import { SchedulerReply } from './queues.ts';
import { MetricsReply, NodeLabelsReply, NodesReply, type NodeReport } from './replies.ts';
import { ResourceManager, type YarnClientOptions } from './resource-manager.ts';
import { createSubmissions } from './submissions.ts';
import type { YarnClient } from './yarn-client.ts';

export type { ApplicationFilter, YarnClient } from './yarn-client.ts';

export function createYarnClient(options: YarnClientOptions): YarnClient {
  const manager = new ResourceManager(options);
  const cluster = createCluster(manager);
  return {
    name: options.name,
    ...cluster,
    nodesLately: shared(() => cluster.nodes()),
    ...createApplications(manager),
    ...createSubmissions(manager),
    ...createNodeManagers(options),
  };
}

type Cluster = Pick<YarnClient, 'info' | 'metrics' | 'queues' | 'nodes' | 'nodesLately' | 'nodeLabels'>;

/** Age in milliseconds up to which a listing of the nodes is shared. */
const LATELY_MS = 2_000;

/** Shares one listing among all who ask within some seconds; a listing that failed is not kept. */
function shared(nodes: () => Promise<NodeReport[]>): () => Promise<NodeReport[]> {
  let last: { readonly at: number; readonly listing: Promise<NodeReport[]> } | null = null;
  return () => {
    if (last && Date.now() - last.at < LATELY_MS) return last.listing;
    const listing = nodes();
    const look = { at: Date.now(), listing };
    last = look;
    listing.catch(() => {
      if (last === look) last = null;
    });
    return listing;
  };
}

/** The cluster as a whole: its age, its load, its queues and its nodes. */
const createCluster = (manager: ResourceManager): Omit<Cluster, 'nodesLately'> => ({
  info: (options) => manager.info(options),

  async metrics(options) {
    const { call, reply } = await manager.get('cluster/metrics', 'its metrics', options);
    return parseReply(call, MetricsReply, reply.body);
  },

  async queues(options) {
    const { call, reply } = await manager.get('cluster/scheduler', 'its queues', options);
    return parseReply(call, SchedulerReply, reply.body);
  },

  async nodes(options) {
    const { call, reply } = await manager.get('cluster/nodes', 'its nodes', options);
    return parseReply(call, NodesReply, reply.body).nodes;
  },

  async nodeLabels(options) {
    const { call, reply } = await manager.get('cluster/get-node-labels', 'its node labels', options);
    return parseReply(call, NodeLabelsReply, reply.body);
  },
});
