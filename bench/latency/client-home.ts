/** Installs Flink's own client as a user would: the distribution on the local disk, its configuration, its log. */
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../src/config.ts';
import { configOfFile } from '../../src/domain/deployment/effective-config.ts';
import { renderConfigYaml } from '../../src/domain/flink-options/config-yaml.ts';
import type { DeploymentFile } from '../../src/domain/deployment-file/deployment-file.ts';
import { java17Options, platformDefaults } from '../../src/launchers/platform-defaults.ts';
import { FLINK_VERSION, onlyCluster } from './workload.ts';

/** Leaves out the JARs that the stack leaves out for `direct`, so that both sides localize the same files. */
const LEFT_OUT = /^flink-scala_/;

/** Sluice adds this option to a deployment file's settings. */
const EARLY_TASK_MANAGERS = 'slotmanager.number-of-slots.min';

/** Folders of the client. */
export interface ClientHome {
  readonly configuration: string;
  readonly lib: string;
  readonly plugins: string;
  readonly staging: string;
  readonly log: string;
}

interface Input {
  readonly folder: string;
  /** The distribution's folder in the cache. */
  readonly distribution: string;
  readonly repository: string;
  readonly config: Config;
  readonly file: DeploymentFile;
  readonly bucket: string;
  /** Whether the client also gets the settings that Sluice and the stack add for quick starts. */
  readonly platformSettings: boolean;
}

/** Lays out the client's folders. */
export async function layOutClient(input: Input): Promise<ClientHome> {
  const { folder, distribution } = input;
  const home: ClientHome = {
    configuration: join(folder, input.platformSettings ? 'conf-same-settings' : 'conf'),
    lib: join(folder, 'lib'),
    plugins: join(folder, 'plugins'),
    staging: join(folder, 'staging'),
    log: join(folder, 'client.log'),
  };
  await copyJars(join(distribution, 'lib'), home.lib);
  await copyJars(join(distribution, 'plugins', 's3-fs-hadoop'), join(home.plugins, 's3-fs-hadoop'));
  await mkdir(home.configuration, { recursive: true });
  await mkdir(home.staging, { recursive: true });
  await writeFile(join(home.configuration, 'config.yaml'), configurationOf(input, home));
  await copyFile(
    join(input.repository, 'stack', 'flink', 'log4j.properties'),
    join(home.configuration, 'log4j.properties'),
  );
  return home;
}

async function copyJars(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const names = (await readdir(from)).filter((name) => name.endsWith('.jar') && !LEFT_OUT.test(name));
  await Promise.all(names.map((name) => copyFile(join(from, name), join(to, name))));
}

/** Merges the job's settings, the cluster's, and those that a user of Flink's client writes into config.yaml. */
function configurationOf({ config, file, bucket, platformSettings }: Input, { staging }: ClientHome): string {
  const { [EARLY_TASK_MANAGERS]: early, ...ofFile } = configOfFile(file);
  const quick = { ...platformDefaults, ...config.flink.config, [EARLY_TASK_MANAGERS]: early ?? '0' };
  const settings: Record<string, string> = {
    'env.java.opts.all': java17Options, // as in the config.yaml that Flink ships
    ...(platformSettings ? quick : {}),
    ...onlyCluster(config).flinkConfig,
    ...ofFile,
    'execution.checkpointing.dir': `s3://${bucket}/by-hand/bench/checkpoints`,
    'execution.checkpointing.savepoint-dir': `s3://${bucket}/by-hand/bench/savepoints`,
    'execution.checkpointing.num-retained': '3',
    'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    'yarn.application-attempts': '1',
    'yarn.staging-directory': `file://${staging}`,
  };
  return renderConfigYaml(Object.entries(settings).map(([key, value]) => ({ key, value })));
}

/** Returns the folder of the Flink version that every contender starts. */
export const distributionOf = (flink: Readonly<Record<string, string>>): string => {
  const folder = flink[FLINK_VERSION];
  if (folder === undefined) throw new Error(`The stack does not have Flink ${FLINK_VERSION}`);
  return folder;
};
