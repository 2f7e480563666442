/** `direct`: Sluice submits Flink's application master itself through the ResourceManager's REST API, without a JVM. */
import type { S3Client } from '../clients/s3/s3.ts';
import type { YarnClient } from '../clients/yarn/yarn.ts';
import { renderConfigYaml } from '../domain/flink-options/config-yaml.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import type { FrameworkSettings } from '../domain/deployment/framework-settings.ts';
import type { DeploymentFile } from '../domain/deployment-file/deployment-file.ts';
import { rulesOf } from '../domain/deployment-file/job-type.ts';
import { stagedConfigKey, stagingPrefix } from '../domain/identity/storage-keys.ts';
import { AGENT_ONLY, agentSettings, leaseOf, mainOf, type Agent } from './agent.ts';
import { located, type Distributions } from './distribution.ts';
import { ARCHIVED_TEMPLATE, classpathOf, FLINK_TEMPLATE, launchContext } from './launch-context.ts';
import { inTurns } from '../concurrency/in-turns.ts';
import { allOf } from '../domain/deployment/shipped-files.ts';
import type { Launcher } from './launcher.ts';

interface DirectOptions {
  readonly s3: S3Client;
  readonly yarn: YarnClient;
  readonly distributions: Distributions;
  /** Null: its starts have no gate. */
  readonly agent: Agent | null;
  /** Scheme under which the NodeManagers reach the bucket, e.g. `s3a`. */
  readonly scheme: string;
  readonly user: string;
  readonly applicationClasspath: string;
}

/** YARN refuses bigger launch contexts (ContainerLaunchContext over its RPC limit); measured on the JSON body. */
const MAX_CONTEXT_BYTES = 900 * 1024;
/** The kernel's limit for one environment value (MAX_ARG_STRLEN, 128 KiB) with room for YARN's own quoting. */
const MAX_VARIABLE_BYTES = 120 * 1024;

export function createDirectLauncher({
  s3,
  yarn,
  distributions,
  agent,
  scheme,
  user,
  applicationClasspath,
}: DirectOptions): Launcher {
  const root = `${scheme}://${s3.bucket}/`;
  return {
    isGated: agent !== null,
    canStandBy: agent !== null,
    leaseOf: (file) => leaseOf(file, agent),
    // Flink's own client sets the same options (`ApplicationConfiguration`, `YarnClusterDescriptor`).
    settings: (deployment, file, shipped, standbyMs) => ({
      '$internal.application.main': mainOf(file, agent, standbyMs).entryClass,
      '$internal.application.program-args': mainOf(file, agent, standbyMs).args,
      ...(agent === null
        ? {}
        : agentSettings(s3.bucket, deployment, { agent, lease: leaseOf(file, agent), standbyMs: standbyMs ?? null })),
      ...(standbyMs === undefined ? {} : standingBy(file)),
      ...templateOf(agent !== null, deployment.classArchive?.used === true),
      // Only its ending matters: it makes Flink look for log4j.properties among the files of the container.
      '$internal.yarn.log-config-file': 'log4j.properties',
      'internal.cluster.execution-mode': 'NORMAL',
      // Exactly one, whose main() Flink runs (YarnApplicationClusterEntryPoint.getUserApplicationJar).
      'pipeline.jars': [root + deployment.jar.key],
      ...(shipped.jars.length === 0 ? {} : { 'pipeline.classpaths': classpathOf(shipped) }),
      'high-availability.cluster-id': deployment.applicationId,
      'execution.attached': String(rulesOf(file.job.type).readsResult),
    }),

    async launch(launch) {
      const { deployment, entries, shipped } = launch;
      const stagingKey = stagingPrefix(deployment.job, deployment.flinkJobId);
      const [distribution, configFile, jar, files] = await Promise.all([
        distributions(deployment.flinkVersion, deployment.distribution ?? null),
        writeConfig(s3, stagedConfigKey(deployment.job, deployment.flinkJobId), renderConfigYaml(entries)),
        located(s3, deployment.jar.key),
        inTurns(allOf(shipped), async ({ key, name }) => ({ name, ...(await located(s3, key)) })),
      ]);
      const context = launchContext({
        launch,
        distribution,
        archived: launch.archived,
        root,
        user,
        applicationClasspath,
        stagingKey,
        configFile,
        jar,
        shipped: files,
      });
      refuseTooLarge(context.environment, JSON.stringify(context).length);
      await launch.beforeSubmit();
      await yarn.submit(context);
    },
  };
}

/** Flink asks for the TaskManagers of these slots by itself, although no job runs yet (ResourceManagerOptions, 1.20.1 and 2.1.0). */
const standingBy = ({ job }: DeploymentFile): FrameworkSettings => ({
  'slotmanager.number-of-slots.min': String(job.parallelism),
});

/** The command of TaskManagers, where it is not Flink's own. */
function templateOf(isGated: boolean, usesArchives: boolean): FrameworkSettings {
  const command = usesArchives ? ARCHIVED_TEMPLATE : FLINK_TEMPLATE;
  if (isGated) return { 'yarn.container-start-command-template': `${AGENT_ONLY} exec ${command}` };
  return usesArchives ? { 'yarn.container-start-command-template': command } : {};
}

/** A retry finds the file of the first attempt, whose time YARN may know already: it is never written twice. */
async function writeConfig(s3: S3Client, key: string, text: string) {
  await s3.putIfAbsent(key, text, 'application/yaml');
  return located(s3, key);
}

function refuseTooLarge(environment: Readonly<Record<string, string>>, contextBytes: number): void {
  const tooLong = Object.entries(environment).find(([, value]) => value.length > MAX_VARIABLE_BYTES);
  if (tooLong)
    throw new SluiceError(
      'LaunchContextTooLarge',
      `${tooLong[0]} has ${tooLong[1].length} bytes; at most ${MAX_VARIABLE_BYTES} fit`,
    );
  if (contextBytes > MAX_CONTEXT_BYTES) {
    throw new SluiceError(
      'LaunchContextTooLarge',
      `the launch context has ${contextBytes} bytes; YARN takes ${MAX_CONTEXT_BYTES}`,
    );
  }
}
