// Where the stack keeps its things and what its user chose: the only reader of the environment under stack/.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const ExternalCluster = z.looseObject({ name: z.string(), zone: z.string(), resourceManager: z.url() });
/** A YARN cluster that exists already; further keys are those of a cluster in Sluice's configuration. */
export type ExternalCluster = z.infer<typeof ExternalCluster>;

/** All that the stack takes from outside. */
export interface StackSettings {
  readonly repository: string;
  readonly cacheDirectory: string;
  readonly stackDirectory: string;
  /** Keep Temporal's own limit of ten updates in flight instead of the 200 that suit a busy laptop. */
  readonly defaultUpdateLimit: boolean;
  readonly temporalCliPath: string | undefined;
  /** Components that exist elsewhere and are pointed to instead of being started. */
  readonly external: {
    readonly temporal: { readonly address: string; readonly ui: string } | undefined;
    readonly s3:
      { readonly endpoint: string; readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
    readonly clusters: readonly ExternalCluster[] | undefined;
  };
  /** The environment for child processes, without what would change how Java, Hadoop or the AWS SDKs behave. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A setting that cannot be used; the message names the variable and what to write instead. */
export class SettingError extends Error {}

const MISLEADING =
  /^(AWS_|HADOOP_|YARN_|FLINK_|SLUICE_(STACK|CONFIG|OBSERVER)|TEMPORAL_|MINIO_|CLASSPATH$|_JAVA_OPTIONS$|JDK_JAVA_OPTIONS$|NODE_OPTIONS$)/;

/** Reads the settings of the stack from the environment. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): StackSettings {
  const repository = dirname(dirname(fileURLToPath(import.meta.url)));
  const inherited = Object.entries(environment).filter(
    ([name, value]) => value !== undefined && !MISLEADING.test(name),
  );
  return {
    repository,
    cacheDirectory: readFolder(environment, 'SLUICE_CACHE', join(repository, '.cache')),
    stackDirectory: readFolder(environment, 'SLUICE_STACK_DIR', join(repository, '.stack')),
    defaultUpdateLimit: environment['SLUICE_STACK_DEFAULT_UPDATE_LIMIT'] === '1',
    temporalCliPath: environment['TEMPORAL_CLI_PATH'],
    external: {
      temporal: readTemporal(environment),
      s3: readS3(environment),
      clusters: readClusters(environment['SLUICE_STACK_CLUSTERS']),
    },
    environment: {
      ...(Object.fromEntries(inherited) as Record<string, string>), // undefined values were filtered out above
      // Nine lines in every log, on a Node that this repository supports.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  };
}

/** The environment in which another process reads these same settings. */
export function environmentOf({ stackDirectory, cacheDirectory }: StackSettings): NodeJS.ProcessEnv {
  return { ...process.env, SLUICE_STACK_DIR: stackDirectory, SLUICE_CACHE: cacheDirectory };
}

function readFolder(environment: NodeJS.ProcessEnv, variable: string, byDefault: string): string {
  const folder = resolve(environment[variable] ?? byDefault);
  // Class paths, lists in Hadoop's configuration and YARN's launch scripts are all divided by some of these.
  const unfit = /[^\w./+@=~-]/.exec(folder);
  if (unfit === null) return folder;
  throw new SettingError(
    `The folder ${folder} cannot be used: Java and YARN stumble over "${unfit[0]}" in a path. ` +
      `Set ${variable} to a folder with letters, digits, "-", "_" and "." only.`,
  );
}

function readTemporal(environment: NodeJS.ProcessEnv): StackSettings['external']['temporal'] {
  const address = environment['SLUICE_STACK_TEMPORAL_ADDRESS'];
  if (address === undefined) return undefined;
  // The Web UI of a server that we did not start is where Temporal's own tools put it, unless told otherwise.
  const ui = environment['SLUICE_STACK_TEMPORAL_UI'] ?? `http://${address.replace(/:\d+$/, '')}:8233`;
  return { address, ui };
}

function readS3(environment: NodeJS.ProcessEnv): StackSettings['external']['s3'] {
  const endpoint = environment['SLUICE_STACK_S3_ENDPOINT'];
  if (endpoint === undefined) return undefined;
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new SettingError(
      'SLUICE_STACK_S3_ENDPOINT is set but the credentials for it are not: ' +
        'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY as well.',
    );
  }
  return { endpoint, accessKeyId, secretAccessKey };
}

function readClusters(text: string | undefined): readonly ExternalCluster[] | undefined {
  if (text === undefined) return undefined;
  try {
    return z.array(ExternalCluster).min(1).parse(JSON.parse(text));
  } catch (error) {
    throw new SettingError(
      'SLUICE_STACK_CLUSTERS must be a JSON list such as ' +
        '[{"name":"yarn-a","zone":"zone-a","resourceManager":"http://host:8088"}].',
      { cause: error },
    );
  }
}
