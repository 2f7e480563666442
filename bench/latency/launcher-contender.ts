/** Calls the launcher's function directly, as Sluice's worker does, without Temporal, API, claims or checks. */
import { createHash, randomBytes } from 'node:crypto';
import type { S3Client } from '../../src/clients/s3/s3.ts';
import type { YarnClient } from '../../src/clients/yarn/yarn.ts';
import type { Config } from '../../src/config.ts';
import type { Deployment } from '../../src/domain/deployment/deployment.ts';
import { effectiveConfig } from '../../src/domain/deployment/effective-config.ts';
import { frameworkSettings } from '../../src/domain/deployment/framework-settings.ts';
import { jobTagOf, tagsOf } from '../../src/domain/identity/yarn-tags.ts';
import { checkpointsPrefix, gatesKey, savepointsPrefix } from '../../src/domain/identity/storage-keys.ts';
import { noGates, withGate } from '../../src/domain/lock/gate.ts';
import type { Agent } from '../../src/launchers/agent.ts';
import { createDirectLauncher } from '../../src/launchers/direct.ts';
import { createDistributions } from '../../src/launchers/distribution.ts';
import { platformDefaults } from '../../src/launchers/platform-defaults.ts';
import { endApplications } from './cluster-state.ts';
import type { Contender } from './contender.ts';
import { FLINK_VERSION, onlyCluster, type Workload } from './workload.ts';

interface Parts {
  readonly config: Config;
  readonly s3: S3Client;
  readonly yarn: YarnClient;
}

/**
 * Makes the bare launcher a contender: the baseline for the time that Sluice adds. With an agent its starts have a gate, which
 * is open before YARN hears of the application, as in a start by Sluice with `direct`.
 */
export function launcherContender({ config, s3, yarn }: Parts, workload: Workload, agent: Agent | null): Contender {
  const cluster = onlyCluster(config);
  const launcher = createDirectLauncher({
    s3,
    yarn,
    distributions: createDistributions(s3, config.flink.distributions, agent),
    agent,
    scheme: cluster.resourceScheme,
    user: cluster.user,
    applicationClasspath: cluster.applicationClasspath,
  });

  async function launch(run: string): Promise<void> {
    const { applicationId } = await yarn.newApplication();
    const file = workload.fileOf(run);
    const deployment = deploymentOf(run, applicationId, workload);
    const shipped = { jars: [], files: [] };
    const tags = tagsOf(deployment);
    const { entries } = effectiveConfig({
      platform: { ...platformDefaults, ...config.flink.config },
      cluster: cluster.flinkConfig,
      file,
      hotfix: null,
      framework: frameworkSettings({
        ...deployment,
        applicationName: run,
        tags,
        launcher: launcher.settings(deployment, file, shipped),
        checkpointsDir: `s3://${s3.bucket}/${checkpointsPrefix(run)}`,
        savepointsDir: `s3://${s3.bucket}/${savepointsPrefix(run)}`,
        restorePath: null,
        deploymentNumber: 1,
      }),
    });
    const beforeSubmit = async (): Promise<void> => {
      if (agent === null) return;
      const gates = withGate(noGates(run), deployment, deployment.startedAt);
      await s3.putIfAbsent(gatesKey(run), JSON.stringify(gates), 'application/json');
    };
    await launcher.launch({ deployment, file, shipped, tags, entries, archived: null, beforeSubmit });
  }

  return {
    name: agent === null ? 'launcher' : 'launcher-gated',
    description:
      agent === null
        ? 'createDirectLauncher().launch() called by hand: no API, no Temporal, no claim, no check'
        : 'the same with a gate, which JobManager and TaskManager read before Flink begins',
    start(run) {
      const requestedAt = Date.now();
      const filter = { tags: [jobTagOf(run)] };
      const failed = launch(run).then(() => new Promise<never>(() => undefined));
      failed.catch(() => undefined);
      return { requestedAt, filter, failed, end: () => endApplications(yarn, filter) };
    },
  };
}

function deploymentOf(run: string, applicationId: string, { jar, release }: Workload): Deployment {
  return {
    job: run,
    release,
    gitCommit: null,
    environment: 'bench',
    owner: 'bench',
    flinkVersion: FLINK_VERSION,
    distribution: null,
    classArchive: null,
    cluster: 'unused by the launcher',
    launcher: 'direct',
    jar: { key: jar.key, name: jar.name, sha256: '', size: 0 },
    shipped: null,
    file: createHash('sha256').update(run).digest('hex'),
    parallelism: 1,
    jobType: 'streaming',
    checkpointing: true,
    verify: { checkpoints: 1, maxRestarts: 0, stableFor: 0 },
    onFailedStart: 'stop',
    allowNonRestoredState: false,
    stateBackend: 'hashmap',
    maxCheckpointAge: 1,
    deadlines: { savepoint: 1, stop: 1, start: 1, verify: 1 },
    placed: null,
    hotfix: null,
    number: 1,
    operationId: run,
    startKey: `${run}/1`,
    epoch: 1,
    applicationId,
    runner: null,
    flinkJobId: randomBytes(16).toString('hex'),
    startedAt: new Date().toISOString(),
    configuration: null,
    restorePoint: null,
    runningAt: null,
    verifiedAt: null,
    maxParallelism: null,
    savepoints: null,
    nodes: [],
    completedCheckpoint: null,
    ended: null,
    priority: 1_000,
    restart: null,
    gated: false,
    lease: null,
    adopted: null,
  };
}
