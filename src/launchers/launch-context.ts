/**
 * Submissions as Flink's own client sends them to YARN, made from data: one configuration file, a map of local resources,
 * an environment and a command (YarnClusterDescriptor.startAppMaster, Flink 1.20.1 and 2.1.0).
 */
import type { LocalResource, SubmissionContext } from '../clients/yarn/submission.ts';
import type { ShippedFiles } from '../domain/deployment/shipped-files.ts';
import { jobManagerMemory } from '../domain/flink-options/job-manager-memory.ts';
import { renderJvmOptions } from '../domain/flink-options/jvm-options.ts';
import { memoryMegabytes } from '../domain/input/memory-size.ts';
import { AGENT_ENTRY, AGENT_ONLY, AGENT_PLUGIN } from './agent.ts';
import type { Distribution, Located } from './distribution.ts';
import type { Launch } from './launcher.ts';

const APPLICATION_MASTER = 'org.apache.flink.yarn.entrypoint.YarnApplicationClusterEntryPoint';
const CONFIG_FILE = 'config.yaml';
export const LOGGING_FILE = 'log4j.properties';

/**
 * URLs of the further JARs, in order, for `pipeline.classpaths`. JobManager and TaskManagers each open them in their own
 * working directory, as Flink does with `usrlib` (DefaultPackagedProgramRetriever, 1.20.1 and 2.1.0).
 */
export const classpathOf = ({ jars }: ShippedFiles): readonly string[] => jars.map(({ name }) => `file:${name}`);

export interface ContextInput {
  readonly launch: Launch;
  readonly distribution: Distribution;
  /** Scheme and bucket as the NodeManagers read them, e.g. `s3a://sluice/`. */
  readonly root: string;
  readonly user: string;
  readonly applicationClasspath: string;
  /** The start's staging folder, which Flink's application master deletes when it unregisters. */
  readonly stagingKey: string;
  readonly configFile: { readonly key: string; readonly size: number; readonly timestamp: number };
  readonly jar: { readonly size: number; readonly timestamp: number };
  readonly shipped: readonly (Located & { readonly name: string })[];
}

export function launchContext(input: ContextInput): SubmissionContext {
  const { deployment, file, tags } = input.launch;
  return {
    applicationId: deployment.applicationId,
    name: deployment.job,
    type: 'Apache Flink',
    queue: file.yarn.queue,
    priority: file.yarn.priority,
    tags,
    memoryMb: memoryMegabytes(file.jobManager.memory),
    vcores: file.jobManager.vcores,
    maxAttempts: 1,
    keepContainersAcrossAttempts: false,
    attemptFailuresValidityMs: null,
    nodeLabel: file.yarn.nodeLabel,
    localResources: localResources(input),
    environment: environment(input),
    command: command(input),
    acls: aclsOf(input.launch),
  };
}

/** Access lists of the application, which the platform may configure (Utils.setAclsFor, Flink 1.20.1). */
function aclsOf({ entries }: Launch): SubmissionContext['acls'] {
  const of = (option: string): string | null => entries.find(({ key }) => key === option)?.value ?? null;
  return { view: of('yarn.view.acls'), modify: of('yarn.modify.acls') };
}

function localResources(input: ContextInput): Record<string, LocalResource> {
  const { distribution } = input;
  const shared = [distribution.flinkDist, ...distribution.libraries, ...pluginsOf(distribution)];
  const own = applicationFiles(input);
  return Object.fromEntries([
    ...shared.map((file) => [file.path, resource(input, file, 'PUBLIC')] as const),
    ...own.map(({ path, file, visibility }) => [path, resource(input, file, visibility)] as const),
  ]);
}

/** The plugins of the distribution, and the agent, which is one too. */
const pluginsOf = ({ plugins, agent }: Distribution): readonly (Located & { readonly path: string })[] =>
  agent === null ? plugins : [...plugins, { path: AGENT_PLUGIN, ...agent.plugin }];

/** The files of this one application, by their path in the container's working directory. */
function applicationFiles({ launch, distribution, configFile, jar, shipped }: ContextInput) {
  const { key, name } = launch.deployment.jar;
  return [
    { path: name, file: { key, ...jar }, visibility: 'APPLICATION' },
    ...shipped.map((file) => ({ path: file.name, file, visibility: 'APPLICATION' }) as const),
    { path: CONFIG_FILE, file: configFile, visibility: 'APPLICATION' },
    { path: LOGGING_FILE, file: distribution.logging, visibility: 'PUBLIC' },
    ...(distribution.agent === null
      ? []
      : ([{ path: AGENT_ENTRY, file: distribution.agent.entry, visibility: 'PUBLIC' }] as const)),
  ] as const;
}

const resource = (
  { root }: ContextInput,
  { key, size, timestamp }: Located,
  visibility: LocalResource['visibility'],
): LocalResource => ({
  uri: root + key,
  type: 'FILE',
  visibility,
  size,
  timestamp,
});

/** Single quotes, since YARN's launch script exports values in double quotes (YarnLocalResourceDescriptor reads both). */
function descriptor(input: ContextInput, path: string, file: Located, visibility: LocalResource['visibility']): string {
  const { uri } = resource(input, file, visibility);
  return `{'resourceKey':'${path}','path':'${uri}','size':${file.size},'modificationTime':${file.timestamp},'visibility':'${visibility}','resourceType':'FILE'}`;
}

function environment(input: ContextInput): Record<string, string> {
  const { launch, distribution, root, user, applicationClasspath, stagingKey } = input;
  const { flinkDist, libraries, agent } = distribution;
  // The job's JARs stand among the system's, in order (yarn.classpath.include-user-jar: ORDER, Flink's default).
  const own = [launch.deployment.jar, ...launch.shipped.jars].map(({ name }) => name);
  const sorted = [...libraries.map(({ path }) => path), ...own].sort();
  // The entry class stands before all that the job brings along.
  const first = agent === null ? [] : [AGENT_ENTRY];
  const flinkClasspath = [...first, '.', ...sorted, flinkDist.path, CONFIG_FILE].join(':');
  const shipped = [
    ...[...libraries, ...pluginsOf(distribution)].map((file) => descriptor(input, file.path, file, 'PUBLIC')),
    ...applicationFiles(input).map(({ path, file, visibility }) => descriptor(input, path, file, visibility)),
  ];
  return {
    ...masterEnvironment(launch),
    _FLINK_CLASSPATH: flinkClasspath,
    CLASSPATH: `${flinkClasspath}:${applicationClasspath}`,
    _FLINK_DIST_JAR: descriptor(input, flinkDist.path, flinkDist, 'PUBLIC'),
    _CLIENT_SHIP_FILES: shipped.join(';'),
    _FLINK_YARN_FILES: root + stagingKey,
    _CLIENT_HOME_DIR: root,
    _APP_ID: launch.deployment.applicationId,
    HADOOP_USER_NAME: user,
    FLINK_LIB_DIR: './lib',
    FLINK_OPT_DIR: './opt',
  };
}

const MASTER_ENVIRONMENT = 'containerized.master.env.';

const masterEnvironment = ({ entries }: Launch): Record<string, string> =>
  Object.fromEntries(
    entries.flatMap(({ key, value }) =>
      key.startsWith(MASTER_ENVIRONMENT) ? [[key.slice(MASTER_ENVIRONMENT.length), value]] : [],
    ),
  );

/**
 * A second attempt would run main() again with the first one's restore path: a silent rewind. YARN may make one whatever
 * `max-app-attempts` says (a lost node does not count), so the container looks at its own id first, whose last part but
 * one is the attempt (`container_e17_<cluster>_<application>_<attempt>_<number>`, ContainerId.toString, Hadoop 3.4).
 */
export const FIRST_ATTEMPT_ONLY = 'case $CONTAINER_ID in *_01_*) ;; *) exit 64 ;; esac;';

/** Flink's default of `yarn.container-start-command-template` (YarnConfigOptions, 1.20.1 and 2.1.0). */
export const FLINK_TEMPLATE = '%java% %jvmmem% %jvmopts% %logging% %class% %args% %redirects%';

/** YARN expands `<LOG_DIR>` itself; the launch command is a shell script, hence the quoting of every option. */
function command({ launch, distribution }: ContextInput): string {
  const config = Object.fromEntries(launch.entries.map(({ key, value }) => [key, value]));
  const memory = jobManagerMemory(memoryMegabytes(launch.file.jobManager.memory), config);
  const options = [
    'env.java.default-opts.all',
    'env.java.opts.all',
    'env.java.default-opts.jobmanager',
    'env.java.opts.jobmanager',
  ]
    .map((key) => renderJvmOptions(config[key] ?? ''))
    .filter((option) => option !== '');
  const dynamic = {
    'jobmanager.memory.off-heap.size': memory.offHeapBytes,
    'jobmanager.memory.jvm-overhead.min': memory.overheadBytes,
    'jobmanager.memory.jvm-metaspace.size': memory.metaspaceBytes,
    'jobmanager.memory.heap.size': memory.heapBytes,
    'jobmanager.memory.jvm-overhead.max': memory.overheadBytes,
  };
  return [
    FIRST_ATTEMPT_ONLY,
    ...(distribution.agent === null ? [] : [AGENT_ONLY]),
    'exec $JAVA_HOME/bin/java',
    `-Xmx${memory.heapBytes}`,
    `-Xms${memory.heapBytes}`,
    `-XX:MaxMetaspaceSize=${memory.metaspaceBytes}`,
    ...(memory.limitDirectMemory ? [`-XX:MaxDirectMemorySize=${memory.offHeapBytes}`] : []),
    ...options,
    '-XX:+IgnoreUnrecognizedVMOptions',
    '-Dlog.file="<LOG_DIR>/jobmanager.log"',
    `-Dlog4j.configuration=file:${LOGGING_FILE}`,
    `-Dlog4j.configurationFile=file:${LOGGING_FILE}`,
    APPLICATION_MASTER,
    ...Object.entries(dynamic).flatMap(([key, bytes]) => ['-D', `${key}=${bytes}b`]),
    '1>',
    '<LOG_DIR>/jobmanager.out',
    '2>',
    '<LOG_DIR>/jobmanager.err',
  ].join(' ');
}
