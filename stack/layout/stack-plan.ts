// Plans the stack for the settings and choices of its user: its components and its configuration file.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { CachedTools } from '../cache/cached-tools.ts';
import type { Component } from '../components/component.ts';
import { minio, MINIO_PORTS } from '../components/minio.ts';
import { api, worker } from '../components/sluice.ts';
import { temporal, TEMPORAL_PORTS } from '../components/temporal.ts';
import { yarnCluster, yarnPortNames } from '../components/yarn.ts';
import { choosePorts, readPorts, writePorts, type Ports } from './ports.ts';
import { readJson, stackFiles, writeFileAtomically, type StackFiles } from './stack-files.ts';
import type { StackSettings } from '../settings.ts';
import { CLUSTER_ZONES, type S3Access, type Stack } from '../stack.ts';

const StackRecord = z.object({ id: z.string(), clusters: z.number().int() });
/** The stack's own record: facts that survive a restart. */
export type StackRecord = z.infer<typeof StackRecord>;

const Credentials = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });

/** The mark of the stack's own processes in their environment. */
export const STACK_MARK = 'SLUICE_STACK_ID';

/** Reads the stack's own record. Returns undefined if the stack was never started. */
export function readStackRecord(files: StackFiles): StackRecord | undefined {
  return readJson(files.record, StackRecord);
}

/**
 * Prepares the folder of the stack: its identity, credentials, ports and the observer's file. `running` names the
 * running components, whose ports are taken by themselves.
 */
export async function openStack(
  settings: StackSettings,
  tools: CachedTools,
  choice: { readonly clusters: number | undefined; readonly running: ReadonlySet<string> },
): Promise<Stack> {
  const files = stackFiles(settings.stackDirectory);
  mkdirSync(files.directory, { recursive: true, mode: 0o700 });
  const known = readStackRecord(files);
  const record = { id: known?.id ?? randomBytes(8).toString('hex'), clusters: choice.clusters ?? known?.clusters ?? 2 };
  writeFileAtomically(files.record, `${JSON.stringify(record, null, 2)}\n`);
  if (!existsSync(files.observer)) {
    mkdirSync(dirname(files.observer), { recursive: true });
    writeFileSync(files.observer, '');
  }
  const clusters = settings.external.clusters === undefined ? Object.keys(CLUSTER_ZONES).slice(0, record.clusters) : [];
  const credentials = settings.external.s3 === undefined ? ownCredentials(files) : settings.external.s3;
  const stack = (ports: Ports): Stack => ({
    settings,
    files,
    tools,
    clusters,
    s3: s3Access(settings, ports, credentials),
    token: settings.external.token ?? ownToken(files),
    port: (name) => knownPort(ports, name),
    environment: { ...settings.environment, [STACK_MARK]: record.id, TEMPORAL_TELEMETRY_DISABLED: '1' },
  });
  return stack(await openPorts(files, clusters, (ports) => listComponents(stack(ports)), choice.running));
}

async function openPorts(
  files: StackFiles,
  clusters: readonly string[],
  components: (ports: Ports) => readonly Component[],
  running: ReadonlySet<string>,
): Promise<Ports> {
  const names = [...TEMPORAL_PORTS, ...MINIO_PORTS, 'api', ...clusters.flatMap(yarnPortNames)];
  const complete = await choosePorts(readPorts(files.ports), names, { replaceIfTaken: new Set() });
  const idle = components(complete).filter((component) => !running.has(component.name));
  const ports = await choosePorts(complete, names, {
    replaceIfTaken: new Set(idle.flatMap((component) => component.ports)),
  });
  writePorts(files.ports, ports);
  return ports;
}

function knownPort(ports: Ports, name: string): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`No port was chosen for ${name}: a component asks for one it does not list.`);
  return port;
}

function s3Access(settings: StackSettings, ports: Ports, credentials: z.infer<typeof Credentials>): S3Access {
  return {
    endpoint: settings.external.s3?.endpoint ?? `http://127.0.0.1:${knownPort(ports, 's3')}`,
    region: 'us-east-1',
    bucket: 'sluice',
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
  };
}

function ownCredentials(files: StackFiles): z.infer<typeof Credentials> {
  const known = readJson(files.credentials, Credentials);
  if (known !== undefined) return known;
  const fresh = {
    accessKeyId: `sluice${randomBytes(7).toString('hex')}`,
    secretAccessKey: randomBytes(20).toString('hex'),
  };
  writeFileAtomically(files.credentials, `${JSON.stringify(fresh, null, 2)}\n`, 0o600);
  return fresh;
}

/** The token of the admin, which the API stores when it is the first that starts on the bucket. */
function ownToken(files: StackFiles): string {
  const known = readJson(files.token, z.object({ token: z.string() }));
  if (known !== undefined) return known.token;
  const token = `slc_first_${randomBytes(32).toString('hex')}`;
  writeFileAtomically(files.token, `${JSON.stringify({ token }, null, 2)}\n`, 0o600);
  return token;
}

/** Lists the processes of the stack, without the external ones. */
export function listComponents(stack: Stack): Component[] {
  const { external } = stack.settings;
  const infrastructure = [
    ...(external.temporal === undefined ? [temporal(stack)] : []),
    ...(external.s3 === undefined ? [minio(stack)] : []),
    ...stack.clusters.flatMap((cluster) => yarnCluster(stack, cluster)),
  ];
  // Sluice starts without waiting for the nodes, because nodes are the slowest and Sluice copes with clusters that come
  // and go.
  const needed = infrastructure.map(({ name }) => name).filter((name) => !name.endsWith('-nodemanager'));
  return [...infrastructure, worker(stack, needed), api(stack, needed)];
}
