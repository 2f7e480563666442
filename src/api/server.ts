/** Runs the API process: makes its dependencies, listens on the configured host only, and lets answers end when it stops. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import pino from 'pino';
import { createFlinkClient } from '../clients/flink/flink.ts';
import { ReleaseCatalogue } from '../releases/catalogue.ts';
import { createS3Client, type S3Client } from '../clients/s3/s3.ts';
import { createYarnClient } from '../clients/yarn/yarn.ts';
import {
  firstTokenFromEnvironment,
  loadConfig,
  oidcSecretFromEnvironment,
  signingKeyFromEnvironment,
  temporalApiKeyFromEnvironment,
  type Config,
} from '../config.ts';
import { releaseKey } from '../domain/identity/storage-keys.ts';
import { keepMakingFirstToken } from './access/first-token.ts';
import { createApp } from './app.ts';
import { AuditLog } from './audit/audit-log.ts';
import { readConsole } from './console/files.ts';
import { FlinkPages } from './flink-pages/flink-pages.ts';
import type { Access, ApiDependencies, Notifications } from './dependencies.ts';
import { loginSettingsOf } from './login/login-settings.ts';
import { createClusterList } from './instances/clusters.ts';
import { inTime } from '../concurrency/in-time.ts';
import { createDoctor } from './doctor/doctor.ts';
import { createLinks } from './jobs/links.ts';
import { RecordStore } from '../records/record-store.ts';
import { createTemporalClient } from '../temporal/connection/client.ts';
import { whyNoConnection } from '../temporal/connection/connection-failures.ts';
import { createCampaignGateway } from '../temporal/campaigns/campaign-gateway-on-temporal.ts';
import { connectClient } from '../temporal/connection/connection.ts';
import type { JobGateway } from '../temporal/jobs/job-gateway.ts';
import { createWarmUpStarts } from '../temporal/warm-ups.ts';
import { createNotificationTests } from '../temporal/notification-tests.ts';
import { createSigning } from '../temporal/connection/signer.ts';
import { createTemporalGateway } from '../temporal/jobs/job-gateway-on-temporal.ts';

/** Answers under way may end in this time after SIGTERM; streams are cut. */
const GRACE_MS = 3_000;
const WARM_UP_MS = 2_000;
/** Where `stack/console.mjs` builds it, and the package has it. */
const CONSOLE = fileURLToPath(new URL('../../dist/console/', import.meta.url));

export interface RunningApi {
  readonly url: string;
  close(): Promise<void>;
}

const packageVersion = (): string => {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version; // our own package.json
};

/** Starts the API of an installation. Temporal and S3 need not answer yet. */
export async function startApi(config: Config, log = createLog()): Promise<RunningApi> {
  const access = { ...config.temporal, apiKey: temporalApiKeyFromEnvironment() };
  const temporal = connectClient(access, log);
  const { connection } = temporal;
  const { namespace, taskQueue } = config.temporal;
  const client = createTemporalClient(connection, namespace);
  const bucket = createS3Client(config.s3);
  const { signer } = createSigning(config.signing, signingKeyFromEnvironment());
  const gateway = createTemporalGateway({ client, taskQueue, signer });
  const whyNot = (failure: unknown): Promise<string> => whyNoConnection(access, failure);
  await warmUp({ gateway, bucket, log, whyNot });
  const records = new RecordStore(bucket);
  const releases = new ReleaseCatalogue(bucket);
  const yarn = new Map(config.clusters.map((cluster) => [cluster.name, createYarnClient(cluster)]));
  const audit = new AuditLog({ s3: bucket, log });
  const notifications = notificationsOf(config, client);
  const app = createApp({
    gateway,
    campaigns: createCampaignGateway({ client, taskQueue, signer }),
    records,
    releases,
    clusters: createClusterList(config.clusters, createYarnClient),
    cordons: bucket,
    instances: { flink: createFlinkClient(), yarn },
    distributions: distributionsOf(config, bucket, client),
    doctor: createDoctor({
      temporal: { client, connection, namespace, taskQueue, clusters: [...yarn.keys()], whyNot },
      s3: bucket,
      records,
      releases,
      gateway,
      clusters: yarn,
      distributions: config.flink.distributions,
      notified: notifications,
    }),
    linksOf: createLinks(config),
    access: accessOf(config, bucket),
    audit,
    notifications,
    proxies: config.api.proxies,
    hosts: hostsOf(config.api),
    console: readConsole(CONSOLE),
    flinkPages: new FlinkPages(bucket, config.flink.distributions),
    log,
    version: packageVersion(),
  });
  const stopMaking = keepFirstToken(bucket, audit, log);
  const server = await listen(app, config.api);
  const url = urlOf(server, config.api);
  log.info({ url, temporal: config.temporal.address, bucket: config.s3.bucket }, 'api ready');
  return {
    url,
    async close() {
      stopMaking();
      await stopServing(server);
      await audit.close();
      await temporal.close();
    },
  };
}

const accessOf = (config: Config, bucket: S3Client): Access => ({
  anonymous: config.access.anonymous === 'viewer' ? [{ role: 'viewer' }] : [],
  policy: config.access.policy,
  confirm: config.access.confirm,
  tokens: bucket,
  login: loginSettingsOf(config, oidcSecretFromEnvironment()),
});

const distributionsOf = (config: Config, s3: S3Client, client: Client): ApiDependencies['distributions'] => ({
  s3,
  configured: config.flink.distributions,
  warm: createWarmUpStarts(client, config.temporal.taskQueue),
});

const notificationsOf = (config: Config, client: Client): Notifications => ({
  settings: config.notifications,
  installation: config.installation,
  test: createNotificationTests(client, config.temporal.taskQueue),
});

interface Warmed {
  readonly gateway: JobGateway;
  readonly bucket: S3Client;
  readonly log: pino.Logger;
  readonly whyNot: (failure: unknown) => Promise<string>;
}

/** Opens connections and loads modules now, because the first request would wait a second for them. */
async function warmUp({ gateway, bucket, log, whyNot }: Warmed): Promise<void> {
  const changed = gateway.changedJobs(Date.now()).catch(async (failure: unknown) => log.warn(await whyNot(failure)));
  await inTime(
    Promise.allSettled([changed, gateway.view('warm-up'), bucket.get(releaseKey('warm-up', '0'))]),
    WARM_UP_MS,
  );
}

/** Hosts under which the API answers. */
const hostsOf = ({ host, port, hosts, publicUrl }: Config['api']): string[] => [
  hostOf(host, port),
  ...hosts,
  ...(publicUrl === undefined ? [] : [new URL(publicUrl).host]),
];

/** Makes the first token of an installation that has none, and shows it on the terminal only. */
function keepFirstToken(tokens: Access['tokens'], audit: AuditLog, log: pino.Logger): () => void {
  const chosen = firstTokenFromEnvironment();
  const show = (text: string): unknown => process.stderr.write(text);
  return keepMakingFirstToken({ tokens, chosen, show, onMade: (id) => audit.firstToken(id) }, log);
}

async function listen(app: ReturnType<typeof createApp>, { host, port }: Config['api']): Promise<Server> {
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(port, host, (failure?: Error) => {
      if (failure) reject(failure);
      else resolve(listening);
    });
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  return server;
}

/** The address with the port that the system chose, where the configuration says 0. */
function urlOf(server: Server, { host, port }: Config['api']): string {
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return `http://${hostOf(host, bound)}`;
}

const hostOf = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Lets answers under way end for a while, then cuts every connection. */
async function stopServing(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
  await closed;
}

function createLog() {
  return pino({
    name: 'sluice-api',
    redact: { paths: ['*.authorization', '*.secretAccessKey', '*.accessKeyId', '*.password'], censor: '[redacted]' },
  });
}

async function main(): Promise<void> {
  const log = createLog();
  try {
    const api = await startApi(loadConfig(), log);
    const stop = (signal: NodeJS.Signals): void => {
      log.info({ signal }, 'api stops');
      void api.close().then(() => process.exit(0));
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  } catch (failure) {
    log.fatal({ err: failure }, 'api cannot start');
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
