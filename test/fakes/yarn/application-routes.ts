/** Routes of a fake ResourceManager about applications. */
import { isTerminal } from '../../../src/clients/yarn/replies.ts';
import type { FakeRoute } from '../server.ts';
import type { FakeReply } from '../transport.ts';
import type { FakeCluster } from './cluster.ts';
import type { FakeApplication, FakeYarnRoute } from './options.ts';
import { appJson, ok, remoteException, unknownApplication } from './replies.ts';
import { submit } from './submit.ts';

export const applicationRoutes = (cluster: FakeCluster): FakeRoute<FakeYarnRoute>[] => [
  {
    name: 'newApplication',
    method: 'POST',
    path: /^\/ws\/v1\/cluster\/apps\/new-application$/,
    handle: () => {
      return ok({ 'application-id': cluster.newId(), 'maximum-resource-capability': cluster.maximum });
    },
  },
  {
    name: 'submit',
    method: 'POST',
    path: /^\/ws\/v1\/cluster\/apps$/,
    handle: ({ body, query }) => submit(cluster, body, query.get('user.name') ?? 'dr.who'),
  },
  {
    name: 'applications',
    method: 'GET',
    path: /^\/ws\/v1\/cluster\/apps$/,
    handle: ({ query }) => {
      const states = query.get('states')?.split(',');
      const tags = query.get('applicationTags')?.split(',');
      const matching = (cluster.settings.recovering ? [] : [...cluster.applications.values()]).filter(
        (app) =>
          (states?.includes(app.state) ?? true) && (tags === undefined || app.tags.some((tag) => tags.includes(tag))),
      );
      return ok({ apps: matching.length === 0 ? {} : { app: matching.map((app) => appJson(app)) } });
    },
  },
  {
    name: 'application',
    method: 'GET',
    path: /^\/ws\/v1\/cluster\/apps\/([^/]+)$/,
    handle: ({ params }) => withApplication(cluster, params[0], (app) => ok({ app: appJson(app) })),
  },
  {
    name: 'kill',
    method: 'PUT',
    path: /^\/ws\/v1\/cluster\/apps\/([^/]+)\/state$/,
    handle: ({ params }) =>
      withApplication(cluster, params[0], async (app) => {
        const terminal = isTerminal(app.state);
        await cluster.end(app.id, { state: 'KILLED', diagnostics: `Application ${app.id} was killed by user sluice` });
        return { status: terminal ? 200 : 202, body: { state: app.state } };
      }),
  },
];

export const attemptRoutes = (cluster: FakeCluster): FakeRoute<FakeYarnRoute>[] => [
  {
    name: 'attempts',
    method: 'GET',
    path: /^\/ws\/v1\/cluster\/apps\/([^/]+)\/appattempts$/,
    handle: ({ params }) =>
      withApplication(cluster, params[0], (app) =>
        ok({
          appAttempts: {
            appAttempt: [
              {
                id: 1,
                appAttemptId: attemptId(app.id),
                startTime: app.startedAt,
                finishedTime: app.finishedAt,
                containerId: app.amNode ? `${app.id.replace('application', 'container')}_01_000001` : '',
                nodeHttpAddress: app.amNode?.address ?? '',
                nodeId: app.amNode?.id ?? '',
              },
            ],
          },
        }),
      ),
  },
  {
    name: 'containers',
    method: 'GET',
    path: /^\/ws\/v1\/cluster\/apps\/([^/]+)\/appattempts\/[^/]+\/containers$/,
    handle: ({ params }) =>
      withApplication(cluster, params[0], (app) =>
        ok(
          isTerminal(app.state) || app.containers.length === 0
            ? {}
            : {
                container: app.containers.map((containerId) => ({
                  containerId,
                  assignedNodeId: cluster.nodes.hostOf(containerId)?.id,
                  nodeHttpAddress: `http://${cluster.nodes.hostOf(containerId)?.address ?? ''}`,
                  containerState: 'RUNNING',
                })),
              },
        ),
      ),
  },
];

function withApplication(
  cluster: FakeCluster,
  id: string | undefined,
  handle: (app: FakeApplication) => FakeReply | Promise<FakeReply>,
): FakeReply | Promise<FakeReply> {
  if (id === undefined || !/^application_\d+_\d+$/.test(id))
    return remoteException(
      400,
      'BadRequestException',
      `java.lang.IllegalArgumentException: Invalid ApplicationId prefix: ${id ?? ''}`,
    );
  const app = cluster.settings.recovering ? undefined : cluster.applications.get(id);
  return app === undefined ? unknownApplication(id) : handle(app);
}

const attemptId = (id: string): string => `${id.replace('application', 'appattempt')}_000001`;
