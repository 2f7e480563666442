/** Assembles the contenders. */
import { createFlinkClient, type FlinkClient } from '../../src/clients/flink/flink.ts';
import { createYarnClient, type YarnClient } from '../../src/clients/yarn/yarn.ts';
import { agentOf } from '../../src/launchers/create-launchers.ts';
import { prepareCache } from '../../stack/cache/cached-tools.ts';
import type { BenchStack } from './bench-stack.ts';
import { clientContender } from './client-contender.ts';
import { distributionOf, layOutClient } from './client-home.ts';
import type { Contender } from './contender.ts';
import { publishProvided } from './provided-distribution.ts';
import { launcherContender } from './launcher-contender.ts';
import { sluiceContender } from './sluice-contender.ts';
import { onlyCluster, type Workload } from './workload.ts';

/** Selects clients that take part in addition to the plain one. */
export interface Variants {
  readonly provided: boolean;
  readonly sameSettings: boolean;
  /** Compares starts with class archives, starts without, and the client. */
  readonly archives: boolean;
}

/** The contenders, and the clients of YARN and Flink that watch them. */
export interface Field {
  readonly contenders: readonly Contender[];
  readonly yarn: YarnClient;
  readonly flink: FlinkClient;
}

const otherOf = ({ status }: BenchStack, workload: Workload, { archives }: Variants): Contender =>
  archives
    ? sluiceContender(status, workload, 'direct', 'direct-archives')
    : sluiceContender(status, workload, 'shell-runner');

/** Prepares all contenders without starting a job. */
export async function assemble(stack: BenchStack, workload: Workload, variants: Variants): Promise<Field> {
  const { settings, config, s3 } = stack;
  const cluster = onlyCluster(config);
  const yarn = createYarnClient(cluster);
  const tools = await prepareCache(settings);
  const layOut = async (platformSettings: boolean) =>
    await layOutClient({
      ...{ config, platformSettings, folder: stack.folder, bucket: s3.bucket, repository: settings.repository },
      distribution: distributionOf(tools.flink),
      file: workload.fileOf('client'),
    });
  const home = await layOut(false);
  const root = `${cluster.resourceScheme}://${s3.bucket}`;
  const common = {
    workload,
    yarn,
    // The client also needs JARs that containers do not need.
    hadoopClasspath: `${cluster.applicationClasspath}:${tools.hadoop.daemons}/*`,
    environment: { ...settings.environment, ...s3Environment(stack) },
  };
  const contenders: Contender[] = [
    sluiceContender(stack.status, workload, 'direct'),
    otherOf(stack, workload, variants),
    clientContender({
      ...common,
      name: 'client',
      description: "Flink's own run-application with Flink's own settings; uploads to a folder on the same disk",
      home,
    }),
    ...(variants.archives ? [] : [launcherContender({ config, s3, yarn }, workload, null)]),
  ];
  if (variants.provided) {
    const remote = `${root}/${await publishProvided(stack.status, home)}`;
    contenders.push(
      clientContender({
        ...common,
        name: 'client-provided',
        description: 'the same with yarn.provided.lib.dirs in S3: uploads only the JAR and the configuration, to S3',
        home,
        // Flink refuses provided folders on a local disk, and searches them in the file system of the staging folder.
        options: [
          `-Dyarn.provided.lib.dirs=${remote}/lib;${remote}/plugins`,
          `-Dyarn.staging-directory=${root}/by-hand/bench/staging`,
        ],
      }),
    );
  }
  if (variants.sameSettings) {
    contenders.push(
      clientContender({
        ...common,
        name: 'client-same-settings',
        description: 'the same with the settings for quick starts that Sluice gives to every job of the stack',
        home: await layOut(true),
      }),
    );
  }
  return { contenders, yarn, flink: createFlinkClient() };
}

/** Prepares the bare launcher without a gate and with one: the difference is the price of the gate. */
export function assembleGate({ config, s3 }: BenchStack, workload: Workload): Field {
  if (config.agent === undefined) throw new Error('The stack is configured without the agent, so no start has a gate');
  const yarn = createYarnClient(onlyCluster(config));
  const agent = agentOf(config.agent);
  const contenders = [null, agent].map((each) => launcherContender({ config, s3, yarn }, workload, each));
  return { contenders, yarn, flink: createFlinkClient() };
}

/** Returns the S3 environment of the containers, for a client that reads or writes S3 itself. */
const s3Environment = ({ status }: BenchStack): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: status.s3.accessKeyId,
  AWS_SECRET_ACCESS_KEY: status.s3.secretAccessKey,
  AWS_REGION: status.s3.region,
});
