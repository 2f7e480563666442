/** Flink's own client, run as a person on a gateway host would: its process, its configuration file, its command line. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { renderConfigYaml } from '../../../src/domain/flink-options/config-yaml.ts';
import { java17Options } from '../../../src/launchers/platform-defaults.ts';
import { prepareCache } from '../../../stack/cache/cached-tools.ts';
import type { FlinkVersion } from '../../../stack/cache/pins.ts';
import { distributionPrefix } from '../../../stack/components/flink-distributions.ts';
import { readSettings } from '../../../stack/settings.ts';
import { runningStack } from '../stack.ts';

export interface ByHand {
  readonly cluster: string;
  readonly flinkVersion: FlinkVersion;
  /** Flink configuration, as it stands in the person's `config.yaml`. */
  readonly config: Readonly<Record<string, string>>;
  readonly jar: string;
  readonly entryClass: string;
  readonly args: readonly string[];
  /** The savepoint or checkpoint that it goes on from; by default it starts from nothing. */
  readonly restore?: string;
}

const LONGEST_MS = 420_000;
const LOG = 'client.log';

/** Submits an application and returns once YARN runs it. @returns its id */
export async function submitByHand(start: ByHand): Promise<string> {
  const { log } = await runClient(start, submission(start));
  const id = /Submitting application master (application_\d+_\d+)/.exec(log)?.[1];
  if (id !== undefined) return id;
  throw new Error(`Flink's client does not say what it submitted:\n${log.slice(-4000)}`);
}

interface StopByHand extends Pick<ByHand, 'cluster' | 'flinkVersion' | 'config'> {
  readonly applicationId: string;
  readonly flinkJobId: string;
  /** The folder for the savepoint. */
  readonly into: string;
}

/** Stops a job with a savepoint, and returns once it has ended. @returns the savepoint */
export async function stopByHand({ applicationId, flinkJobId, into, ...by }: StopByHand): Promise<string> {
  const target = ['-t', 'yarn-application', `-Dyarn.application.id=${applicationId}`];
  const { said } = await runClient(by, ['stop', ...target, '--savepointPath', into, flinkJobId]);
  const path = /Savepoint completed\. Path: (\S+)/.exec(said)?.[1];
  if (path !== undefined) return path;
  throw new Error(`Flink's client does not name the savepoint:\n${said.slice(-4000)}`);
}

/** Runs the client to its end. @returns its output, and its log */
async function runClient(
  by: Pick<ByHand, 'cluster' | 'flinkVersion' | 'config'>,
  args: readonly string[],
): Promise<{ readonly said: string; readonly log: string }> {
  const { s3, clusters } = runningStack();
  const cluster = clusters.find(({ name }) => name === by.cluster);
  if (cluster === undefined) throw new Error(`the stack has no cluster ${by.cluster}`);
  const { hadoop, flink } = await prepareCache();
  const distribution = flink[by.flinkVersion];
  const home = await mkdtemp(join(tmpdir(), 'sluice-client-'));
  try {
    const configuration = join(home, 'conf');
    await mkdir(configuration);
    await writeFile(join(configuration, 'config.yaml'), configurationOf(by, s3.bucket));
    await copyFile(
      join(readSettings().repository, 'stack/flink/log4j.properties'),
      join(configuration, 'log4j.properties'),
    );
    const folders = {
      configuration,
      lib: join(distribution, 'lib'),
      hadoop: `${cluster.applicationClasspath}:${hadoop.daemons}/*`,
    };
    const { stdout } = await promisify(execFile)('java', [...commandLine(folders), ...args], {
      timeout: LONGEST_MS,
      maxBuffer: 16 * 1024 * 1024,
      env: {
        PATH: process.env['PATH'],
        LC_ALL: 'C.UTF-8', // Java takes what stands on a command line for the locale's characters
        AWS_ACCESS_KEY_ID: s3.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
        AWS_REGION: s3.region,
        FLINK_CONF_DIR: configuration,
        FLINK_LIB_DIR: folders.lib,
        FLINK_PLUGINS_DIR: join(distribution, 'plugins'),
        HADOOP_CONF_DIR: cluster.applicationClasspath.split(':', 1)[0],
        HADOOP_USER_NAME: 'sluice',
      },
    });
    return { said: stdout, log: await readFile(join(configuration, LOG), 'utf8') };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function configurationOf({ config, flinkVersion }: Pick<ByHand, 'config' | 'flinkVersion'>, bucket: string): string {
  const distribution = `s3a://${bucket}/${distributionPrefix(flinkVersion)}`;
  const settings = { ...config, 'yarn.staging-directory': `s3a://${bucket}/by-hand` };
  return renderConfigYaml([
    ...Object.entries(settings).map(([key, value]) => ({ key, value })),
    { key: 'yarn.provided.lib.dirs', value: '', items: [`${distribution}/lib`, `${distribution}/plugins`] },
  ]);
}

interface Folders {
  readonly configuration: string;
  readonly lib: string;
  readonly hadoop: string;
}

/** Flink 2 has no `run-application` any more. */
const action = (flinkVersion: FlinkVersion): string => (flinkVersion.startsWith('1.') ? 'run-application' : 'run');

function submission({ flinkVersion, entryClass, jar, args, restore }: ByHand): string[] {
  const from = restore === undefined ? [] : ['-s', restore];
  return [action(flinkVersion), '-t', 'yarn-application', ...from, '-c', entryClass, jar, ...args];
}

function commandLine({ configuration, lib, hadoop }: Folders): string[] {
  return [
    ...java17Options.split(' '),
    `-Dlog.file=${join(configuration, LOG)}`,
    `-Dlog4j.configurationFile=file:${join(configuration, 'log4j.properties')}`,
    ...['-cp', `${lib}/*:${hadoop}`],
    'org.apache.flink.client.cli.CliFrontend',
  ];
}
