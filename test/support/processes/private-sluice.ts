/**
 * A Sluice of a test's own: a worker process with its own task queue and installation name, on the Temporal, S3 and
 * clusters of the stack, but through fault proxies. A test that breaks it disturbs no other test.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, Connection } from '@temporalio/client';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { createTemporalClient } from '../../../src/temporal/connection/client.ts';
import { readSettings } from '../../../stack/settings.ts';
import { stackFiles } from '../../../stack/layout/stack-files.ts';
import { startClusterProxies, type ClusterProxies } from '../../faults/cluster-proxies.ts';
import { startHttpProxy, type HttpProxy } from '../../faults/http-proxy.ts';
import type { Switches } from '../../faults/switches.ts';
import { startTcpProxy, type TcpProxy } from '../../faults/tcp-proxy.ts';
import { endApplicationsOf } from '../outside/applications.ts';
import { runningStack } from '../stack.ts';
import { freePort } from './free-port.ts';
import { jobDriver, type JobDriver } from './job-driver.ts';
import { startApiProcess, startWorkerProcess, type WorkerProcess } from './worker-process.ts';

export type Role = 's3' | 'resourceManager' | 'nodeManager' | 'jobManager';

export interface PrivateSluice {
  readonly worker: WorkerProcess;
  /** Starts one more worker of the same Sluice, which takes over what the first leaves undone, or a worker of another build. */
  anotherWorker(buildId?: string): Promise<WorkerProcess>;
  /** The name of the task queue, and of the worker deployment. */
  readonly taskQueue: string;
  /** The switches between it and S3, and between it and the parts of cluster `yarn-a`. */
  readonly faults: Readonly<Record<Role, Switches>>;
  readonly temporal: TcpProxy;
  /** The way of the jobs on `yarn-a` to S3. */
  readonly jobStorage: TcpProxy;
  /** Speaks to Temporal past the proxy. */
  readonly client: Client;
  job(name: string): JobDriver;
  /** Starts its API. @returns the address. */
  api(): Promise<string>;
  /** Nothing of `yarn-a` answers it any more; the jobs there miss nothing. */
  cutOff(): void;
  /** Everything is well again, from its point of view. */
  healthy(): void;
  /** Ends the worker, the applications of its jobs and their workflows, and closes the proxies. */
  down(): Promise<void>;
}

/** Parts of a stack's configuration that are replaced. */
interface Configuration {
  readonly temporal: Readonly<Record<string, unknown>>;
  readonly s3: Readonly<Record<string, unknown>>;
  readonly api: Readonly<Record<string, unknown>>;
  readonly agent: Readonly<Record<string, unknown>>;
  readonly clusters: readonly {
    readonly name: string;
    readonly resourceManager: string;
    readonly flinkConfig: Readonly<Record<string, string>>;
  }[];
}

interface Own {
  readonly buildId?: string;
  readonly namespace?: string;
  /** The lease of jobs with automatic failover, as the configuration writes it. */
  readonly lease?: string | undefined;
  /** Time without a sign of life after which a cluster counts as gone, as the configuration writes it. */
  readonly goneAfter?: string | undefined;
  /** Bounds of how many jobs each cluster brings up by itself, as the configuration writes them. */
  readonly recovery?: { readonly maxParallel?: number; readonly perMinute?: number };
  /** Channels and routes, as the configuration writes them. */
  readonly notifications?: object;
  /** Secrets of the worker. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * @param name distinguishes it in logs; a number of its own is added.
 * @param namespace of Temporal; in another one than the stack's it is a Sluice that knows nothing of the others' workflows.
 */
export async function startPrivateSluice(
  name: string,
  { buildId: firstBuildId, namespace = 'default', lease, environment = {}, ...own }: Own = {},
): Promise<PrivateSluice> {
  const id = `private-${name}-${Date.now().toString(36)}`;
  const [known, port] = await Promise.all([stackConfiguration(lease), freePort()]);
  const between = await openProxies(known);
  const { jobStorage, temporal } = between;
  const { folder, file } = await written(through(between, known, { id, namespace, port, ...own }));
  const closeProxies = async (): Promise<void> => {
    await between.close();
    await rm(folder, { recursive: true, force: true });
  };
  const connection = await Connection.connect({ address: runningStack().temporal.address });
  const client = createTemporalClient(connection, namespace);
  const jobs = new Map<string, JobDriver>();
  const processes: WorkerProcess[] = [];
  const startWorker = async (buildId?: string): Promise<WorkerProcess> => {
    // Each build logs into a file of its own, where its readiness is read.
    const log = buildId === undefined ? id : `${id}-${buildId}`;
    const started = await startWorkerProcess({ name: log, configuration: file, buildId, environment });
    processes.push(started);
    return started;
  };
  const worker = await startWorker(firstBuildId).catch(async (error: unknown) => {
    await Promise.all([connection.close(), closeProxies()]);
    throw error;
  });
  return {
    worker,
    anotherWorker: startWorker,
    taskQueue: id,
    ...switchesOf(between, known),
    temporal,
    jobStorage,
    client,
    job: (called) => driverOf(jobs, client, id, called),
    async api() {
      processes.push(await startApiProcess({ name: `${id}-api`, configuration: file }));
      return addressAt(port);
    },
    async down() {
      await Promise.all(processes.map((one) => one.stop()));
      await terminateWorkflows(client, [...jobs.keys()]);
      await connection.close();
      await endApplicationsOf(...jobs.keys());
      await closeProxies();
    },
  };
}

interface Between {
  readonly jobStorage: TcpProxy;
  readonly s3: HttpProxy;
  readonly temporal: TcpProxy;
  readonly clusters: readonly ClusterProxies[];
}

async function openProxies(known: Configuration): Promise<Between & { close(): Promise<void> }> {
  const stack = runningStack();
  const [jobStorage, s3, temporal, ...clusters] = await Promise.all([
    startTcpProxy({ upstream: new URL(stack.s3.endpoint).host }),
    startHttpProxy({ upstream: stack.s3.endpoint }),
    startTcpProxy({ upstream: stack.temporal.address }),
    ...known.clusters.map((cluster) => startClusterProxies(cluster)),
  ]);
  const close = async (): Promise<void> => {
    await Promise.all([jobStorage, s3, temporal, ...clusters].map((proxy) => proxy.close()));
  };
  return { jobStorage, s3, temporal, clusters, close };
}

function switchesOf(
  { jobStorage, s3, temporal, clusters }: Between,
  known: Configuration,
): Pick<PrivateSluice, 'faults' | 'cutOff' | 'healthy'> {
  const { resourceManager, nodeManager, jobManager } = clusterCalled(FAULTY, known, clusters);
  const faults = { s3: s3.faults, resourceManager, nodeManager, jobManager };
  return {
    faults,
    cutOff() {
      for (const part of [resourceManager, nodeManager, jobManager]) part.dropRequest({});
    },
    healthy() {
      for (const switches of Object.values(faults)) switches.healthy();
      temporal.mend();
      jobStorage.mend();
    },
  };
}

interface Named {
  readonly id: string;
  readonly namespace: string;
  /** The port of its API. */
  readonly port: number;
}

const addressAt = (port: number): string => `http://127.0.0.1:${port}`;

/** The configuration of a Sluice that reaches everything through proxies. */
function through(
  { jobStorage, s3, temporal, clusters }: Between,
  known: Configuration,
  { id, namespace, port, goneAfter, recovery, notifications }: Named & Own,
): object {
  return {
    ...known,
    installation: id,
    temporal: { ...known.temporal, address: temporal.address, namespace, taskQueue: id, deployment: id },
    s3: { ...known.s3, endpoint: s3.url },
    api: { ...known.api, port, publicUrl: addressAt(port) },
    ...(goneAfter === undefined ? {} : { failover: { goneAfter } }),
    ...(notifications === undefined ? {} : { notifications }),
    clusters: known.clusters.map((cluster, index) => ({
      ...cluster,
      resourceManager: clusters[index]?.url,
      ...(recovery === undefined ? {} : { recovery }),
      ...(cluster.name === FAULTY ? { flinkConfig: { ...cluster.flinkConfig, ...endpointOf(jobStorage) } } : {}),
    })),
  };
}

/** The cluster with switches for faults. */
const FAULTY = 'yarn-a';

const endpointOf = ({ address }: TcpProxy) => ({ 's3.endpoint': `http://${address}` });

/** The driver of a job, made at the first request. */
function driverOf(jobs: Map<string, JobDriver>, client: Client, taskQueue: string, job: string): JobDriver {
  const driver = jobs.get(job) ?? jobDriver(client, taskQueue, job);
  jobs.set(job, driver);
  return driver;
}

async function stackConfiguration(lease: string | undefined): Promise<Configuration> {
  const text = await readFile(stackFiles(readSettings().stackDirectory).configuration, 'utf8');
  const configuration = JSON.parse(text) as Configuration; // written by the stack itself
  return lease === undefined ? configuration : { ...configuration, agent: { ...configuration.agent, lease } };
}

/** Writes a configuration into a folder of its own. */
async function written(configuration: object): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-private-'));
  const file = join(folder, 'sluice.json');
  await writeFile(file, JSON.stringify(configuration, null, 2));
  return { folder, file };
}

/** Ends workflows that no worker would ever work on again; a job without any operation has none. */
async function terminateWorkflows(client: Client, jobs: readonly string[]): Promise<void> {
  const handles = jobs.map((job) => client.workflow.getHandle(workflowIdOf(job)));
  await Promise.allSettled(handles.map((handle) => handle.terminate('the test has ended')));
}

function clusterCalled(name: string, { clusters }: Configuration, proxies: readonly ClusterProxies[]): ClusterProxies {
  const found = proxies[clusters.findIndex((cluster) => cluster.name === name)];
  if (found === undefined) throw new Error(`the stack has no cluster ${name}`);
  return found;
}
