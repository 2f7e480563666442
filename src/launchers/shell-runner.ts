/**
 * `shell-runner`: a small application master on YARN (java/sluice-launcher) fetches the job's JAR, checks it, and runs Flink's own client
 * with the configuration that Sluice wrote. The Flink application is the client's; it is found by the tag of its start.
 */
import type { S3Client } from '../clients/s3/s3.ts';
import type { LocalResource } from '../clients/yarn/submission.ts';
import type { YarnClient } from '../clients/yarn/yarn.ts';
import { renderConfigYaml } from '../domain/flink-options/config-yaml.ts';
import type { Deployment } from '../domain/deployment/deployment.ts';
import type { DeploymentFile } from '../domain/deployment-file/deployment-file.ts';
import { launcherNameOf, launchTagsOf, LAUNCHER_TYPE } from '../domain/identity/yarn-tags.ts';
import { allOf } from '../domain/deployment/shipped-files.ts';
import { rulesOf } from '../domain/deployment-file/job-type.ts';
import { stagedConfigKey, stagedGateKey, stagedOrderKey, stagingPrefix } from '../domain/identity/storage-keys.ts';
import { AGENT_ENTRY, AGENT_ONLY, agentSettings, foldersOf, leaseOf, mainOf, type Agent } from './agent.ts';
import { located, type Distribution, type Distributions, type Located } from './distribution.ts';
import { classpathOf, FIRST_ATTEMPT_ONLY, FLINK_TEMPLATE, LOGGING_FILE } from './launch-context.ts';
import type { Launch, Launcher } from './launcher.ts';
import { java17Options } from './platform-defaults.ts';

interface ShellRunnerOptions {
  readonly s3: S3Client;
  readonly yarn: YarnClient;
  readonly distributions: Distributions;
  /** Null: its starts have no gate. */
  readonly agent: Agent | null;
  /** Folder in the bucket of each Flink version. */
  readonly prefixes: Readonly<Record<string, string>>;
  readonly scheme: string;
  readonly user: string;
  readonly applicationClasspath: string;
  /** Additional class path of Flink's client. */
  readonly clientClasspath: string;
  /** Key of the application master's JAR in the bucket. */
  readonly jar: string;
  /** Memory of its container, in which the client's JVM lives too. */
  readonly memoryMb: number;
}

const RUNNER_JAR = 'sluice-launcher.jar';
const ORDER_FILE = 'launch.json';
const GATE_FILE = 'gate';

export function createShellRunner(options: ShellRunnerOptions): Launcher {
  const { s3, yarn, distributions, agent, prefixes, scheme } = options;
  const root = `${scheme}://${s3.bucket}/`;
  // Flink sorts the class path, so that a JAR of the job may stand before `lib/`; the entry class must not come from there.
  const ofAgent = agent === null ? '' : ` ${AGENT_ONLY} export CLASSPATH=lib/${AGENT_ENTRY}:$CLASSPATH;`;
  const before = `${FIRST_ATTEMPT_ONLY}${ofAgent} test -f ${GATE_FILE} || exit 65;`;
  return {
    canStandBy: false,
    isGated: agent !== null,
    leaseOf: (file) => leaseOf(file, agent),
    settings: (deployment, file, shipped) => {
      const { job, flinkJobId, flinkVersion } = deployment;
      const folder = deployment.distribution ?? prefixes[flinkVersion] ?? '';
      const distribution = `${root}${folder.replace(/\/+$/, '')}`;
      const folders = agent === null ? [] : foldersOf(agent).map((folder) => root + folder);
      return {
        ...(agent === null ? {} : agentSettings(s3.bucket, deployment, { agent, lease: leaseOf(file, agent) })),
        'yarn.provided.lib.dirs': [`${distribution}/lib`, `${distribution}/plugins`, ...folders],
        'yarn.staging-directory': `${root}${stagingPrefix(job, flinkJobId).replace(/\/$/, '')}`,
        // A closed start has no gate any more, so YARN cannot make its container, however late the client submits.
        'yarn.ship-files': [stagedGateKey(job, flinkJobId), ...allOf(shipped).map(({ key }) => key)].map(
          (key) => root + key,
        ),
        'yarn.container-start-command-template': `${before} exec ${FLINK_TEMPLATE}`,
      };
    },

    async launch(launch) {
      const { deployment } = launch;
      const { job, flinkJobId } = deployment;
      const [distribution, runner, config, order] = await Promise.all([
        distributions(deployment.flinkVersion, deployment.distribution ?? null),
        located(s3, options.jar),
        written(s3, stagedConfigKey(job, flinkJobId), renderConfigYaml(launch.entries)),
        written(
          s3,
          stagedOrderKey(job, flinkJobId),
          JSON.stringify(orderOf(launch, root, mainOf(launch.file, agent)), null, 2),
        ),
        written(s3, stagedGateKey(job, flinkJobId), `${launch.deployment.startKey}\n`),
      ]);
      const files: Record<string, LocalResource> = {};
      const add = (path: string, file: Located, visibility: LocalResource['visibility']): void => {
        const { key, size, timestamp } = file;
        files[path] = { uri: root + key, type: 'FILE', visibility, size, timestamp };
      };
      add(RUNNER_JAR, runner, 'PUBLIC');
      add(ORDER_FILE, order, 'APPLICATION');
      add('conf/config.yaml', config, 'APPLICATION');
      add(`conf/${LOGGING_FILE}`, distribution.logging, 'PUBLIC');
      for (const jar of clientFiles(distribution)) add(jar.path, jar, 'PUBLIC');
      await launch.beforeSubmit();
      await yarn.submit(contextOf(launch, options, files));
    },
  };
}

/** Writes a file once: a retry keeps the file of the first attempt, because YARN may know its time already. */
async function written(s3: S3Client, key: string, text: string): Promise<Located> {
  await s3.putIfAbsent(key, text, 'text/plain');
  return located(s3, key);
}

/** The whole distribution, plugins included: the client asks the plugins whether a path is remote. */
const clientFiles = ({ flinkDist, libraries, plugins }: Distribution) => [flinkDist, ...libraries, ...plugins];

type Main = ReturnType<typeof mainOf>;

/** Read by java/…/LaunchOrder.java; program arguments are a list here, and stay one: no shell sees them. */
const orderOf = ({ deployment, file, shipped }: Launch, root: string, { entryClass, args }: Main) => ({
  jar: { ...deployment.jar, uri: root + deployment.jar.key },
  jvmOptions: [
    ...java17Options.split(' '),
    // Flink's client writes config.yaml in the characters of the container's locale, which often has but ASCII.
    '-Dfile.encoding=UTF-8',
    '-Xmx384m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Dlog4j.configurationFile=classpath:sluice-client-log4j.properties',
  ],
  // `-d` is `execution.attached: false`, which the client decides by this option alone (`ProgramOptions`).
  action: [
    ...[actionOf(deployment), '-t', 'yarn-application', ...(rulesOf(file.job.type).readsResult ? [] : ['-d'])],
    // The client takes `pipeline.classpaths` from its options alone, and empties that of config.yaml (`ProgramOptions`).
    ...classpathOf(shipped).flatMap((url) => ['-C', url]),
  ],
  entryClass,
  arguments: args,
});

/** `run-application` is gone in Flink 2, where `run` with an application target does the same (FLINK-36451). */
const actionOf = ({ flinkVersion }: Deployment): string =>
  Number(flinkVersion.split('.')[0]) >= 2 ? 'run' : 'run-application';

function contextOf(
  { deployment, file }: { readonly deployment: Deployment; readonly file: DeploymentFile },
  { user, applicationClasspath, clientClasspath, memoryMb }: ShellRunnerOptions,
  localResources: Readonly<Record<string, LocalResource>>,
) {
  return {
    applicationId: deployment.applicationId,
    name: launcherNameOf(deployment.job),
    type: LAUNCHER_TYPE,
    queue: file.yarn.queue,
    priority: file.yarn.priority,
    tags: launchTagsOf(deployment),
    memoryMb,
    vcores: 1,
    maxAttempts: 1,
    keepContainersAcrossAttempts: false,
    attemptFailuresValidityMs: null,
    nodeLabel: file.yarn.nodeLabel,
    localResources,
    environment: {
      CLASSPATH: `${RUNNER_JAR}:${applicationClasspath}`,
      SLUICE_CLIENT_CLASSPATH: ['lib/*', applicationClasspath, clientClasspath].filter((part) => part !== '').join(':'),
      HADOOP_USER_NAME: user,
    },
    command: [
      FIRST_ATTEMPT_ONLY,
      'exec $JAVA_HOME/bin/java -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1',
      java17Options,
      'sluice.launcher.ShellRunner',
      ORDER_FILE,
      '1> <LOG_DIR>/runner.log 2>&1',
    ].join(' '),
    acls: { view: null, modify: null },
  };
}
