/** Prepares the job that every contender starts: the example, with the settings of its development file. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildClicks } from '../../examples/clicks/build.ts';
import type { Config } from '../../src/config.ts';
import { publishRelease } from '../../src/releases/publish.ts';
import type { S3Client } from '../../src/clients/s3/s3.ts';
import type { DeploymentFile } from '../../src/domain/deployment-file/deployment-file.ts';
import { parseDeploymentFile } from '../../src/domain/deployment-file/parse.ts';
import { releasePrefix } from '../../src/domain/identity/storage-keys.ts';
import type { StackSettings } from '../../stack/settings.ts';

export const FLINK_VERSION = '1.20.1';
const PROJECT = 'bench';

/** The job's files, on the disk and in S3. */
export interface Workload {
  readonly jar: { readonly name: string; readonly path: string; readonly key: string };
  readonly release: string;
  /** Returns the deployment file of a run. The files of two runs differ only in the name. */
  readonly fileOf: (run: string) => DeploymentFile;
}

/** Builds the JAR, and publishes a release with a deployment file for each run through Sluice. */
export async function publishWorkload(
  settings: StackSettings,
  s3: S3Client,
  options: {
    readonly runs: readonly string[];
    readonly id: string;
    readonly folder: string;
    readonly cluster: string;
    readonly args?: readonly string[];
    /** The way of an upgrade that the file of a run names; null leaves it out. */
    readonly handoverOf?: (run: string) => string | null;
    /** Whether starts use class archives, as far as there are any; those of other runs refuse them. */
    readonly archives?: (run: string) => boolean;
  },
): Promise<Workload> {
  const { jars } = await buildClicks({
    version: '1.0.0',
    flinkVersions: [FLINK_VERSION],
    cacheRoot: settings.cacheDirectory,
  });
  const [jar] = jars;
  if (jar === undefined) throw new Error('examples/clicks was built without a JAR');
  const version = `1.0.0-${options.id}`;
  const folder = join(options.folder, 'deployment-files', options.id);
  await mkdir(folder, { recursive: true });
  const files = await Promise.all(
    options.runs.map(async (run) => {
      const path = join(folder, `${run}.yaml`);
      await writeFile(path, deploymentFile(run, jar.name, options));
      return path;
    }),
  );
  await publishRelease(s3, { project: PROJECT, version, files: [jar.path, ...files] });
  return {
    jar: { ...jar, key: releasePrefix(PROJECT, version) + basename(jar.path) },
    release: `${PROJECT}/${version}`,
    fileOf: (run) => parsed(deploymentFile(run, jar.name, options)),
  };
}

/** Java's own default, which Sluice takes for a choice of the user's, and so leaves class archives out. */
const REFUSED = '\n    env.java.opts.all: -Xshare:auto';

/** Copies the settings of examples/clicks/deployment/clicks-dev.yaml, but writes nothing for the observer. */
const deploymentFile = (
  name: string,
  jar: string,
  {
    cluster,
    args = [],
    handoverOf = () => null,
    archives = () => true,
  }: {
    readonly cluster: string;
    readonly args?: readonly string[];
    /** The way of an upgrade that the file of a run names; null leaves it out. */
    readonly handoverOf?: (run: string) => string | null;
    readonly archives?: (run: string) => boolean;
  },
): string => `apiVersion: sluice/v1
kind: FlinkJob
name: ${name}
environment: bench
owner: { team: bench }
placement: { cluster: ${cluster} }
flink:
  version: '${FLINK_VERSION}'
  config:
    execution.checkpointing.interval: 2s
    execution.checkpointing.timeout: 30s
    taskmanager.memory.managed.size: 0m
    taskmanager.memory.jvm-metaspace.size: 128m${archives(name) ? '' : REFUSED}
job:
  jar: ${jar}
  entryClass: com.example.Clicks
  args: ${JSON.stringify(['--rate', '50', ...args])}
  parallelism: 1
jobManager: { memory: 700m, vcores: 1 }
taskManager: { memory: 896m, vcores: 1, slots: 1 }
upgrade:
  timeouts: { savepoint: 2m }
${handoverLine(handoverOf(name))}`;

const handoverLine = (handover: string | null): string => (handover === null ? '' : `  handover: ${handover}\n`);

function parsed(text: string): DeploymentFile {
  const result = parseDeploymentFile(text, { fileName: 'the deployment file of the bench' });
  if (result.ok) return result.file;
  throw new Error(`The bench's own deployment file is wrong: ${JSON.stringify(result.errors)}`);
}

/** Returns the one cluster of the bench's stack, from Sluice's configuration. */
export function onlyCluster({ clusters }: Config): Config['clusters'][number] {
  const [cluster] = clusters;
  if (cluster === undefined) throw new Error('Sluice is configured without a cluster');
  return cluster;
}
