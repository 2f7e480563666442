/** Routes of a fake NodeManager: the containers that it holds, and their logs. */
import type { FakeRoute } from '../server.ts';
import type { FakeCluster } from './cluster.ts';
import type { FakeNode, FakeYarnRoute } from './options.ts';
import { isTerminal } from '../../../src/clients/yarn/replies.ts';
import type { FakeReply } from '../transport.ts';
import { logFrame, ok, remoteException, unknownApplication } from './replies.ts';

/** @param told is called for each request, because the requests to all nodes are counted together. */
export const nodeRoutes = (
  cluster: FakeCluster,
  node: () => FakeNode | undefined,
  told: (route: FakeYarnRoute) => void = () => undefined,
): FakeRoute<FakeYarnRoute>[] => [
  {
    name: 'nodeApplication',
    method: 'GET',
    path: /^\/ws\/v1\/node\/apps\/([^/]+)$/,
    handle: ({ params: [id = ''] }) => {
      told('nodeApplication');
      const app = cluster.onNodes.get(id);
      const here = node();
      const containerids = app && here ? cluster.nodes.containersOn(here, app) : [];
      return app === undefined || containerids.length === 0
        ? unknownApplication(id)
        : ok({ app: { id, state: 'RUNNING', user: app.user, containerids } });
    },
  },
  {
    name: 'containerLogs',
    method: 'GET',
    path: /^\/ws\/v1\/node\/containers\/([^/]+)\/logs$/,
    handle: ({ params: [container = ''] }) => {
      told('containerLogs');
      const files = filesOn(cluster, node(), container);
      if (files === null)
        return elsewhere(cluster, container, '') ?? remoteException(503, 'WebApplicationException', UNKNOWN_CONTAINER);
      const listed = [...files].map(([fileName, text]) => ({
        fileName,
        fileSize: String(Buffer.byteLength(text)),
        lastModifiedTime: 'Mon Nov 30 03:02:45 +0000 2026',
      }));
      const info = listed.length === 0 ? {} : { containerLogInfo: listed };
      return ok({ containerLogsInfo: { ...info, logAggregationType: 'LOCAL', containerId: container } });
    },
  },
  {
    name: 'containerLog',
    method: 'GET',
    path: /^\/ws\/v1\/node\/containers\/([^/]+)\/logs\/([^/]+)$/,
    handle: ({ params: [container = '', file = ''], query }) => {
      told('containerLog');
      const files = filesOn(cluster, node(), container);
      const text = files?.get(file);
      if (files === null) {
        const away = elsewhere(cluster, container, `/${file}?${query.toString()}`);
        if (away) return away;
      }
      if (text === undefined) return { status: 404, text: 'no such file' };
      return { status: 200, text: logFrame(container, file, text.slice(Number(query.get('size') ?? 0))) };
    },
  },
];

const UNKNOWN_CONTAINER =
  "org.apache.hadoop.yarn.webapp.NotFoundException: java.lang.Exception: Unknown container. Container either has not started or has already completed or doesn't belong to this node at all.";

/** The log files of a container that a node hosts or hosted; null when it does not know the container. */
function filesOn(
  { onNodes, nodes, settings }: FakeCluster,
  here: FakeNode | undefined,
  container: string,
): ReadonlyMap<string, string> | null {
  const app = [...onNodes.values()].find(({ id }) => container.startsWith(id.replace('application', 'container')));
  if (!app || here === undefined || nodes.hostOf(container) !== here) return null;
  if (settings.logsDeleted && isTerminal(app.state)) return null;
  const own = [...app.logs].flatMap(([name, text]): [string, string][] => {
    const [of, file] = name.split('/');
    if (file === undefined) return container.endsWith('_000001') ? [[name, text]] : [];
    return of === container ? [[file, text]] : [];
  });
  return new Map(own);
}

/** The redirect to the log server (`NMWebServices.createRedirectResponse`, Hadoop 3.4). */
const elsewhere = ({ settings }: FakeCluster, container: string, rest: string): FakeReply | null =>
  settings.logServer === null
    ? null
    : { status: 307, text: '', headers: { location: `${settings.logServer}/containers/${container}/logs${rest}` } };
