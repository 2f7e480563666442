/** Names of the files of a release that a job names beside its JAR. All of them lie in one folder, that of the container. */
import { dotted, type Path } from '../input/input-path.ts';
import { pattern } from '../input/field-schemas.ts';
import { readYaml } from '../input/yaml-source.ts';
import { isMap } from '../values/is-map.ts';

/** Most further JARs of a job, and most files: their descriptions travel in an environment variable of the JobManager. */
export const MOST_FURTHER = 50;

/** Most bytes of all further JARs and files of a job: each node fetches them before its first container starts. */
export const MOST_FURTHER_BYTES = 2 * 1024 ** 3;

export const FurtherJar = pattern(
  /^[A-Za-z0-9][-A-Za-z0-9_.+]{0,194}\.jar$/,
  'must be a plain file name ending in .jar (a file of the release, without a folder)',
);

/** Flink puts each file whose name ends in `jar` on the class path (YarnApplicationFileUploader, 1.20.1 and 2.1.0). */
export const FileOfRelease = pattern(
  /^(?!.*jar$)[A-Za-z0-9][-A-Za-z0-9_.+]{0,199}$/,
  'must be a plain file name (a file of the release, without a folder); a JAR belongs into job.jars',
);

/** Files that Flink, YARN and Sluice put into the working directory of a container. */
const LOCALIZED = [
  ...['config.yaml', 'flink-conf.yaml', 'log4j.properties', 'logback.xml', 'job.graph', 'krb5.conf', 'krb5.keytab'],
  ...['lib', 'plugins', 'opt', 'conf', 'usrlib', 'gate', 'tmp', 'container_tokens', 'launch_container.sh'],
  ...['default_container_executor.sh', 'default_container_executor_session.sh'],
  ...['yarn_provided.keystore', 'yarn_provided.truststore'],
];
/** The working directory comes first on the class path, so that these would replace the configuration of Hadoop. */
const HADOOPS = ['core-site.xml', 'hdfs-site.xml', 'yarn-site.xml', 'mapred-site.xml'];

const RESERVED: ReadonlySet<string> = new Set([...LOCALIZED, ...HADOOPS]);

function problemOf(name: string): string | null {
  if (RESERVED.has(name)) return `must not be ${name}, which is the platform's in the folder of a container`;
  // Flink leaves such a file out (YarnApplicationFileUploader.isFlinkDistJar).
  return /^flink-dist.*jar$/.test(name)
    ? 'must not begin with flink-dist, because Flink takes it for its own JAR'
    : null;
}

interface NameProblem {
  readonly path: Path;
  readonly message: string;
}

/** Lists names that the platform's files have, and names that are given twice; entries of another type are left out. */
export function problemsOfFurtherFiles(job: {
  readonly jar: string;
  readonly jars: readonly unknown[];
  readonly files: readonly unknown[];
}): readonly NameProblem[] {
  const problems: NameProblem[] = [];
  const firstAt = new Map([[job.jar, 'job.jar']]);
  for (const field of ['jars', 'files'] as const) {
    for (const [index, name] of job[field].entries()) {
      if (typeof name !== 'string') continue;
      const path = ['job', field, index];
      const other = firstAt.get(name);
      const problem = other === undefined ? problemOf(name) : `must not be the name of ${other} too`;
      firstAt.set(name, other ?? dotted(path));
      if (problem !== null) problems.push({ path, message: `${dotted(path)} ${problem}` });
    }
  }
  return problems;
}

/** The names in `job.files` of a text that may be a deployment file: a YAML file among them is none. */
export function filesNamedIn(text: string): readonly string[] {
  const yaml = readYaml(text);
  const job = yaml.ok && isMap(yaml.source.value) ? yaml.source.value['job'] : null;
  const files: unknown = isMap(job) ? job['files'] : null;
  return Array.isArray(files) ? files.filter((name) => typeof name === 'string') : [];
}
