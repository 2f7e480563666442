/** Starts the API on a free port, with fakes behind it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import pino from 'pino';
import type { Links } from '../../src/api/contract.ts';
import type { ClusterConfig } from '../../src/config.ts';
import { createApp } from '../../src/api/app.ts';
import { AuditLog } from '../../src/api/audit/audit-log.ts';
import { createLinks } from '../../src/api/jobs/links.ts';
import { RecordStore } from '../../src/records/record-store.ts';
import { ReleaseCatalogue } from '../../src/releases/catalogue.ts';
import { NotificationSettings } from '../../src/domain/notification/settings.ts';
import type { Holder, OperationRecord } from '../../src/domain/operation/operation.ts';
import type { ApiDependencies } from '../../src/api/dependencies.ts';
import { releaseKey } from '../../src/domain/identity/storage-keys.ts';
import { createFlinkClient } from '../../src/clients/flink/flink.ts';
import { checkStorage } from '../../src/api/doctor/storage-setup.ts';
import { createFakeS3, type FakeS3 } from '../fakes/s3.ts';
import { FakeCampaigns } from './fake-campaigns.ts';
import { FakeGateway } from './fake-gateway.ts';
import { createOutages } from './outages.ts';

/** Fields of the items of any list: each test reads those that it expects. */
interface SeenItem {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly number: number;
  readonly completedCheckpoint: number | null;
  readonly jobs: readonly string[];
  readonly abandoned: boolean | null;
  readonly state: string;
  readonly bytes: number | null;
  readonly sharedBytes: number | null;
  readonly application: string;
  readonly file: string;
  readonly live: boolean;
  readonly size: number;
  readonly problem: string | null;
  readonly exceptions: readonly { readonly rootCause: string; readonly stack: string; readonly at: string }[];
}

/** Fields of any answer: each test reads those that it expects. */
export interface Seen {
  readonly code: string;
  readonly status: unknown;
  readonly detail: string;
  readonly hint: string;
  readonly holder: Holder;
  readonly errors: readonly { readonly path: string; readonly line?: number; readonly message: string }[];
  readonly operation: OperationRecord;
  readonly live: { readonly application: string; readonly reachable: boolean; readonly problem: string | null } | null;
  readonly items: readonly SeenItem[];
  readonly nextCursor: string | null;
  readonly unreadable?: readonly { readonly key: string; readonly problem: string }[];
  readonly links: Links;
  readonly valid: boolean;
  readonly job: string;
  readonly properties: object;
  readonly checks: Readonly<Record<'temporal' | 's3', { readonly ok: boolean }>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Seen;
}

/** The one cluster of the configuration. */
export const yarnA: ClusterConfig = {
  name: 'yarn-a',
  zone: 'a',
  resourceManager: 'http://rm-a.example:8088',
  user: 'flink',
  resourceScheme: 's3a',
  launchers: ['direct'],
  clientClasspath: '',
  applicationClasspath: '',
  flinkConfig: {},
  recovery: { maxParallel: 10, perMinute: 60 },
  elastic: false,
};

/** Links to a Temporal UI, and to the ResourceManager of that cluster. */
const linksOf = createLinks({
  temporal: {
    address: 'localhost:1',
    namespace: 'default',
    taskQueue: 'sluice',
    deployment: 'sluice',
    buildId: null,
    ui: 'http://temporal.example',
  },
  clusters: [yarnA],
});

/** Notifications of an installation with these settings; each test message is taken. */
export const notificationsOf = (settings: unknown): ApiDependencies['notifications'] => ({
  settings: NotificationSettings.parse(settings),
  installation: 'sluice',
  test: () => Promise.resolve({ kind: 'delivered' }),
});

/** Publishes a release with a deployment file for each job: no job begins without its release. */
export async function publishIn(s3: FakeS3, name: string, ...jobs: readonly string[]): Promise<void> {
  const [project = '', version = ''] = name.split('/');
  const ofJob = { kind: 'deployment', size: 1, sha256: 'c'.repeat(64), environment: 'dev' };
  const files = jobs.map((job) => ({ ...ofJob, name: `${job}.yaml`, job }));
  const origin = { gitCommit: null, buildUrl: null, createdAt: '2026-01-01T00:00:00.000Z' };
  const release = { apiVersion: 'sluice/v1', project, version, ...origin, files };
  await s3.put(releaseKey(project, version), JSON.stringify(release));
}

type Own = Partial<ApiDependencies>;

/** Starts the API; `replaced` replaces any of its dependencies. In `hosts`, PORT stands for the port of the API. */
export async function startApp(replaced: Own | ((url: string) => Own) = {}) {
  const gateway = new FakeGateway();
  const campaigns = new FakeCampaigns(() => gateway.isDown);
  const s3 = createFakeS3();
  const logged: string[] = [];
  const server = createServer();
  const { port, stop } = await listen(server);
  const url = `http://127.0.0.1:${port}`;
  const own = typeof replaced === 'function' ? replaced(url) : replaced;
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const audit = own.audit ?? new AuditLog({ s3: own.access?.tokens ?? s3, log });
  const dependencies: ApiDependencies = {
    gateway,
    campaigns,
    records: new RecordStore(s3),
    releases: new ReleaseCatalogue(s3),
    clusters: () => Promise.resolve([]),
    cordons: s3,
    distributions: { s3, configured: {}, warm: () => Promise.resolve('started') },
    doctor: () => checkStorage(s3),
    instances: { flink: createFlinkClient(), yarn: new Map() },
    linksOf,
    // Most tests are not about access: in them everybody may do everything.
    access: { anonymous: [{ role: 'admin' }], policy: {}, tokens: s3 },
    audit,
    notifications: notificationsOf({}),
    log,
    version: '0.0.0',
    ...own,
    hosts: (own.hosts ?? []).map((host) => host.replace('PORT', String(port))),
  };
  const app = createApp(dependencies);
  const outages = createOutages(server, app, (version) => createApp({ ...dependencies, version }));
  /** Nothing of the app outlives it, so that no entry of its audit log comes into the bucket of the next test. */
  const stopAll = async (): Promise<void> => {
    await stop();
    await audit.close();
  };
  const publish = (name: string, ...jobs: readonly string[]): Promise<void> => publishIn(s3, name, ...jobs);
  return {
    gateway,
    campaigns,
    s3,
    logged,
    audit,
    url,
    publish,
    stop: stopAll,
    served: servedBy(app),
    outages,
    ...senderTo(url),
  };
}

export type App = Awaited<ReturnType<typeof startApp>>;

interface ServedRoute {
  readonly method: string;
  readonly path: string;
}

/**
 * Every method and path that Express serves, also beside the routes of the OpenAPI document. Express has a layer of one
 * method for each route, and a layer of all methods for each path, which refuses the others.
 */
const servedBy = (app: Express): ServedRoute[] =>
  app.router.stack.flatMap(({ route }) => {
    const methods = [...new Set(route?.stack.map(({ method }) => method.toUpperCase()))];
    const [method = ''] = methods;
    return route === undefined || methods.length > 1 ? [] : [{ method, path: route.path }];
  });

async function listen(server: Server): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function senderTo(url: string) {
  async function send(path: string, init: RequestInit = {}): Promise<Answered> {
    const response = await fetch(url + path, init);
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const body = (/\bjson/.test(type) ? JSON.parse(text) : {}) as Seen; // each test reads the fields that it expects
    return { status: response.status, headers: response.headers, text, body };
  }
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const operate = (job: string, body: unknown, headers?: Record<string, string>): Promise<Answered> =>
    post(`/api/v1/jobs/${job}/operations`, body, headers);
  return { send, post, operate };
}
