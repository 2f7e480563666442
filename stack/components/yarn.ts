// Runs a YARN cluster: ResourceManager and NodeManager are separate processes, so that each can fail alone.
import { s3As } from './bucket-users.ts';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../layout/stack-files.ts';
import type { Stack } from '../stack.ts';
import { fetchJson, type Component, type Launch } from './component.ts';
import {
  capacityScheduler,
  coreSite,
  renderConfiguration,
  YARN_PORTS,
  yarnSite,
  type YarnPort,
} from './yarn-configuration.ts';

const YARN = 'org.apache.hadoop.yarn.server';

// The first options open packages that Java 17 closes and Hadoop needs. The others make four daemons start quickly on
// two cores: the daemons live for hours, but never work hard enough to repay the optimizing compiler.
const JAVA_OPTIONS = [
  ...['java.lang', 'java.util', 'java.util.concurrent', 'java.net', 'java.io'].flatMap((name) => [
    '--add-opens',
    `java.base/${name}=ALL-UNNAMED`,
  ]),
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Djava.net.preferIPv4Stack=true',
  '-Djava.awt.headless=true',
];

/** The names of a cluster's ports in the file of all ports. */
export function yarnPortNames(cluster: string): string[] {
  return YARN_PORTS.map((port) => portName(cluster, port));
}

/** The base URL of a cluster's ResourceManager. */
export function resourceManagerUrl(stack: Stack, cluster: string): string {
  return `http://127.0.0.1:${stack.port(portName(cluster, 'rm-web'))}`;
}

/** Hadoop's configuration and jars, which a container appends to Flink's class path. */
export function applicationClasspath(stack: Stack, cluster: string): string {
  return `${configurationDirectory(stack, cluster)}:${stack.tools.hadoop.common}/*`;
}

/** Additional jars for Flink's client. YARN's client refers to one of their classes; a Hadoop distribution has them. */
export function clientClasspath({ tools }: Stack): string {
  const { daemons } = tools.hadoop;
  return readdirSync(daemons)
    .filter((jar) => jar.startsWith('websocket-api'))
    .map((jar) => join(daemons, jar))
    .join(':');
}

/** The two processes of a cluster. */
export function yarnCluster(stack: Stack, cluster: string): Component[] {
  const resourceManager = `${cluster}-resourcemanager`;
  const nodeManager = `${cluster}-nodemanager`;
  const webPorts = { rm: stack.port(portName(cluster, 'rm-web')), nm: stack.port(portName(cluster, 'nm-web')) };
  const common = { after: [], readyWithinMilliseconds: 120_000 };
  const portsOf = (prefix: string): string[] =>
    YARN_PORTS.filter((port) => port.startsWith(prefix)).map((port) => portName(cluster, port));
  return [
    {
      ...common,
      name: resourceManager,
      stopOrder: 3,
      stopGraceMilliseconds: 8_000,
      ports: portsOf('rm'),
      prepare: () => daemon(stack, cluster, resourceManager, `${YARN}.resourcemanager.ResourceManager`, '512m'),
      isReady: async ({ signal }) => {
        const reply = RmInfo.safeParse(await fetchJson(`http://127.0.0.1:${webPorts.rm}/ws/v1/cluster/info`, signal));
        return reply.success && reply.data.clusterInfo.state === 'STARTED';
      },
    },
    {
      ...common,
      name: nodeManager,
      stopOrder: 2,
      // A NodeManager ends its containers within two seconds, then waits ten more for a deletion of old logs that is
      // due only hours later. Killing it after the first part loses nothing, because its state is on disk.
      stopGraceMilliseconds: 4_000,
      ports: portsOf('nm'),
      prepare: () => daemon(stack, cluster, nodeManager, `${YARN}.nodemanager.NodeManager`, '384m'),
      isReady: async ({ signal, logged }) => {
        // The log decides first, because right after a restart the ResourceManager still lists the old process as
        // running.
        if (!logged().includes('Registered with ResourceManager as')) return false;
        const reply = RmNodes.safeParse(await fetchJson(`http://127.0.0.1:${webPorts.rm}/ws/v1/cluster/nodes`, signal));
        if (!reply.success) return false;
        return (reply.data.nodes?.node ?? []).some(
          (node) => node.state === 'RUNNING' && node.nodeHTTPAddress.endsWith(`:${webPorts.nm}`),
        );
      },
    },
  ];
}

const RmInfo = z.object({ clusterInfo: z.object({ state: z.string() }) });
const RmNodes = z.object({
  nodes: z.object({ node: z.array(z.object({ state: z.string(), nodeHTTPAddress: z.string() })) }).nullable(),
});

function portName(cluster: string, port: YarnPort): string {
  return `${cluster}-${port}`;
}

function configurationDirectory(stack: Stack, cluster: string): string {
  return join(stack.files.data(cluster), 'conf');
}

function daemon(stack: Stack, cluster: string, name: string, mainClass: string, heap: string): Launch {
  const data = stack.files.data(cluster);
  const configuration = configurationDirectory(stack, cluster);
  const logging = join(data, 'daemon-log4j.properties');
  const ports = Object.fromEntries(YARN_PORTS.map((port) => [port, stack.port(portName(cluster, port))]));
  const layout = {
    data,
    s3Endpoint: stack.s3.endpoint,
    applicationClasspath: applicationClasspath(stack, cluster),
    ports: ports as Record<YarnPort, number>, // built from the list of all names
  };
  for (const folder of ['tmp', 'rm-state', 'nm-local', 'nm-logs', 'nm-recovery', `log-${name}`]) {
    mkdirSync(join(data, folder), { recursive: true });
  }
  writeFileAtomically(join(configuration, 'core-site.xml'), renderConfiguration(coreSite(layout)));
  writeFileAtomically(join(configuration, 'yarn-site.xml'), renderConfiguration(yarnSite(layout)));
  writeFileAtomically(join(configuration, 'capacity-scheduler.xml'), renderConfiguration(capacityScheduler()));
  // The file lies outside the configuration folder, because that folder is on the class path of Flink's containers too.
  writeFileAtomically(logging, DAEMON_LOGGING);

  const { common, daemons } = stack.tools.hadoop;
  const logDirectory = join(data, `log-${name}`);
  // Containers inherit the key of their NodeManager, so that is all that the code of jobs has.
  const { accessKeyId, secretAccessKey } = s3As('containers', stack);
  return {
    command: join(javaHome(stack), 'bin', 'java'),
    args: [
      ...JAVA_OPTIONS,
      `-Xmx${heap}`,
      `-Dlog4j.configuration=file:${logging}`,
      `-Dyarn.log.dir=${logDirectory}`,
      `-Dhadoop.log.dir=${logDirectory}`,
      ...['-cp', `${configuration}:${common}/*:${daemons}/*`],
      mainClass,
    ],
    directory: data,
    environment: {
      ...stack.environment,
      JAVA_HOME: javaHome(stack),
      HADOOP_CONF_DIR: configuration,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: stack.s3.region,
      SLUICE_OBSERVER: stack.files.observer,
    },
  };
}

let knownJavaHome: string | undefined;

function javaHome(stack: Stack): string {
  const named = stack.environment['JAVA_HOME'];
  if (named !== undefined && named !== '') return named;
  // The `java` on PATH is often a link to a link, or on macOS a stub, so we ask it for its home.
  knownJavaHome ??= /java\.home = (.*)/.exec(
    execFileSync('sh', ['-c', 'java -XshowSettings:properties -version 2>&1'], {
      encoding: 'utf8',
      env: stack.environment,
    }),
  )?.[1];
  if (knownJavaHome === undefined) throw new Error('No JDK was found: set JAVA_HOME to the folder of a JDK 17.');
  return knownJavaHome;
}

const DAEMON_LOGGING = `log4j.rootLogger=INFO,console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.out
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %p %c{2}: %m%n
log4j.logger.org.apache.hadoop.ipc.Client=WARN
log4j.logger.org.apache.hadoop.util.NativeCodeLoader=ERROR
log4j.logger.org.apache.hadoop.metrics2=WARN
log4j.logger.org.apache.hadoop.yarn.server.resourcemanager.metrics.SystemMetricsPublisher=WARN
`;
