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
import { CLASS_PATH_SCRIPT, classArchiveOf, FLINK_FOLDER, jvmOptionsOf } from './class-path-script.ts';
import type { ArchivedFlink, Distribution, Located } from './distribution.ts';
import type { Launch } from './launcher.ts';

const APPLICATION_MASTER = 'org.apache.flink.yarn.entrypoint.YarnApplicationClusterEntryPoint';
const CONFIG_FILE = 'config.yaml';
export const LOGGING_FILE = 'log4j.properties';

/**
 * URLs of the further JARs, in order, for `pipeline.classpaths`. JobManager and TaskManagers each open them in their own
 * working directory, as Flink does with `usrlib` (DefaultPackagedProgramRetriever, 1.20.1 and 2.1.0).
 */
export const classpathOf = ({ jars }: ShippedFiles): readonly string[] => jars.map(({ name }) => `file:${name}`);

/** The part of a launch that an application of Flink is made from; a warm-up is none of a job. */
export interface ContextLaunch extends Pick<Launch, 'tags' | 'entries'> {
  readonly deployment: Pick<Launch['deployment'], 'applicationId' | 'job'> & {
    readonly jar: Pick<Launch['deployment']['jar'], 'key' | 'name'>;
  };
  readonly file: {
    readonly yarn: Pick<Launch['file']['yarn'], 'queue' | 'priority' | 'nodeLabel'>;
    readonly jobManager: Launch['file']['jobManager'];
  };
  readonly shipped: Pick<ShippedFiles, 'jars'>;
}

export interface ContextInput {
  readonly launch: ContextLaunch;
  readonly distribution: Distribution;
  /** Null: the JARs of the distribution are files of their own. */
  readonly archived: ArchivedFlink | null;
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
function aclsOf({ entries }: ContextLaunch): SubmissionContext['acls'] {
  const of = (option: string): string | null => entries.find(({ key }) => key === option)?.value ?? null;
  return { view: of('yarn.view.acls'), modify: of('yarn.modify.acls') };
}

interface Placed {
  /** Path in the working directory of the container. */
  readonly path: string;
  readonly file: Located;
  readonly visibility: LocalResource['visibility'];
  readonly type?: LocalResource['type'];
}

function localResources(input: ContextInput): Record<string, LocalResource> {
  const master = [flinkOf(input), ...sharedFiles(input), ...applicationFiles(input), ...classArchive(input, 'jm')];
  return Object.fromEntries(master.map((placed) => [placed.path, resource(input, placed)]));
}

/** The resource that Flink calls its JAR (`_FLINK_DIST_JAR`): the archive of all JARs, or flink-dist. */
const flinkOf = ({ archived, distribution: { flinkDist } }: ContextInput): Placed =>
  archived === null
    ? { path: flinkDist.path, file: flinkDist, visibility: 'PUBLIC' }
    : { path: FLINK_FOLDER, file: archived.flink, visibility: 'PUBLIC', type: 'ARCHIVE' };

function sharedFiles({ archived, distribution }: ContextInput): readonly Placed[] {
  const { libraries, plugins, agent } = distribution;
  return [
    ...(archived === null ? libraries : []).map((file) => ({ path: file.path, file })),
    ...plugins.map((file) => ({ path: file.path, file })),
    ...(agent === null ? [] : [{ path: AGENT_PLUGIN, file: agent.plugin }]),
    ...(archived === null ? [] : [{ path: CLASS_PATH_SCRIPT, file: archived.script }]),
  ].map((placed) => ({ ...placed, visibility: 'PUBLIC' }));
}

function classArchive({ archived }: ContextInput, part: 'jm' | 'tm'): readonly Placed[] {
  const file = archived === null ? null : archived.classes[part];
  return file === null ? [] : [{ path: classArchiveOf(part), file, visibility: 'PUBLIC' }];
}

/** The files of this one application. */
function applicationFiles({ launch, distribution, configFile, jar, shipped }: ContextInput): readonly Placed[] {
  const { key, name } = launch.deployment.jar;
  return [
    { path: name, file: { key, ...jar }, visibility: 'APPLICATION' },
    ...shipped.map((file) => ({ path: file.name, file, visibility: 'APPLICATION' }) as const),
    { path: CONFIG_FILE, file: configFile, visibility: 'APPLICATION' },
    { path: LOGGING_FILE, file: distribution.logging, visibility: 'PUBLIC' },
    ...(distribution.agent === null
      ? []
      : ([{ path: AGENT_ENTRY, file: distribution.agent.entry, visibility: 'PUBLIC' }] as const)),
  ];
}

const resource = ({ root }: ContextInput, { file, visibility, type = 'FILE' }: Placed): LocalResource => ({
  uri: root + file.key,
  type,
  visibility,
  size: file.size,
  timestamp: file.timestamp,
});

/** Single quotes, since YARN's launch script exports values in double quotes (YarnLocalResourceDescriptor reads both). */
function descriptor(input: ContextInput, placed: Placed): string {
  const { uri, type, size, timestamp, visibility } = resource(input, placed);
  return `{'resourceKey':'${placed.path}','path':'${uri}','size':${size},'modificationTime':${timestamp},'visibility':'${visibility}','resourceType':'${type}'}`;
}

/** The class path of the environment. With an archive of Flink a script in the container puts the JARs of this one in order. */
function flinkClasspathOf({ launch, distribution, archived }: ContextInput): string {
  const { flinkDist, libraries, agent } = distribution;
  // The job's JARs stand in one order with an archive and without, so that the same class wins.
  const own = [launch.deployment.jar, ...launch.shipped.jars].map(({ name }) => name).sort();
  // The entry class stands before all that the job brings along.
  const first = agent === null ? [] : [AGENT_ENTRY];
  if (archived !== null) return [`${FLINK_FOLDER}/lib/*`, ...first, ...own, '.', CONFIG_FILE].join(':');
  // The job's JARs stand among the system's, in order (yarn.classpath.include-user-jar: ORDER, Flink's default).
  const sorted = [...libraries.map(({ path }) => path), ...own].sort();
  return [...first, '.', ...sorted, flinkDist.path, CONFIG_FILE].join(':');
}

function environment(input: ContextInput): Record<string, string> {
  const { launch, archived, root, user, applicationClasspath, stagingKey } = input;
  const flinkClasspath = flinkClasspathOf(input);
  const shipped = [...sharedFiles(input), ...applicationFiles(input), ...classArchive(input, 'tm')];
  return {
    ...masterEnvironment(launch),
    _FLINK_CLASSPATH: flinkClasspath,
    CLASSPATH: `${flinkClasspath}:${applicationClasspath}`,
    _FLINK_DIST_JAR: descriptor(input, flinkOf(input)),
    _CLIENT_SHIP_FILES: shipped.map((placed) => descriptor(input, placed)).join(';'),
    _FLINK_YARN_FILES: root + stagingKey,
    _CLIENT_HOME_DIR: root,
    _APP_ID: launch.deployment.applicationId,
    HADOOP_USER_NAME: user,
    FLINK_LIB_DIR: archived === null ? './lib' : `./${FLINK_FOLDER}/lib`,
    FLINK_OPT_DIR: './opt',
  };
}

const MASTER_ENVIRONMENT = 'containerized.master.env.';

const masterEnvironment = ({ entries }: ContextLaunch): Record<string, string> =>
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

/** The same, with what the script of class archives adds. */
export const ARCHIVED_TEMPLATE = FLINK_TEMPLATE.replace('%java%', () => `%java% ${jvmOptionsOf('tm')}`);

/** YARN expands `<LOG_DIR>` itself; the launch command is a shell script, hence the quoting of every option. */
function command({ launch, distribution, archived }: ContextInput): string {
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
    ...(archived === null ? [] : [jvmOptionsOf('jm')]),
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
