/** Client of one YARN cluster: the ResourceManager's REST API, and of the NodeManagers what the ResourceManager lacks. */
import { parseReply } from '../http.ts';
import { createApplications } from './applications.ts';
import { createNodeManagers } from './node-managers.ts';
import { SchedulerReply } from './queues.ts';
import { MetricsReply, NodeLabelsReply, NodesReply } from './replies.ts';
import { ResourceManager, type YarnClientOptions } from './resource-manager.ts';
import { createSubmissions } from './submissions.ts';
import type { YarnClient } from './yarn-client.ts';

export type { ApplicationFilter, YarnClient } from './yarn-client.ts';

export function createYarnClient(options: YarnClientOptions): YarnClient {
  const manager = new ResourceManager(options);
  return {
    name: options.name,
    ...createCluster(manager),
    ...createApplications(manager),
    ...createSubmissions(manager),
    ...createNodeManagers(options),
  };
}

/** The cluster as a whole: its age, its load, its queues and its nodes. */
const createCluster = (
  manager: ResourceManager,
): Pick<YarnClient, 'info' | 'metrics' | 'queues' | 'nodes' | 'nodeLabels'> => ({
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
