// Reads the stack's settings. No other file of stack/ reads the environment, except the bootstrap.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const ExternalCluster = z.looseObject({ name: z.string(), zone: z.string(), resourceManager: z.url() });
/** An external YARN cluster. Further keys are those of a cluster in Sluice's configuration. */
export type ExternalCluster = z.infer<typeof ExternalCluster>;

/** All settings of the stack. */
export interface StackSettings {
  readonly repository: string;
  readonly cacheDirectory: string;
  readonly stackDirectory: string;
  /** Keeps Temporal's own limit of ten updates in flight. The stack otherwise sets 200, which suits a busy laptop. */
  readonly defaultUpdateLimit: boolean;
  readonly temporalCliPath: string | undefined;
  /** External components, which the stack uses instead of starting its own. */
  readonly external: {
    readonly temporal: { readonly address: string; readonly ui: string } | undefined;
    readonly s3:
      { readonly endpoint: string; readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
    readonly clusters: readonly ExternalCluster[] | undefined;
    /** A token of an admin of the Sluice whose bucket this is. The first token of a bucket is made once. */
    readonly token: string | undefined;
  };
  /**
   * The environment for child processes, without variables that change the behaviour of Java, Hadoop or the AWS SDKs.
   */
  readonly environment: Readonly<Record<string, string>>;
}

/** A setting is unusable. The message names the variable and a valid value. */
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
      token: environment['SLUICE_STACK_TOKEN'],
    },
    environment: {
      ...(Object.fromEntries(inherited) as Record<string, string>), // the filter above removed undefined values
      // The warning puts nine lines into every log, on a Node that this repository supports.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  };
}

/** Returns the environment in which another process reads these same settings. */
export function environmentOf({ stackDirectory, cacheDirectory }: StackSettings): NodeJS.ProcessEnv {
  return { ...process.env, SLUICE_STACK_DIR: stackDirectory, SLUICE_CACHE: cacheDirectory };
}

function readFolder(environment: NodeJS.ProcessEnv, variable: string, byDefault: string): string {
  const folder = resolve(environment[variable] ?? byDefault);
  // Class paths, lists in Hadoop's configuration and YARN's launch scripts use some of these characters as separators.
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
  // An external server's Web UI is assumed where Temporal's own tools put it, unless the variable names another place.
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
