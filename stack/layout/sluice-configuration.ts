// Writes the configuration file with which Sluice's worker and API find the stack.
import { agentKeys, distributionPrefix, launcherKey } from '../components/flink-distributions.ts';
import { applicationClasspath, clientClasspath, resourceManagerUrl } from '../components/yarn.ts';
import { FLINK_VERSIONS } from '../cache/pins.ts';
import { writeFileAtomically } from './stack-files.ts';
import { CLUSTER_ZONES, type Stack } from '../stack.ts';

/** Flink settings for every job of this installation, chosen for quick starts on a small machine. */
const FLINK_DEFAULTS = {
  // The application master asks YARN every second, and five times a second while it waits for containers. With the
  // default of five seconds the first TaskManager comes about three seconds later.
  'yarn.heartbeat.interval': '1',
  'yarn.heartbeat.container-request-interval': '200',
  // Flink's REST API answers from a snapshot that may be this old. With the default of three seconds Sluice would see a
  // running job, or a completed checkpoint, up to three seconds late.
  'web.refresh-interval': '250',
} as const;

/** The addresses of Temporal and its Web UI. */
export function temporalAddress(stack: Stack): { address: string; ui: string } {
  return (
    stack.settings.external.temporal ?? {
      address: `127.0.0.1:${stack.port('temporal')}`,
      ui: `http://127.0.0.1:${stack.port('temporal-ui')}`,
    }
  );
}

/** Describes the clusters in the form of Sluice's configuration. */
export function describeClusters(stack: Stack): Record<string, unknown>[] {
  const common = {
    user: 'sluice',
    resourceScheme: 's3a',
    launchers: ['direct', 'shell-runner'],
    flinkConfig: { 's3.endpoint': stack.s3.endpoint, 's3.path.style.access': 'true' },
  };
  const own = stack.clusters.map((name) => ({
    name,
    zone: CLUSTER_ZONES[name],
    resourceManager: resourceManagerUrl(stack, name),
    ...common,
    applicationClasspath: applicationClasspath(stack, name),
    clientClasspath: clientClasspath(stack),
  }));
  const external = stack.settings.external.clusters ?? [];
  return [...own, ...external.map((cluster) => ({ ...common, applicationClasspath: '', ...cluster }))];
}

/** Writes Sluice's configuration. Returns true if it changed, in which case Sluice must restart. */
export function writeSluiceConfiguration(stack: Stack): boolean {
  const { address, ui } = temporalAddress(stack);
  const { endpoint, region, bucket } = stack.s3;
  const configuration = {
    installation: 'local',
    temporal: { address, namespace: 'default', taskQueue: 'sluice', ui },
    s3: { endpoint, region, bucket, forcePathStyle: true },
    api: { host: '127.0.0.1', port: stack.port('api') },
    flink: {
      distributions: Object.fromEntries(FLINK_VERSIONS.map((version) => [version, distributionPrefix(version)])),
      config: FLINK_DEFAULTS,
    },
    shellRunner: { jar: launcherKey(stack) },
    agent: agentKeys(stack),
    clusters: describeClusters(stack),
  };
  return writeFileAtomically(stack.files.configuration, `${JSON.stringify(configuration, null, 2)}\n`);
}
