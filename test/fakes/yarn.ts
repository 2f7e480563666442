/** A YARN cluster in memory that speaks the ResourceManager's and NodeManager's REST API over HTTP. */
import type { ApplicationState } from '../../src/clients/yarn/replies.ts';
import { type FakeServer, startFakeServer } from './server.ts';
import type { FakeReply } from './transport.ts';
import { applicationRoutes, attemptRoutes } from './yarn/application-routes.ts';
import { clusterRoutes, nodeListRoute } from './yarn/cluster-routes.ts';
import { FakeCluster } from './yarn/cluster.ts';
import { nodeRoutes } from './yarn/node-routes.ts';
import type {
  FakeApplication,
  FakeEnd,
  FakeNode,
  FakeNodeState,
  FakeYarnOptions,
  FakeYarnRoute,
} from './yarn/options.ts';

export type { FakeApplication, FakeYarnRoute } from './yarn/options.ts';

export interface FakeYarn extends FakeServer<FakeYarnRoute> {
  readonly applications: Map<string, FakeApplication>;
  /** Submissions that made an application: a repeated one does not count. */
  readonly submissions: string[];
  /** Bodies of submissions that were refused by `rejectNextSubmission`. */
  readonly refused: Readonly<Record<string, unknown>>[];
  /** ms that containers live on after the application is terminal; Infinity: until `releaseContainers`. */
  containersLinger: number;
  /** NodeManagers do not answer, while the ResourceManager does. */
  nodesSilent: boolean;
  /** No NodeManager has reported yet: the cluster has no memory at all. */
  nodesAway: boolean;
  /** The whole cluster is gone, and nothing heals it. Its applications may live on. */
  goneForGood: boolean;
  /** Nodes have deleted the logs of applications that ended, and know them no more (`yarn.nodemanager.log.retain-seconds`). */
  logsDeleted: boolean;
  /** Where nodes send questions about containers that they do not know (`yarn.log.server.web-service.url`); null: nowhere. */
  logServer: string | null;
  /** Memory that is free, MiB. */
  availableMb: number;
  /** The ResourceManager has just started and has not read its memory: applications are unknown, lists are empty. */
  recovering: boolean;
  /** When the ResourceManager began, which is part of the ids that it gives. */
  timestamp(): number;
  readonly nodes: readonly FakeNode[];
  /** A node is gone with all that ran there, and does not come back by itself: LOST, or DECOMMISSIONED in good order. */
  takeNode(index: number, state: FakeNodeState): Promise<void>;
  returnNode(index: number): void;
  /** After `forgetApplications` the nodes register anew, and end what the ResourceManager does not know. */
  nodesRegister(): void;
  releaseContainers(id: string): void;
  /** The next submission is refused with 400 and this message. */
  rejectNextSubmission(message?: string): void;
  /** Answers 307 to this address, as a standby; null: without a location ("no active RM"). `undefined`: active again. */
  standby(location: string | null | undefined): void;
  /** Moves an application to the next state on its way to RUNNING, or to the given one. */
  advance(id: string, state?: ApplicationState): Promise<void>;
  end(id: string, how?: FakeEnd): Promise<void>;
  /** Ends an application that the ResourceManager has forgotten; does nothing where it is of another cluster. */
  endOnNodes(application: FakeApplication): void;
  /** A client on the cluster submits an application, which gets an id of its own and runs. */
  launch(application: Pick<FakeApplication, 'name' | 'user' | 'tags' | 'submission'>): Promise<FakeApplication>;
  /** An application that somebody else started. */
  addApplication(application: { id: string } & Partial<FakeApplication>): FakeApplication;
  /**
   * Restarts the ResourceManager without recovery: ids are unknown. Containers live on until their nodes have registered
   * anew; `nodesFollow` says that the nodes have.
   */
  forgetApplications(how?: { readonly nodesFollow: boolean }): void;
}

export async function createFakeYarn(options: FakeYarnOptions = {}): Promise<FakeYarn> {
  const cluster = new FakeCluster(options);
  const server = await startFakeServer<FakeYarnRoute>(
    [
      ...clusterRoutes(cluster),
      ...applicationRoutes(cluster),
      nodeListRoute(cluster),
      ...attemptRoutes(cluster),
      ...nodeRoutes(cluster, () => cluster.nodes.all[0]),
    ],
    (path) => intercepted(cluster, path),
    undefined,
    options.transport,
  );
  cluster.address = server.address;
  cluster.nodes.add(server.address);
  const others = await Promise.all(
    Array.from({ length: (options.nodes ?? 2) - 1 }, () => startNode(cluster, server.asked, options.transport)),
  );
  const { applications, submissions, refused, settings, onNodes } = cluster;
  return Object.assign(settings, server, {
    applications,
    submissions,
    refused,
    rejectNextSubmission: (message = 'Requested more memory than configured max') => void (cluster.rejection = message),
    standby: (location: string | null | undefined) => void (cluster.standby = location),
    advance: (id: string, state?: ApplicationState) => cluster.advance(id, state),
    end: (id: string, how?: FakeEnd) => cluster.end(id, how),
    endOnNodes: (application: FakeApplication) => cluster.endForgotten(application),
    addApplication: (application: { id: string } & Partial<FakeApplication>) => cluster.add(application),
    launch: async (application: Pick<FakeApplication, 'name' | 'user' | 'tags' | 'submission'>) => {
      const app = cluster.add({ ...application, id: cluster.newId(), state: 'NEW' });
      cluster.submitted(app);
      await cluster.run(app.id);
      return app;
    },
    timestamp: () => cluster.startedOn,
    nodes: cluster.nodes.all,
    takeNode: (index: number, state: FakeNodeState) => cluster.takeNode(index, state),
    returnNode: (index: number) => cluster.returnNode(index),
    nodesRegister: () => cluster.register(),
    releaseContainers: (id: string) => cluster.releaseContainers(cluster.applicationOf(id)),
    forgetApplications: (how = { nodesFollow: false }) => cluster.forget(how),
    healthy: () => {
      server.healthy();
      cluster.healthy();
    },
    close: async () => {
      for (const { flink } of onNodes.values()) await flink?.close();
      await Promise.all([server, ...others].map((one) => one.close()));
    },
  });
}

/** Starts a node with a server of its own; the first node answers where the ResourceManager does. */
async function startNode(
  cluster: FakeCluster,
  asked: FakeYarnRoute[],
  transport: FakeYarnOptions['transport'],
): Promise<FakeServer<FakeYarnRoute>> {
  const started: { node?: FakeNode } = {};
  const server = await startFakeServer<FakeYarnRoute>(
    nodeRoutes(
      cluster,
      () => started.node,
      (route) => asked.push(route),
    ),
    () => (cluster.settings.nodesSilent || started.node?.isSilent ? 'cut' : null),
    undefined,
    transport,
  );
  started.node = cluster.nodes.add(server.address);
  return server;
}

/** Requests that never reach their route: nodes that are silent, and a ResourceManager that is a standby. */
function intercepted({ settings, standby, nodes }: FakeCluster, path: string): FakeReply | 'cut' | null {
  const isSilent = settings.nodesSilent || nodes.all[0]?.isSilent;
  if (isSilent && path.startsWith('/ws/v1/node/')) return 'cut';
  if (standby === undefined || path === '/ws/v1/cluster/info' || path.startsWith('/ws/v1/node')) return null;
  if (standby === null)
    return { status: 307, text: 'There is no active RM right now. Will retry', headers: { refresh: '3' } };
  return {
    status: 307,
    text: `This is standby RM. The redirect url is: ${standby}`,
    headers: { location: `${standby}${path}` },
  };
}
