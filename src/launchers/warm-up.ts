/**
 * Warm-ups: throw-away applications of Flink whose JVMs write class archives, or show that they take classes from them. They run the
 * program in `sluice-entry.jar` (java/sluice-agent), and stand outside of all that Sluice knows of jobs.
 */
import type { S3Client } from '../clients/s3/s3.ts';
import type { YarnClient } from '../clients/yarn/yarn.ts';
import type { ConfigEntry } from '../domain/deployment/effective-config.ts';
import { renderConfigYaml } from '../domain/flink-options/config-yaml.ts';
import type { FlinkConfig } from '../domain/flink-options/flink-config.ts';
import { nameIn } from '../domain/flink-options/key-spellings.ts';
import { uriOf, warmUpPrefix } from '../domain/identity/storage-keys.ts';
import { warmUpNameOf, warmUpTagOf } from '../domain/identity/yarn-tags.ts';
import { located, type ArchivedFlink, type Distributions } from './distribution.ts';
import { ARCHIVED_TEMPLATE, launchContext } from './launch-context.ts';
import { platformDefaults } from './platform-defaults.ts';

export interface WarmUpStart {
  readonly id: string;
  readonly applicationId: string;
  /** `dump` writes class archives, `check` counts the classes that JVMs take from them. */
  readonly task: 'dump' | 'check';
  readonly flinkVersion: string;
  /** The folder of the published distribution. */
  readonly folder: string;
  readonly archived: ArchivedFlink;
  readonly queue: string;
}

/** Submits the application of a warm-up under its reserved id. */
export type WarmUps = (start: WarmUpStart) => Promise<void>;

interface Options {
  readonly s3: S3Client;
  readonly yarn: YarnClient;
  readonly distributions: Distributions;
  /** Key of `sluice-entry.jar` in the bucket. */
  readonly entry: string;
  readonly scheme: string;
  readonly user: string;
  readonly applicationClasspath: string;
  /** Flink settings of platform and cluster, so that the JVMs reach the bucket as those of jobs do. */
  readonly flinkConfig: FlinkConfig;
}

const MEMORY = '1g';
const JAR = 'sluice-entry.jar';

export function createWarmUps(options: Options): WarmUps {
  const { s3, yarn, distributions, entry, scheme, user, applicationClasspath } = options;
  const root = `${scheme}://${s3.bucket}/`;
  return async (start) => {
    const { id, applicationId, task, flinkVersion, folder, archived, queue } = start;
    const entries = entriesOf(start, options, root);
    const config = `${warmUpPrefix(id)}config-${task}.yaml`;
    await s3.put(config, renderConfigYaml(entries), 'application/yaml');
    const [distribution, configFile, jar] = await Promise.all([
      distributions(flinkVersion, folder),
      located(s3, config),
      located(s3, entry),
    ]);
    const deployment = { applicationId, job: warmUpNameOf(flinkVersion), jar: { key: entry, name: JAR } };
    const file = {
      yarn: { queue, priority: null, nodeLabel: null },
      jobManager: { memory: MEMORY, vcores: 1 },
    };
    const context = launchContext({
      launch: { deployment, file, entries, tags: [warmUpTagOf(id)], shipped: { jars: [] } },
      // The agent would look for the gate of a job.
      distribution: { ...distribution, agent: null },
      archived,
      ...{ root, user, applicationClasspath },
      // Flink's application master deletes this folder when it ends; the answers of the JVMs lie beside it.
      stagingKey: `${warmUpPrefix(id)}staging/`,
      ...{ configFile, jar, shipped: [] },
    });
    await yarn.submit(context);
  };
}

/** The effective configuration of a warm-up. */
function entriesOf(start: WarmUpStart, { s3, entry, flinkConfig }: Options, root: string): readonly ConfigEntry[] {
  const { id, applicationId, task, flinkVersion, queue } = start;
  const folder = uriOf(s3.bucket, warmUpPrefix(id).slice(0, -1));
  const own = {
    '$internal.application.main': 'sluice.warmup.WarmUp',
    '$internal.application.program-args': [task, `${folder}/${task}`],
    '$internal.yarn.log-config-file': 'log4j.properties',
    'internal.cluster.execution-mode': 'NORMAL',
    'pipeline.jars': [root + entry],
    'high-availability.cluster-id': applicationId,
    'execution.target': 'yarn-application',
    'execution.attached': 'false',
    'execution.checkpointing.interval': '2s',
    [nameIn(flinkVersion, 'execution.checkpointing.dir')]: `${folder}/checkpoints`,
    'parallelism.default': '1',
    'jobmanager.memory.process.size': MEMORY,
    'taskmanager.memory.process.size': MEMORY,
    'taskmanager.numberOfTaskSlots': '1',
    'yarn.tags': warmUpTagOf(id),
    'yarn.application.name': warmUpNameOf(flinkVersion),
    'yarn.application.queue': queue,
    'yarn.application-attempts': '1',
    'yarn.container-start-command-template': ARCHIVED_TEMPLATE,
    ...(task === 'check' ? { 'env.java.opts.all': CLASS_LOG } : {}),
  };
  return Object.entries({ ...platformDefaults, ...flinkConfig, ...own }).map(([key, value]) =>
    typeof value === 'string'
      ? { key, value, origin: 'framework' }
      : { key, value: JSON.stringify(value), items: value, origin: 'framework' },
  );
}

/** The program counts the classes in this file (Probe.java). */
const CLASS_LOG = '-Xlog:class+load:file=sluice-classes.log';
