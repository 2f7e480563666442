/**
 * Rules that hold for every route, whoever adds one: reading changes nothing anywhere, what can change something says
 * that it is JSON, and pages of other sites are refused.
 *
 * Seen to fail: with the probes of the doctor behind its GET; with a cancel that needs no type; with the check of the
 * host left out for `/docs`.
 */
import { request as plainRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDoctor } from '../../../src/api/doctor/doctor.ts';
import { createClusterList } from '../../../src/api/instances/clusters.ts';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient, type YarnClient } from '../../../src/clients/yarn/yarn.ts';
import { sha256Of } from '../../../src/clients/s3/checksum.ts';
import { deploymentKey, evidenceKey, textKey } from '../../../src/domain/identity/storage-keys.ts';
import { RecordStore } from '../../../src/records/record-store.ts';
import { ReleaseCatalogue } from '../../../src/releases/catalogue.ts';
import { createFakeFlink, type FakeFlink } from '../../fakes/flink.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { createFakeYarn, type FakeYarn } from '../../fakes/yarn.ts';
import { deployment } from '../../support/deployment.ts';
import { plan as campaignPlan } from '../../domain/campaign/plans.ts';
import { FakeCampaigns } from '../fake-campaigns.ts';
import { FakeGateway, recordOf } from '../fake-gateway.ts';
import { notificationsOf, startApp, yarnA, type App } from '../start-app.ts';

const JOB = 'clicks-dev';
const names: Readonly<Record<string, string>> = {
  job: JOB,
  id: 'one',
  project: 'clicks',
  version: '1.0.0',
  file: 'jobmanager.log',
  number: '2',
  name: 'clicks-dev.yaml',
  cluster: 'yarn-a',
  campaign: 'nightly',
  flinkJob: deployment.flinkJobId,
  path: 'overview',
};

/** Methods that only read. Whatever else a client has counts as a write, also what somebody adds later. */
const readsOf = {
  s3: ['get', 'getBytes', 'head', 'list', 'sha256Of'],
  yarn: [
    'info',
    'metrics',
    'nodes',
    'queues',
    'application',
    'applications',
    'attempts',
    'containers',
    'containerLogs',
    'containerLogTail',
  ],
  flink: ['exceptions', 'taskManagers', 'logFiles', 'logTail', 'checkpoints', 'read'],
  gateway: [
    'view',
    'history',
    'planBasis',
    'list',
    'openJobs',
    'changedJobs',
    'isOpen',
    'watchNotes',
    'watchHeardAt',
    'schedule',
    'whyTasksFail',
    'pendingSteps',
    'pollers',
    'ping',
  ],
  campaigns: ['view', 'list'],
  temporal: ['describeNamespace', 'listSearchAttributes', 'describeTaskQueue', 'describe'],
};

const reads: string[] = [];
const writes: string[] = [];

/** Notes each call of a method, by its name. */
function noted<T extends object>(client: keyof typeof readsOf, target: T): T {
  return new Proxy(target, {
    get(_target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      return (...args: readonly unknown[]): unknown => {
        (readsOf[client].includes(name) ? reads : writes).push(`${client}.${name}`);
        return Reflect.apply(member, target, args);
      };
    },
  });
}

/** Temporal's client, which fails; a method below it is noted by its name. */
const silentTemporal = (): object => {
  const service = new Proxy({}, { get: (_target, name) => () => Promise.reject(new Error(`${String(name)} fails`)) });
  return {
    client: {
      withDeadline: (_deadline: number, call: () => unknown) => call(),
      workflowService: noted('temporal', service),
      workflow: { getHandle: () => noted('temporal', service) },
    },
    connection: { operatorService: noted('temporal', service) },
    ...{ namespace: 'default', taskQueue: 'sluice', clusters: ['yarn-a'] },
    whyNot: () => Promise.resolve('it is silent'),
  };
};

interface Text {
  readonly text: string;
  readonly sha256: string;
}

let app: App;
let yarn: FakeYarn;
let flink: FakeFlink;

beforeAll(async () => {
  flink = await createFakeFlink();
  flink.addJob({ id: deployment.flinkJobId });
  flink.logs.set('jobmanager.log', 'hello\n');
  yarn = await createFakeYarn();
  yarn.addApplication({ id: deployment.applicationId, flink });
  const s3 = createFakeS3();
  const [file, configuration] = ['name: clicks-dev\n', '[]'].map((text) => ({ text, sha256: sha256Of(text) })) as [
    Text,
    Text,
  ]; // two texts
  for (const { text, sha256 } of [file, configuration]) await s3.put(textKey(sha256), text);
  const recorded = { ...deployment, file: file.sha256, configuration: configuration.sha256 };
  await s3.put(deploymentKey(JOB, 1), JSON.stringify({ ...recorded, number: 1 }));
  await s3.put(deploymentKey(JOB, recorded.number), JSON.stringify(recorded));
  await s3.put(evidenceKey({ job: JOB, operation: 'one', application: 'application_1_0009', file: 'x.log' }), 'saved');
  const gateway = new FakeGateway();
  const one = {
    ...recordOf({
      job: JOB,
      kind: 'stop',
      request: { id: 'one' },
      start: false,
      sender: { door: 'api', actor: null },
    }),
    endedAt: '2026-01-01T00:00:00Z',
  };
  gateway.put(JOB, { state: 'running', current: recorded, operations: [{ ...one, outcome: 'failed' }] });

  const bucket = noted('s3', s3);
  const records = new RecordStore(bucket);
  const client: YarnClient = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
  const clusters = new Map([['yarn-a', noted('yarn', client)]]);
  const asked = noted('gateway', gateway);
  const releases = new ReleaseCatalogue(bucket);
  const temporal = silentTemporal() as Parameters<typeof createDoctor>[0]['temporal']; // the part that the doctor uses
  const campaigns = new FakeCampaigns();
  await campaigns.start(campaignPlan([JOB]));
  app = await startApp({
    gateway: asked,
    campaigns: noted('campaigns', campaigns),
    records,
    releases,
    clusters: createClusterList([yarnA], () => noted('yarn', client)),
    doctor: createDoctor({
      temporal,
      s3: bucket,
      records,
      releases,
      gateway: asked,
      clusters,
      notified: notificationsOf({ channels: { hook: { kind: 'webhook' } } }),
      distributions: { '1.20.1': 'flink/1.20.1' },
    }),
    instances: { flink: noted('flink', createFlinkClient()), yarn: clusters },
  });
});
afterAll(async () => {
  await app.stop();
  await Promise.all([yarn.close(), flink.close()]);
});

/** Each route that Express serves, with names in its path. */
const routes = (): { readonly method: string; readonly path: string }[] =>
  app.served.map(({ method, path }) => ({
    method,
    path: path.replace(/[:*](\w+)/g, (_sign, name: string) => names[name] ?? name),
  }));

interface Sent {
  readonly status: number;
  readonly code: string;
}

/** Sends a request with any headers, also those that `fetch` does not let a program choose; reads no stream to its end. */
const send = (method: string, path: string, headers: Readonly<Record<string, string>>, body = ''): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const request = plainRequest(app.url + path, { method, headers }, (response) => {
      let text = '';
      const type = response.headers['content-type'] ?? '';
      const end = (): void => {
        const { code = '' } = type.includes('problem+json') ? (JSON.parse(text) as { code?: string }) : {};
        resolve({ status: response.statusCode ?? 0, code });
        response.destroy();
      };
      if (type === 'text/event-stream') end();
      else response.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', end);
    });
    request.on('error', reject);
    request.end(body);
  });

const JSON_TYPE = { 'content-type': 'application/json' };
const OWN: Readonly<Record<string, Readonly<Record<string, string>>>> = { GET: {}, POST: JSON_TYPE };

describe('every route', () => {
  it('is known to this test', () => {
    const paths = routes().map(({ method, path }) => `${method} ${path}`);
    for (const known of [
      'GET /docs',
      'GET /metrics',
      'GET /api/v1/doctor',
      'POST /api/v1/doctor',
      `POST /api/v1/jobs/${JOB}/plan`,
    ])
      expect(paths).toContain(known);
    expect(paths.length).toBeGreaterThan(30);
  });

  /** Releases that nobody has published, and logins that nobody has configured. */
  const absent = [
    ...['releases/clicks', 'releases/clicks/1.0.0', 'releases/clicks/1.0.0/files/clicks-dev.yaml'],
    ...['login', 'login/callback'],
  ].map((one) => `/api/v1/${one}`);

  it('that is a GET finds its thing, and writes nothing to S3, YARN, Flink or Temporal', async () => {
    reads.length = 0;
    writes.length = 0;
    for (const { path } of routes().filter(({ method }) => method === 'GET')) {
      const { status } = await send('GET', path, {});
      const isThere = absent.includes(path) ? 404 : 200;
      expect([path, status]).toEqual([path, isThere]);
      expect([path, ...writes]).toEqual([path]);
    }
    for (const client of Object.keys(readsOf)) expect(reads.join(' ')).toContain(`${client}.`);
    await send('POST', '/api/v1/doctor', JSON_TYPE);
    expect(new Set(writes)).toEqual(new Set(['s3.putIfAbsent', 's3.putIfMatch', 's3.remove', 'yarn.newApplication']));
  });

  it.each(['none', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'that can change something refuses the type that a form sends: %s',
    async (type) => {
      writes.length = 0;
      for (const { path } of routes().filter(({ method }) => method === 'POST')) {
        for (const body of ['', '{"kind":"kill"}']) {
          const sent = await send('POST', path, type === 'none' ? {} : { 'content-type': type }, body);
          expect([path, body, sent.status, sent.code]).toEqual([path, body, 415, 'UnsupportedMediaType']);
        }
      }
      expect(writes).toEqual([]);
    },
  );

  it.each([
    ['a host of somebody else', { host: 'evil.example' }, 'HostNotAllowed'],
    ['a name that only begins like ours', { host: 'localhost.evil.example' }, 'HostNotAllowed'],
    ['our name with another port', { host: 'localhost:1' }, 'HostNotAllowed'],
    ['a page of another site', { origin: 'http://evil.example' }, 'OriginNotAllowed'],
    ['a page of another server on this machine', { origin: 'http://127.0.0.1:1' }, 'OriginNotAllowed'],
    ['a page without an origin', { origin: 'null' }, 'OriginNotAllowed'],
    ['a request that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }, 'OriginNotAllowed'],
    ['a request that the browser calls same-site', { 'sec-fetch-site': 'same-site' }, 'OriginNotAllowed'],
  ])('refuses %s', async (_who, headers, code) => {
    writes.length = 0;
    for (const { method, path } of [...routes(), { method: 'GET', path: '/no/such/route' }]) {
      const sent = await send(method, path, { ...OWN[method], ...headers });
      expect([method, path, sent.code]).toEqual([method, path, code]);
      expect([421, 403]).toContain(sent.status);
    }
    expect(writes).toEqual([]);
  });

  it('lets a link from another site show it, but a form there change nothing', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await send('GET', '/docs', link)).status).toBe(200);
    const path = `/api/v1/jobs/${JOB}/operations`;
    expect(await send('POST', path, { ...JSON_TYPE, ...link })).toEqual({ status: 403, code: 'OriginNotAllowed' });
  });
});
