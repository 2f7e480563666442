/**
 * The ResourceManager's replies lead to the addresses of proxies, so that faults reach NodeManagers and JobManagers that a
 * test cannot know in advance; Sluice's own clients read the replies.
 *
 * Seen to fail: without `amRPCAddress` among the roles, the JobManager is asked past its proxy.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFlinkClient } from '../../src/clients/flink/flink.ts';
import { createYarnClient, type YarnClient } from '../../src/clients/yarn/yarn.ts';
import { startClusterProxies, type ClusterProxies } from './cluster-proxies.ts';

const servers: Server[] = [];
let jobManager: string;
let nodeManager: string;
let proxies: ClusterProxies;
let yarn: YarnClient;

/** @returns `host:port` of a server that answers every path with what is given for it, else 404. */
async function serve(replies: Readonly<Record<string, unknown>>): Promise<string> {
  const server = createServer((request, response) => {
    const body = replies[new URL(request.url ?? '/', 'http://server').pathname];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeEach(async () => {
  jobManager = await serve({ '/jobs/abc/status': { status: 'RUNNING' } });
  nodeManager = await serve({ '/ws/v1/node/apps/application_1_1': { app: { containerids: ['container_1'] } } });
  const app = { id: 'application_1_1', state: 'RUNNING', amRPCAddress: jobManager, amHostHttpAddress: nodeManager };
  const waiting = { id: 'application_1_2', state: 'ACCEPTED', amRPCAddress: 'N/A', amHostHttpAddress: 'host:-1' };
  const container = { containerId: 'container_1', nodeHttpAddress: `http://${nodeManager}` };
  const resourceManager = await serve({
    '/ws/v1/cluster/info': { clusterInfo: { id: 1, startedOn: 1, state: 'STARTED', haState: 'ACTIVE' } },
    '/ws/v1/cluster/apps/application_1_1': { app },
    '/ws/v1/cluster/apps': { apps: { app: [app, waiting] } },
    '/ws/v1/cluster/nodes': { nodes: { node: [{ id: 'n', state: 'RUNNING', nodeHTTPAddress: nodeManager }] } },
    '/ws/v1/cluster/apps/application_1_1/appattempts/a/containers': { container: [container] },
  });
  proxies = await startClusterProxies({ resourceManager: `http://${resourceManager}` });
  yarn = createYarnClient({ name: 'yarn-a', resourceManager: proxies.url, user: 'test' });
});

afterEach(async () => {
  await proxies.close();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

test('the JobManager of an application is reached through a proxy, whose faults are switched by role', async () => {
  const address = (await yarn.application('application_1_1'))?.amAddress ?? '';
  expect(address).not.toBe(jobManager);
  const flink = createFlinkClient();
  expect(await flink.jobStatus(address, 'abc')).toBe('RUNNING');

  proxies.jobManager.dropAnswerOf({ path: /\/status$/ }, 1);
  await expect(flink.jobStatus(address, 'abc')).rejects.toMatchObject({ code: 'FlinkUnreachable' });
  expect(await flink.jobStatus(address, 'abc')).toBe('RUNNING');
  expect(proxies.jobManager.count({ method: 'GET', path: /\/status$/ })).toBe(3);
});

test('so is a NodeManager, in whichever reply and form its address is written', async () => {
  const addresses = [
    (await yarn.application('application_1_1'))?.amHostHttpAddress,
    (await yarn.nodes())[0]?.httpAddress,
    (await yarn.containers('application_1_1', 'a'))[0]?.nodeHttpAddress,
  ];
  expect(new Set(addresses).size).toBe(1);
  const address = addresses[0] ?? '';
  expect(address).not.toBe(nodeManager);
  expect(await yarn.containersOnNode(address, 'application_1_1')).toEqual(['container_1']);
  expect(proxies.nodeManager.seen).toHaveLength(1);
});

test('an address that is not known yet stays so', async () => {
  const [, waiting] = await yarn.applications();
  expect(waiting).toMatchObject({ id: 'application_1_2', amAddress: null, amHostHttpAddress: null });
});

test('a fault of the ResourceManager does not concern the others', async () => {
  const address = (await yarn.application('application_1_1'))?.amAddress ?? '';
  proxies.resourceManager.answerHtml({});
  await expect(yarn.nodes()).rejects.toMatchObject({ code: 'ClusterUnreachable' });
  expect(await createFlinkClient().jobStatus(address, 'abc')).toBe('RUNNING');
});
