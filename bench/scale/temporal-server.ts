/** Runs the real Temporal server on PostgreSQL: built from its Go module once, with its default limits. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { ensureEntry } from '../../stack/cache/entry.ts';
import { buildGoProgram } from '../../stack/cache/go.ts';
import { TEMPORAL_SERVER } from '../../stack/cache/pins.ts';
import type { StackSettings } from '../../stack/settings.ts';
import { tell } from '../latency/terminal.ts';
import { accepts, type Database } from './postgres.ts';
import type { Program } from './processes.ts';

const SERVICES = ['frontend', 'history', 'matching', 'worker'] as const;
export const NAMESPACE = 'default';
/** Names of the ports that the server needs. */
export const SERVER_PORTS = [
  ...SERVICES.flatMap((service) => [`temporal-${service}`, `temporal-${service}-membership`]),
  'temporal-metrics',
] as const;
const SHARDS = 64;
const RETENTION_SECONDS = 72 * 3_600;
/** ALREADY_EXISTS (https://grpc.io/docs/guides/status-codes/). */
const ALREADY_EXISTS = 6;

export type ServerPorts = Readonly<Record<string, number>>;

/** Returns the folder with the programs `server` and `sql`. The first call compiles them, which takes minutes. */
export async function buildServer({ cacheDirectory, environment }: StackSettings): Promise<string> {
  const { version, modules } = TEMPORAL_SERVER;
  return await ensureEntry(cacheDirectory, `temporal-server-${version}`, async (directory) => {
    tell(`Compiling the Temporal server ${version}, once: up to ten minutes …`);
    for (const module of modules) await buildGoProgram({ module, version }, directory, environment);
  });
}

/** Makes the databases with their schemas. */
export async function createSchemas(programs: string, { port, user, password }: Database): Promise<void> {
  const common = ['--plugin', 'postgres12', '--ep', '127.0.0.1', '-p', String(port), '-u', user];
  const sql = async (...args: string[]): Promise<void> => {
    const env = { ...process.env, SQL_PASSWORD: password };
    await promisify(execFile)(join(programs, 'sql'), [...common, ...args], { env });
  };
  for (const [database, schema] of Object.entries({ temporal: 'temporal', temporal_visibility: 'visibility' })) {
    await sql('--db', database, 'create');
    await sql('--db', database, 'setup-schema', '-v', '0.0');
    await sql('--db', database, 'update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}

export function temporalServer(programs: string, folder: string, ports: ServerPorts, database: Database): Program {
  const home = join(folder, 'temporal');
  mkdirSync(home, { recursive: true });
  const file = join(home, 'config.yaml');
  writeFileSync(join(home, 'dynamic.yaml'), '{}\n');
  // JSON is YAML too. The file has the password of the database.
  writeFileSync(file, JSON.stringify(configurationOf(home, ports, database)), { mode: 0o600 });
  return {
    name: 'temporal',
    command: join(programs, 'server'),
    args: ['--config-file', file, '--allow-no-auth', 'start'],
    directory: home,
    environment: process.env,
    isReady: () => accepts(portOf(ports, 'temporal-frontend')),
  };
}

function configurationOf(home: string, ports: ServerPorts, { port, user, password }: Database): unknown {
  const store = (databaseName: string, maxConns: number) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `127.0.0.1:${port}`,
      connectProtocol: 'tcp',
      user,
      password,
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  });
  const rpc = (service: string) => ({
    rpc: {
      grpcPort: portOf(ports, `temporal-${service}`),
      membershipPort: portOf(ports, `temporal-${service}-membership`),
      bindOnLocalHost: true,
    },
  });
  const frontend = `127.0.0.1:${portOf(ports, 'temporal-frontend')}`;
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'store',
      visibilityStore: 'visibility',
      numHistoryShards: SHARDS,
      datastores: { store: store('temporal', 20), visibility: store('temporal_visibility', 10) },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' },
      metrics: {
        prometheus: { framework: 'tally', listenAddress: `127.0.0.1:${portOf(ports, 'temporal-metrics')}` },
      },
    },
    services: Object.fromEntries(SERVICES.map((service) => [service, rpc(service)])),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: frontend },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: join(home, 'dynamic.yaml'), pollInterval: '60s' },
  };
}

/** Registers the namespace, and waits until the server knows it. */
export async function registerNamespace(address: string, isOver: () => boolean): Promise<void> {
  for (;;) {
    const connection = await Connection.connect({ address }).catch(() => null);
    try {
      await connection?.workflowService.registerNamespace({
        namespace: NAMESPACE,
        workflowExecutionRetentionPeriod: { seconds: RETENTION_SECONDS as never }, // a Long in the types, a number on the wire
      });
    } catch (failure) {
      if (isGrpcServiceError(failure) && (failure.code as number) === ALREADY_EXISTS) {
        // The server's caches learn of a namespace seconds later, and workflows are refused until then.
        const known = await connection?.workflowService
          .countWorkflowExecutions({ namespace: NAMESPACE, query: '' })
          .catch(() => null);
        if (known) return;
      }
    } finally {
      await connection?.close();
    }
    if (isOver()) throw new Error('The bench was interrupted');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The server's counter of what Temporal Cloud would bill, by kind; see `bench/idle/temporal.ts`. */
const COUNTER = /^action\{([^}]*)\} (\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

export async function actionsAt(port: number): Promise<ReadonlyMap<string, number>> {
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const counts = new Map<string, number>();
  for (const line of page.split('\n')) {
    const [, labels = '', value] = COUNTER.exec(line) ?? [];
    const kind = /action_type="([^"]*)"/.exec(labels)?.[1];
    // The server's own workflows have another namespace.
    if (kind === undefined || !labels.includes(`namespace="${NAMESPACE}"`)) continue;
    counts.set(kind, (counts.get(kind) ?? 0) + Number(value));
  }
  return counts;
}

export function portOf(ports: ServerPorts, name: string): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`no port was chosen for ${name}`);
  return port;
}
