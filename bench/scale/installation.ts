/** Brings up a whole installation for the bench, on loopback: PostgreSQL, Temporal, MinIO, faked clusters, worker and API. */
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createS3Client } from '../../src/clients/s3/s3.ts';
import { prepareCache } from '../../stack/cache/cached-tools.ts';
import { choosePorts } from '../../stack/layout/ports.ts';
import type { StackSettings } from '../../stack/settings.ts';
import type { S3Access } from '../../stack/stack.ts';
import { tell } from '../latency/terminal.ts';
import type { Ends } from '../with-ends.ts';
import { publishAll, type Landscape } from './landscape.ts';
import { prepareDatabase } from './postgres.ts';
import { start, type Program, type Running } from './processes.ts';
import { addressesIn, configurationOf, minioServer, sluicePrograms } from './programs.ts';
import {
  actionsAt,
  buildServer,
  createSchemas,
  portOf,
  registerNamespace,
  SERVER_PORTS,
  temporalServer,
  type ServerPorts,
} from './temporal-server.ts';

const OWN_PORTS = ['postgresql', 's3', 's3-console', 'api'] as const;

export interface Installation {
  readonly api: string;
  readonly token: string;
  /** The address of Temporal's frontend. */
  readonly temporal: string;
  /** Part of the ids of the applications of the first cluster. */
  readonly clusterTimestamp: number;
  readonly processes: readonly Running[];
  readonly process: (name: string) => Running;
  /** Temporal's actions so far, by kind. */
  readonly actions: () => Promise<ReadonlyMap<string, number>>;
  /** Starts Sluice's API anew, as a release of Sluice would. */
  readonly restartApi: () => Promise<void>;
}

interface Order {
  readonly settings: StackSettings;
  readonly landscape: Landscape;
  readonly signal: AbortSignal;
  readonly ends: Ends;
  /** A folder that gets the logs of all processes. */
  readonly keepLogs: string | undefined;
}

type Run = (program: Program) => Promise<Running>;

export async function install({ settings, landscape, signal, ends, keepLogs }: Order): Promise<Installation> {
  const server = await buildServer(settings);
  const { minio } = await prepareCache(settings);
  const folder = await newFolder(ends, keepLogs);
  const ports = await choosePorts({}, [...OWN_PORTS, ...SERVER_PORTS], { replaceIfTaken: new Set() });
  const running = new Map<string, Running>();
  const run: Run = async (program) => {
    const started = await start(folder, program, signal);
    running.set(program.name, started);
    ends.push(() => started.stop());
    return started;
  };
  const temporal = await runTemporal(run, { server, folder, ports, signal });
  const s3 = { ...newAccess(), endpoint: `http://127.0.0.1:${portOf(ports, 's3')}` };
  await run(await minioServer(minio, folder, ports, s3));
  tell(`Publishing ${landscape.jobs.length} deployment files …`);
  const credentials = { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey };
  await publishAll(createS3Client({ ...s3, forcePathStyle: true, credentials }), folder, landscape);
  const token = `slc_first_${randomBytes(32).toString('hex')}`;
  const sluice = sluicePrograms({ settings, folder, s3, token, port: portOf(ports, 'api') });
  const clusterTimestamp = Date.now();
  const clusters = addressesIn(
    await run(sluice.fakes({ jobs: landscape.jobs.length, deployed: landscape.deployed.length, clusterTimestamp })),
  );
  await writeFile(sluice.configurationFile, JSON.stringify(configurationOf({ temporal, s3, ports, clusters })));
  await run(sluice.worker);
  await run(sluice.api);
  const find = (name: string): Running => {
    const found = running.get(name);
    if (!found) throw new Error(`there is no process ${name}`);
    return found;
  };
  return {
    api: `http://127.0.0.1:${portOf(ports, 'api')}`,
    token,
    temporal,
    clusterTimestamp,
    get processes() {
      return [...running.values()];
    },
    process: find,
    actions: () => actionsAt(portOf(ports, 'temporal-metrics')),
    restartApi: async () => {
      await find('api').stop();
      await run(sluice.api);
    },
  };
}

async function newFolder(ends: Ends, keepLogs: string | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-scale-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  if (keepLogs !== undefined) ends.push(() => copyLogs(folder, keepLogs));
  // PostgreSQL runs as another user, who must reach its own folder in it.
  await chmod(folder, 0o711);
  tell(`Everything of this run lies in ${folder}`);
  return folder;
}

async function copyLogs(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) if (name.endsWith('.log')) await copyFile(join(from, name), join(to, name));
}

interface TemporalParts {
  /** The folder of its programs. */
  readonly server: string;
  readonly folder: string;
  readonly ports: ServerPorts;
  readonly signal: AbortSignal;
}

/** @returns the address of its frontend. */
async function runTemporal(run: Run, { server, folder, ports, signal }: TemporalParts): Promise<string> {
  const database = await prepareDatabase(folder, portOf(ports, 'postgresql'));
  await run(database.program);
  await createSchemas(server, database);
  await run(temporalServer(server, folder, ports, database));
  const address = `127.0.0.1:${portOf(ports, 'temporal-frontend')}`;
  await registerNamespace(address, () => signal.aborted);
  return address;
}

const newAccess = (): Omit<S3Access, 'endpoint'> => ({
  region: 'us-east-1',
  bucket: 'sluice',
  accessKeyId: 'bench',
  secretAccessKey: randomBytes(16).toString('hex'),
});
