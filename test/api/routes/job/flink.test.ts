/**
 * Flink's REST API through Sluice: reads of a list, asked of the JobManager of now. The JobManager here is a plain server that
 * answers as it likes, because Sluice believes nothing of it: the program of the job runs in its JVM.
 *
 * Seen to fail: with patterns of the list that fit a part of a path; without the bounds on size and on depth; with answers passed
 * on as they are.
 */
import {
  createServer,
  request as plainRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MOST_FLINK_BYTES } from '../../../../src/api/instances/flink-reads.ts';
import { createFlinkClient } from '../../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../../src/clients/yarn/yarn.ts';
import { createFakeFlink, type FakeFlink } from '../../../fakes/flink.ts';
import { createFakeYarn, type FakeYarn } from '../../../fakes/yarn.ts';
import { deployment } from '../../../support/deployment.ts';
import { startApp, type Answered, type App } from '../../start-app.ts';

const JOB = 'clicks-dev';
const ID = deployment.flinkJobId;
const VERTEX = 'a'.repeat(32);
const BELOW = `/api/v1/jobs/${JOB}/flink`;

let asked: IncomingMessage[] = [];
let answer: RequestListener;
let server: Server;
let fake: FakeFlink;
let yarn: FakeYarn;
let app: App;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  [fake, yarn] = [await createFakeFlink(), await createFakeYarn()];
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`; // of a server that listens on TCP
  yarn.addApplication({ id: deployment.applicationId, flink: { ...fake, address } });
  const client = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
  app = await startApp({ instances: { flink: createFlinkClient(), yarn: new Map([['yarn-a', client]]) } });
});
afterAll(async () => {
  await app.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await yarn.close();
});

const json =
  (body: unknown, status = 200): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

beforeEach(() => {
  asked = [];
  answer = json({ fine: true });
  app.gateway.put(JOB, { state: 'running', current: deployment });
});
afterEach(() => app.gateway.put(JOB, { state: 'running', current: deployment }));

const get = (path: string, headers: Record<string, string> = {}): Promise<Answered> =>
  app.send(`${BELOW}/${path}`, { headers });

/** Asks for a path as it is: `fetch` would take its dots out first. */
const getAsWritten = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    plainRequest({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });

/** GETs of Flink 1.20.1 and 2.1.0 that do more than read (`WebMonitorEndpoint`, and YARN's paths of it). */
const changes = [
  ...['yarn-cancel', 'yarn-stop', 'execution-result', `savepoints/${VERTEX}`, `checkpoints/${VERTEX}`].map(
    (one) => `jobs/${ID}/${one}`,
  ),
  ...[`rescaling/${VERTEX}`, `vertices/${VERTEX}/flamegraph`, `vertices/${VERTEX}/subtasks/0/flamegraph`].map(
    (one) => `jobs/${ID}/${one}`,
  ),
  ...['jars', 'jars/x.jar/plan', 'jars/x.jar/run', 'jars/upload', `savepoint-disposal/${VERTEX}`],
  ...[`datasets/delete/${VERTEX}`, 'datasets', 'cluster', 'jobmanager/thread-dump', 'jobmanager/profiler'],
  ...['taskmanagers/container_1_0002_01_000002/thread-dump', 'taskmanagers/container_1_0002_01_000002/profiler'],
];
/** GETs that show what a viewer may not see. */
const secrets = [
  ...['jobmanager/config', 'jobmanager/environment', `jobs/${ID}/jobmanager/config`],
  ...[`jobs/${ID}/jobmanager/environment`, 'jobmanager/log', 'jobmanager/logs', 'jobmanager/logs/jobmanager.log'],
  ...['jobmanager/stdout', 'taskmanagers/container_1_0002_01_000002/log'],
  ...['taskmanagers/container_1_0002_01_000002/logs/taskmanager.out', `jobs/${ID}/jobmanager/log-url`],
];
/** Paths that only look like one of the list. */
const disguised = [
  ...['overview/../jobmanager/config', '%2e%2e/jars', 'jobs/overview%2F..%2F..%2Fjars', 'overview%3Fx', 'overview%23'],
  ...['//evil.example/overview', 'overview%0d%0aHost:x', 'http:%2F%2Fevil.example', 'v1/jobmanager/config'],
  ...[
    `jobs/${ID}%00`,
    `jobs/${ID.toUpperCase()}`,
    'taskmanagers/..',
    'jobs/overview/',
    'OVERVIEW',
    'index.html',
    'jobs',
  ],
];

describe('a read', () => {
  it.each([
    'config',
    'overview',
    `jobs/${ID}`,
    `jobs/${ID}/vertices/${VERTEX}/subtasks/0/attempts/1`,
    `jobs/${ID}/checkpoints/details/7/subtasks/${VERTEX}`,
    'taskmanagers/container_e12_1700000000000_0002_01_000002/metrics',
  ])('%s reaches the JobManager, as JSON that no browser takes for anything else', async (path) => {
    const { status, body, headers } = await get(path);
    expect([status, body]).toEqual([200, expect.objectContaining({ fine: true })]);
    expect(asked.map(({ method, url }) => [method, url])).toEqual([['GET', `/${path}`]]);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('also comes with its slashes encoded, as a generated client sends them', async () => {
    expect((await get(encodeURIComponent(`jobs/${ID}/status`))).status).toBe(200);
    expect(asked[0]?.url).toBe(`/jobs/${ID}/status`);
  });

  it('takes the queries of metrics, and no other', async () => {
    const path = `jobs/${ID}/vertices/${VERTEX}/metrics`;
    expect((await get(`${path}?get=0.busy,0.idle%26x%3D1`)).status).toBe(200);
    expect(asked[0]?.url).toBe(`/${path}?get=0.busy%2C0.idle%26x%3D1`);
    expect((await get(`${path}?mode=cancel`)).body.code).toBe('InvalidRequest');
    expect(asked).toHaveLength(1);
  });

  it('passes on no cookie, no token, and nothing else of the caller', async () => {
    const mine = { cookie: 'sluice_session=slcs_mine', 'x-sluice-csrf': 'mine', 'x-forwarded-for': '10.0.0.1' };
    expect((await get('overview', { ...mine, referer: 'http://mine/' })).status).toBe(200);
    expect(JSON.stringify(asked[0]?.rawHeaders)).not.toMatch(/mine|10\.0\.0\.1|cookie|authorization/i);
    expect(asked[0]?.headers.host).not.toBe(new URL(app.url).host);
  });

  it('takes no header of the JobManager', async () => {
    answer = (_request, response) =>
      void response
        .writeHead(200, { 'set-cookie': 'a=b', 'content-type': 'text/html', refresh: '0', 'x-mine': '1' })
        .end('{}');
    const { headers, status } = await get('overview');
    expect([status, headers.get('set-cookie'), headers.get('refresh'), headers.get('x-mine')]).toEqual([
      ...[200, null, null, null],
    ]);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });
});

describe('a path that is not in the list', () => {
  it.each(changes)('%s, which changes something, is refused before anybody is asked', async (path) => {
    expect((await get(path)).body.code).toBe('NotFound');
    expect(asked).toEqual([]);
  });

  it.each(secrets)('%s, which shows secrets, is refused', async (path) => {
    expect((await get(path)).body.code).toBe('NotFound');
    expect(asked).toEqual([]);
  });

  it.each(disguised)('%s reaches nothing of the kind', async (path) => {
    const status = await getAsWritten(`${BELOW}/${path}`);
    expect(asked.map(({ url }) => url)).toEqual(status === 200 ? [expect.stringMatching(/^\/(jobs\/)?overview$/)] : []);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('is not taken with %s either', async (method) => {
    for (const path of ['overview', `jobs/${ID}`, `jobs/${ID}/stop`, 'cluster', `jobs/${ID}/exceptions`]) {
      const { status } = await app.send(`${BELOW}/${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect(status).toBe(405);
    }
    expect(asked).toEqual([]);
  });
});

describe('a JobManager that answers', () => {
  const html = '<html><script>alert(1)</script></html>';

  it.each<[string, RequestListener, string]>([
    ['a page', (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(html), ''],
    ['nothing', (_request, response) => void response.writeHead(200).end(), ''],
    ['half of it', (_request, response) => void response.writeHead(200).end('{"a":'), ''],
    ['too deep', (_request, response) => void response.writeHead(200).end('['.repeat(5_000) + ']'.repeat(5_000)), ''],
    ['too much', (_request, response) => void response.end(`${' '.repeat(MOST_FLINK_BYTES)}{}`), ''],
    [
      'with a redirect',
      (_request, response) => void response.writeHead(307, { location: 'http://evil.example/' }).end(html),
      '',
    ],
    [
      'with a redirect to a page',
      (_request, response) => void response.writeHead(302, { location: '/jars' }).end(html),
      '',
    ],
    [
      'with a redirect and JSON',
      (_request, response) => void response.writeHead(301, { location: '/jars' }).end('{}'),
      'FlinkRejected',
    ],
    ['a failure', json({ errors: ['Internal server error.'] }, 500), ''],
    [
      'that it knows no such job',
      json({ errors: [`org.apache.flink.NotFoundException: Job ${ID} not found`] }, 404),
      'NotFound',
    ],
    ['a refusal', json({ errors: ['no'] }, 400), 'FlinkRejected'],
  ])('%s: the caller gets a problem', async (_what, listener, code) => {
    answer = listener;
    const { body, headers, text } = await get(`jobs/${ID}`);
    expect(body.code).toBe(code === '' ? 'FlinkUnreachable' : code);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(text).not.toContain('<script');
    expect(text.length).toBeLessThan(2_000);
    expect(asked).toHaveLength(1);
  });

  it('without an end: the caller hears so in time, and the connection is cut', async () => {
    const cut = new Promise((resolve) => {
      answer = (_request, response) => {
        response.writeHead(200).write('[1');
        response.on('close', resolve);
      };
    });
    expect((await get('overview')).body.code).toBe('FlinkUnreachable');
    await cut;
  });

  it('markup inside of JSON: it stays a text in JSON', async () => {
    answer = json({ name: html });
    const { headers, text } = await get(`jobs/${ID}`);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(JSON.parse(text)).toEqual({ name: html });
  });

  it('secrets in texts: they are hidden', async () => {
    answer = json({ plan: { description: 'jdbc://me:hunter2@db, s3.secret-key: hunter2' } });
    expect((await get(`jobs/${ID}/plan`)).text).not.toContain('hunter2');
  });

  it('what the program was given: it is left out', async () => {
    answer = json({ jid: ID, 'execution-config': { 'job-parallelism': 2, 'user-config': { greeting: 'hunter2' } } });
    const { text } = await get(`jobs/${ID}/config`);
    expect(JSON.parse(text)).toEqual({ jid: ID, 'execution-config': { 'job-parallelism': 2, 'user-config': {} } });
  });

  it('that its pages may submit and cancel: they may not', async () => {
    answer = json({ 'flink-version': '1.20.1', features: { 'web-submit': true, 'web-cancel': true, 'web-new': true } });
    const { features } = JSON.parse((await get('config')).text) as { features: object };
    expect(features).toEqual({ 'web-submit': false, 'web-cancel': false, 'web-rescale': false, 'web-history': false });
  });
});

describe('exceptions', () => {
  it('have a route of their own, for those who may read logs, and are redacted', async () => {
    answer = json({ exceptionHistory: { entries: [{ stacktrace: 'x: password=hunter2' }] } });
    const { status, text } = await get(`jobs/${ID}/exceptions?maxExceptions=10`);
    expect([status, text.includes('hunter2')]).toEqual([200, false]);
    expect(asked[0]?.url).toBe(`/jobs/${ID}/exceptions?maxExceptions=10`);
  });

  it('do not come through the door of viewers', async () => {
    expect((await get(encodeURIComponent(`jobs/${ID}/exceptions`))).body.code).toBe('NotFound');
    expect(asked).toEqual([]);
  });
});

describe('without a JobManager', () => {
  it('a job that has stopped says so', async () => {
    app.gateway.put(JOB, { state: 'stopped' });
    const { code, detail } = (await get('overview')).body;
    expect([code, detail]).toEqual(['NotFound', `Nothing of ${JOB} runs, so there is no JobManager to ask`]);
  });

  it('a job that does not exist is not found', async () => {
    expect((await app.send('/api/v1/jobs/unknown/flink/overview')).status).toBe(404);
  });
});
