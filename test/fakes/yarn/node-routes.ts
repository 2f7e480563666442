/** Routes of a fake NodeManager: the containers that it holds, and their logs. */
import type { FakeRoute } from '../server.ts';
import type { FakeCluster } from './cluster.ts';
import type { FakeNode, FakeYarnRoute } from './options.ts';
import { logFrame, ok, unknownApplication } from './replies.ts';

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
    name: 'containerLog',
    method: 'GET',
    path: /^\/ws\/v1\/node\/containers\/([^/]+)\/logs\/([^/]+)$/,
    handle: ({ params: [container = '', file = ''], query }) => {
      const app = [...cluster.applications.values()].find(({ id }) =>
        container.startsWith(id.replace('application', 'container')),
      );
      const text = app?.logs.get(file);
      if (text === undefined) return { status: 404, text: 'no such file' };
      return { status: 200, text: logFrame(container, file, text.slice(Number(query.get('size') ?? 0))) };
    },
  },
];
