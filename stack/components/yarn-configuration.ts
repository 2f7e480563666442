// Holds the configuration of a small YARN cluster as tables, and renders them to Hadoop's XML.

/** A Hadoop configuration: values by property name. */
export type Properties = Readonly<Record<string, string | number | boolean>>;

/** Renders a Hadoop configuration file. */
export function renderConfiguration(properties: Properties): string {
  const entries = Object.entries(properties).map(
    ([name, value]) =>
      `  <property><name>${escapeXml(name)}</name><value>${escapeXml(String(value))}</value></property>`,
  );
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<configuration>', ...entries, '</configuration>', ''].join('\n');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Folders, addresses and ports of one cluster. */
export interface YarnLayout {
  readonly data: string;
  readonly s3Endpoint: string;
  /** Hadoop's part of a container's class path. */
  readonly applicationClasspath: string;
  readonly ports: Readonly<Record<YarnPort, number>>;
}

export const YARN_PORTS = [
  'rm-web',
  'rm-client',
  'rm-scheduler',
  'rm-tracker',
  'rm-admin',
  'nm',
  'nm-localizer',
  'nm-web',
  'nm-collector',
] as const;
/** A port of a cluster. */
export type YarnPort = (typeof YARN_PORTS)[number];

/** Environment variables that containers inherit from their NodeManager. */
const CONTAINER_ENVIRONMENT = [
  'JAVA_HOME',
  'HADOOP_CONF_DIR',
  // Flink's S3 plugin and S3A read the credentials here, so that no configuration file and no argument holds them.
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_REGION',
  'SLUICE_OBSERVER',
  // The stack recognizes its own containers by this mark when it ends them.
  'SLUICE_STACK_ID',
] as const;

/** core-site.xml: S3A serves local resources and staging folders. There is no HDFS. */
export function coreSite(layout: YarnLayout): Properties {
  return {
    'fs.defaultFS': 'file:///',
    'hadoop.tmp.dir': `${layout.data}/tmp`,
    'fs.s3a.endpoint': layout.s3Endpoint,
    'fs.s3a.endpoint.region': 'us-east-1',
    'fs.s3a.path.style.access': true,
    'fs.s3a.connection.ssl.enabled': layout.s3Endpoint.startsWith('https:'),
    'fs.s3a.aws.credentials.provider': 'software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider',
    // The default of Hadoop 3.4.3 is `analytics` (StreamIntegration.DEFAULT_STREAM_TYPE, HADOOP-19559), which caches what it
    // reads on the heap. A NodeManager has 384 MB of heap and reads each file once, from its begin to its end.
    'fs.s3a.input.stream.type': 'classic',
    // These limits report an absent store within seconds; the defaults take minutes.
    'fs.s3a.attempts.maximum': 3,
    'fs.s3a.retry.limit': 4,
    'fs.s3a.connection.establish.timeout': '5s',
  };
}

/** yarn-site.xml: one node, state that survives restarts, and losses noticed quickly. */
export function yarnSite(layout: YarnLayout): Properties {
  return {
    ...resourceManagerAddresses(layout),
    ...resourceManager(layout),
    ...nodeManager(layout),

    // Flink's application master puts this on the class path of its TaskManagers.
    'yarn.application.classpath': layout.applicationClasspath.replaceAll(':', ','),
    // Both daemons start at the same time, so the node keeps asking until its ResourceManager is there.
    'yarn.resourcemanager.connect.retry-interval.ms': 250,
    'yarn.resourcemanager.connect.max-wait.ms': 900_000,
    'yarn.timeline-service.enabled': false,
    'yarn.log-aggregation-enable': false,
  };
}

type Address = (port: YarnPort) => string;

const addressIn =
  ({ ports }: YarnLayout): Address =>
  (port) =>
    `127.0.0.1:${ports[port]}`;

function resourceManagerAddresses(layout: YarnLayout): Properties {
  const address = addressIn(layout);
  return {
    'yarn.resourcemanager.hostname': '127.0.0.1',
    'yarn.resourcemanager.webapp.address': address('rm-web'),
    'yarn.resourcemanager.address': address('rm-client'),
    'yarn.resourcemanager.scheduler.address': address('rm-scheduler'),
    'yarn.resourcemanager.resource-tracker.address': address('rm-tracker'),
    'yarn.resourcemanager.admin.address': address('rm-admin'),
    'yarn.resourcemanager.bind-host': '127.0.0.1',
    'yarn.webapp.enable-rest-app-submissions': true,
  };
}

const resourceManager = ({ data }: YarnLayout): Properties => ({
  'yarn.resourcemanager.recovery.enabled': true,
  'yarn.resourcemanager.store.class': 'org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore',
  'yarn.resourcemanager.fs.state-store.uri': `file://${data}/rm-state`,
  // The default is a folder under /tmp that all clusters of a user share, so two clusters would race for it.
  'yarn.node-attribute.fs-store.root-dir': `file://${data}/node-attributes`,
  // After a restart the ResourceManager waits this long for nodes to report before it hands out containers. The
  // default of ten seconds suits a thousand nodes; here there is one.
  'yarn.resourcemanager.work-preserving-recovery.scheduling-wait-ms': 1_000,

  'yarn.resourcemanager.scheduler.class':
    'org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.CapacityScheduler',
  'yarn.scheduler.minimum-allocation-mb': 128,
  'yarn.scheduler.maximum-allocation-mb': 6_144,
  'yarn.scheduler.maximum-allocation-vcores': 8,
  'yarn.resourcemanager.am.max-attempts': 2,
  // The second interval detects a lost node and its containers quickly. The first is long because YARN also counts it
  // from the launch of a master until it registers, and on a busy laptop a JVM needs far longer for that than a lost
  // node should go unnoticed (decision 10).
  'yarn.am.liveness-monitor.expiry-interval-ms': 120_000,
  'yarn.nm.liveness-monitor.expiry-interval-ms': 15_000,
});

function nodeManager(layout: YarnLayout): Properties {
  const { data } = layout;
  const address = addressIn(layout);
  return {
    'yarn.nodemanager.hostname': '127.0.0.1',
    'yarn.nodemanager.bind-host': '127.0.0.1',
    'yarn.nodemanager.address': address('nm'),
    'yarn.nodemanager.localizer.address': address('nm-localizer'),
    'yarn.nodemanager.webapp.address': address('nm-web'),
    'yarn.nodemanager.collector-service.address': address('nm-collector'),
    'yarn.nodemanager.resource.memory-mb': 8_192,
    'yarn.nodemanager.resource.cpu-vcores': 16,
    'yarn.nodemanager.vmem-check-enabled': false,
    'yarn.nodemanager.pmem-check-enabled': false,
    'yarn.nodemanager.local-dirs': `${data}/nm-local`,
    'yarn.nodemanager.log-dirs': `${data}/nm-logs`,
    // The logs of ended containers stay readable for a day, over HTTP too.
    'yarn.nodemanager.log.retain-seconds': 86_400,
    // With `true` the NodeManager would copy the launch script, and with it the environment's credentials, to the logs.
    'yarn.nodemanager.log-container-debug-info.enabled': false,
    'yarn.nodemanager.env-whitelist': CONTAINER_ENVIRONMENT.join(','),
    // A stopping node kills its containers and waits for their end. This time shortens that from seven seconds to two.
    'yarn.nodemanager.process-kill-wait.ms': 500,
    'yarn.nodemanager.delete.thread-count': 2,
    'yarn.nodemanager.localizer.fetch.thread-count': 4,
    // The cluster keeps working when the laptop's disk is nearly full.
    'yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage': '99.9',
    'yarn.nodemanager.disk-health-checker.min-free-space-per-disk-mb': 0,
    // Recovery lets a killed NodeManager find its containers again, as on production clusters. Only x86-64 has it,
    // because the store is LevelDB and Hadoop ships LevelDB's native code for x86-64 only.
    'yarn.nodemanager.recovery.enabled': process.arch === 'x64',
    'yarn.nodemanager.recovery.dir': `${data}/nm-recovery`,
  };
}

/**
 * capacity-scheduler.xml: two queues, each of which may use the memory that the other leaves free, and a tiny queue
 * that holds one running application and makes a second one wait.
 */
export function capacityScheduler(): Properties {
  const prefix = 'yarn.scheduler.capacity';
  const queue = (name: string, capacity: number): Properties => ({
    [`${prefix}.root.${name}.capacity`]: capacity,
    [`${prefix}.root.${name}.maximum-capacity`]: 100,
    [`${prefix}.root.${name}.user-limit-factor`]: 4, // Sluice's user submits everything
    [`${prefix}.root.${name}.state`]: 'RUNNING',
  });
  return {
    [`${prefix}.root.queues`]: 'default,ads,tiny',
    ...queue('default', 50),
    ...queue('ads', 49),
    ...queue('tiny', 1),
    [`${prefix}.root.tiny.maximum-applications`]: 2,
    [`${prefix}.root.tiny.maximum-am-resource-percent`]: '0.0001',
    // Application masters may use all memory, because each Flink job is a master with only a few containers.
    [`${prefix}.maximum-am-resource-percent`]: '1.0',
    [`${prefix}.maximum-applications`]: 10_000,
    [`${prefix}.resource-calculator`]: 'org.apache.hadoop.yarn.util.resource.DominantResourceCalculator',
    [`${prefix}.node-locality-delay`]: -1,
  };
}
