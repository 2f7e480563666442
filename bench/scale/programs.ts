/** The programs of the bench that are ours, and MinIO: how each is started, and when it is ready. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createBucket } from '../../stack/components/minio.ts';
import type { StackSettings } from '../../stack/settings.ts';
import type { S3Access } from '../../stack/stack.ts';
import { ADDRESSES, DISTRIBUTION, FLINK_VERSION, type FakesOrder } from './landscape.ts';
import type { Program, Running } from './processes.ts';
import { NAMESPACE, portOf, type ServerPorts } from './temporal-server.ts';

export async function minioServer(minio: string, folder: string, ports: ServerPorts, s3: S3Access): Promise<Program> {
  const data = join(folder, 's3');
  await mkdir(data);
  const addresses = [
    '--address',
    new URL(s3.endpoint).host,
    '--console-address',
    `127.0.0.1:${portOf(ports, 's3-console')}`,
  ];
  return {
    name: 'minio',
    command: minio,
    args: ['server', '--anonymous', ...addresses, data],
    directory: folder,
    environment: {
      ...process.env,
      MINIO_ROOT_USER: s3.accessKeyId,
      MINIO_ROOT_PASSWORD: s3.secretAccessKey,
      MINIO_UPDATE: 'off',
    },
    isReady: () => createBucket(s3).catch(() => false),
  };
}

interface Parts {
  readonly settings: StackSettings;
  readonly folder: string;
  readonly s3: S3Access;
  /** The first token of the installation. */
  readonly token: string;
  /** The port of the API. */
  readonly port: number;
}

export function sluicePrograms({ settings, folder, s3, token, port }: Parts) {
  const configurationFile = join(folder, 'sluice.json');
  const program = (name: string, isReady: Program['isReady'], file: string, ...args: readonly string[]): Program => ({
    name,
    isReady,
    command: process.execPath,
    args: ['--import', 'tsx', file, ...args],
    directory: settings.repository,
    environment: {
      ...settings.environment,
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      SLUICE_CONFIG: configurationFile,
      SLUICE_FIRST_TOKEN: token,
    },
  });
  const logs = (text: string) => (logged: () => string) => logged().includes(text);
  return {
    configurationFile,
    fakes: (wanted: Omit<FakesOrder, 's3'>): Program => {
      const { endpoint, region, bucket } = s3;
      // No credentials among the arguments, which everybody on the machine can read.
      const order: FakesOrder = { ...wanted, s3: { endpoint, region, bucket } };
      return program('fakes', logs(ADDRESSES), 'bench/scale/fakes.ts', JSON.stringify(order));
    },
    worker: program('worker', logs('worker ready'), 'src/worker.ts'),
    api: program('api', () => isHealthy(port), 'src/api/server.ts'),
  };
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${port}/api/v1/healthz`;
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

/** The addresses of the ResourceManagers, by cluster. */
export function addressesIn(fakes: Running): Record<string, string> {
  const line = fakes
    .logged()
    .split('\n')
    .find((text) => text.startsWith(ADDRESSES));
  return JSON.parse(line?.slice(ADDRESSES.length) ?? '{}') as Record<string, string>; // our own process wrote it
}

export function configurationOf(parts: {
  readonly temporal: string;
  readonly s3: S3Access;
  readonly ports: ServerPorts;
  readonly clusters: Readonly<Record<string, string>>;
}): unknown {
  const { temporal, s3, ports, clusters } = parts;
  const { endpoint, region, bucket } = s3;
  return {
    installation: 'bench',
    temporal: { address: temporal, namespace: NAMESPACE, taskQueue: 'sluice' },
    s3: { endpoint, region, bucket, forcePathStyle: true },
    api: { host: '127.0.0.1', port: portOf(ports, 'api') },
    flink: { distributions: { [FLINK_VERSION]: DISTRIBUTION } },
    clusters: Object.entries(clusters).map(([name, resourceManager]) => ({
      name,
      zone: 'a',
      resourceManager,
      user: 'sluice',
      applicationClasspath: '/hadoop/*',
    })),
  };
}
