/** Routes of a fake ResourceManager about the cluster as a whole. */
import type { FakeRoute } from '../server.ts';
import type { FakeCluster } from './cluster.ts';
import type { FakeNodeState, FakeYarnRoute } from './options.ts';
import { isBlanked } from './nodes.ts';
import { ok, schedulerJson } from './replies.ts';

export const clusterRoutes = (cluster: FakeCluster): FakeRoute<FakeYarnRoute>[] => [
  {
    name: 'info',
    method: 'GET',
    path: /^\/ws\/v1\/cluster\/info$/,
    handle: () =>
      ok({
        clusterInfo: {
          id: cluster.startedOn,
          startedOn: cluster.startedOn,
          state: 'STARTED',
          haState: cluster.settings.recovering ? 'INITIALIZING' : 'ACTIVE',
          resourceManagerVersion: '3.4.3',
        },
      }),
  },
  {
    name: 'metrics',
    method: 'GET',
    path: /^\/ws\/v1\/cluster\/metrics$/,
    handle: () =>
      ok({
        clusterMetrics: {
          activeNodes: nodesIn(cluster, 'RUNNING'),
          lostNodes: nodesIn(cluster, 'LOST'),
          unhealthyNodes: 0,
          decommissionedNodes: nodesIn(cluster, 'DECOMMISSIONED'),
          appsPending: 0,
          appsRunning: cluster.applications.size,
          totalMB: cluster.settings.nodesAway ? 0 : 8192,
          availableMB: cluster.settings.nodesAway ? 0 : cluster.settings.availableMb,
          allocatedMB: 0,
          totalVirtualCores: 4,
          availableVirtualCores: 4,
          allocatedVirtualCores: 0,
          containersPending: 0,
        },
      }),
  },
  {
    name: 'queues',
    method: 'GET',
    path: /^\/ws\/v1\/cluster\/scheduler$/,
    handle: () => ok(schedulerJson(cluster.queues, cluster.maximum, [...cluster.applications.values()])),
  },
  {
    name: 'nodeLabels',
    method: 'GET',
    path: /^\/ws\/v1\/cluster\/get-node-labels$/,
    handle: () =>
      ok(
        cluster.nodeLabels.length === 0
          ? {}
          : { nodeLabelInfo: cluster.nodeLabels.map((name) => ({ name, exclusivity: true, activeNMs: 1 })) },
      ),
  },
];

const nodesIn = ({ settings, nodes }: FakeCluster, wanted: FakeNodeState): number =>
  settings.nodesAway ? 0 : nodes.all.filter(({ state }) => state === wanted).length;

export const nodeListRoute = (cluster: FakeCluster): FakeRoute<FakeYarnRoute> => ({
  name: 'nodes',
  method: 'GET',
  path: /^\/ws\/v1\/cluster\/nodes$/,
  handle: () =>
    ok({
      nodes: {
        node: (cluster.settings.nodesAway ? [] : cluster.nodes.all).map((node) => ({
          id: node.id,
          state: node.state,
          nodeHTTPAddress: isBlanked(node) ? '' : node.address,
          lastHealthUpdate: Date.now(),
          numContainers: 0,
          usedMemoryMB: 0,
          availMemoryMB: 8192,
          usedVirtualCores: 0,
          availableVirtualCores: 4,
        })),
      },
    }),
});
